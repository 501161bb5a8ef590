from datetime import date

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.forms.renderers import TemplatesSetting
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import history
from .actions import Place
from .fields import EARLIEST
from .models import Column, Sprint, Status, Task
from .templatetags.people import by_name, full_name


class Field(forms.BoundField):
    def build_widget_attrs(self, attrs, widget=None):
        """Text runs in its own direction, whatever the language of the page, and is never cut; the first error has the focus.

        Browsers cut at `maxlength` without a word. So a field says its length as `data-limit`: the page counts
        (board/static/board/limits.js), and the server refuses.
        """
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if "maxlength" in widget.attrs:
            attrs |= {"maxlength": False, "data-limit": widget.attrs["maxlength"]}
        if self.form.errors and self.name == next((n for n in self.form.fields if n in self.form.errors), None):
            attrs |= {"autofocus": True}
        is_text = getattr(widget, "input_type", "textarea") in ("text", "textarea")
        return attrs | {"dir": "auto"} if is_text else attrs


class Renderer(TemplatesSetting):
    """Label above, error below: every field of the product looks like board/field.html."""

    bound_field_class = Field
    field_template_name = "board/field.html"


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__({"min": EARLIEST.isoformat(), "max": date.max.isoformat()}, format="%Y-%m-%d")


class PeopleInOrder(forms.models.ModelChoiceIterator):
    """Gives people by name, as people sort names, whatever the database makes of capitals and accents."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, sorted(self.queryset, key=by_name))


class PersonField(forms.ModelChoiceField):
    iterator = PeopleInOrder

    def label_from_instance(self, person):
        return full_name(person)


def _in_words(value):
    """Return the value of a field, in a row, as a person reads it."""
    if isinstance(value, date):
        return date_format(value, "DAY_AND_YEAR")
    return full_name(value) if isinstance(value, get_user_model()) else value


class ChangeForm(forms.ModelForm):
    """A form of a row that others may change meanwhile: it carries the version that it began from.

    What clashes shows both texts (board/field.html), and comes back with `keep-<field>`: "mine" or "theirs".
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=instance, initial={"version": instance and instance.version}, **kwargs)
        self.conflict = None

    @property
    def base(self):
        return self.cleaned_data["version"]

    def changes(self):
        """Return the fields of the valid form that are to be saved: {field: value}."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and self.data.get(f"keep-{name}") != "theirs"
        }

    def show_conflict(self, conflict):
        """Show an `actions.Conflict`: both texts where they clash, else what is saved by now.

        Sent again, the form counts from there.
        """
        self.conflict = conflict
        self.data = self.data.copy()
        self.data["version"] = conflict.row.version
        now = self._meta.model._meta
        for name in self._meta.fields:
            if name in conflict.clashes:
                event = conflict.clashes[name]
                theirs = _in_words(getattr(conflict.row, name))
                self[name].clash = {"theirs": theirs, "who": history.actor(event), "at": event.at}
            elif name in self.fields and name not in conflict.mine:
                self.data[name] = now.get_field(name).value_from_object(conflict.row)


class SprintForm(ChangeForm):
    class Meta:
        model = Sprint
        fields = ["name", "end", "description"]
        labels = {"end": _("End date")}
        widgets = {"end": DateInput, "description": forms.Textarea({"rows": 3})}


class TaskForm(ChangeForm):
    """What a card's form holds, or one field of it; `NewTaskForm` starts with less."""

    assigned = PersonField(
        get_user_model().objects.none(), label=_("Assigned to"), required=False, empty_label=_("Nobody")
    )

    class Meta:
        model = Task
        fields = ["name", "description", "due", "assigned"]
        labels = {"due": _("Due")}
        widgets = {"due": DateInput, "description": forms.Textarea({"rows": 4})}

    def __init__(self, *args, only=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.only = only
        if only:
            self.fields = {name: self.fields[name] for name in (only, "version")}
        if "assigned" in self.fields:
            self._offer_people()

    def _offer_people(self):
        people = get_user_model().objects.filter(is_active=True)
        if self.instance.assigned_id:
            people |= get_user_model().objects.filter(pk=self.instance.assigned_id)
        self.fields["assigned"].queryset = people


class NewTaskForm(forms.ModelForm):
    class Meta:
        model = Task
        fields = ["name", "description"]
        widgets = {"description": forms.Textarea({"rows": 3})}


class PlaceForm(forms.Form):
    """Where a card was put, as the dragging browser says it."""

    # Whether there is such a sprint, the action judges.
    sprint = forms.IntegerField(required=False)
    column = forms.ChoiceField(choices=Column)
    after = forms.IntegerField(required=False)
    before = forms.IntegerField(required=False)

    def place(self):
        """Return what the valid form says as a `Place`."""
        data = self.cleaned_data
        column = Column(data["column"])
        sprint = None if column is Column.BACKLOG else data["sprint"]
        return Place(sprint, column.status, data["after"], data["before"])

    def clean(self):
        data = super().clean()
        if data.get("column") not in (None, Column.BACKLOG) and "sprint" in data and not data["sprint"]:
            self.add_error("sprint", gettext("A column beyond the backlog belongs to a sprint."))
        return data


class MoveForm(forms.Form):
    """The way to move a card without dragging: a column of a current sprint or the backlog, and where in it."""

    column = forms.ChoiceField(label=_("Move to"))
    position = forms.ChoiceField(
        label=_("Position"),
        error_messages={"invalid_choice": _("That card does not stand there any more: choose again.")},
    )

    def __init__(self, task, column, sprints, cards, *args, **kwargs):
        """Offer the columns of `sprints`, `column` chosen, and to stand before each of `cards`.

        With htmx another column brings the cards that one may stand before there.
        """
        super().__init__(*args, initial={"column": column}, **kwargs)
        self.fields["column"].widget.attrs = {
            "hx-get": reverse("move_task", args=[task.pk]),
            "hx-trigger": "change",
            "hx-target": "next select",
            "hx-select": "[name=position]",
        }
        columns = [column for column in Column if column is not Column.BACKLOG]
        of_sprints = [
            (sprint, [(f"{sprint.pk}-{column.value}", column.label) for column in columns]) for sprint in sprints
        ]
        self.fields["column"].choices = [
            (Column.BACKLOG.value, Column.BACKLOG.label),
            *((str(sprint), choices) for sprint, choices in of_sprints),
        ]
        titles = {Column.BACKLOG.value: Column.BACKLOG.label}
        titles |= {
            value: gettext("%(sprint)s, %(column)s") % {"sprint": sprint, "column": label}
            for sprint, choices in of_sprints
            for value, label in choices
        }
        befores = {value: [] for value in titles}
        for card in cards:
            if card != task:
                befores[column_of(card)].append((f"{column_of(card)}/{card.pk}", card.name))
        self.fields["position"].choices = [
            ("bottom", gettext("Bottom of the column")),
            ("top", gettext("Top of the column")),
            *(
                (gettext("Before, in %(column)s") % {"column": titles[value]}, choices)
                for value, choices in befores.items()
                if choices
            ),
        ]

    def place(self):
        """Return what the valid form says as a `Place`: a card to stand before decides the column, too."""
        column, position = self.cleaned_data["column"], self.cleaned_data["position"]
        column, _, before = position.rpartition("/") if "/" in position else (column, "", "")
        return Place(*place_of(column), before=int(before) if before else None, top=position == "top")


class ChangesForm(forms.Form):
    """What a page that looks for changes says of itself: which sequence number it shows, its format and its language."""

    since = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    format = forms.CharField(required=False)
    language = forms.ChoiceField(required=False, choices=settings.LANGUAGES)


def column_of(task):
    """Return the column where a task stands, as `MoveForm` calls it."""
    return f"{task.sprint_id}-{task.column}" if task.sprint_id else Column.BACKLOG.value


def next_column(task, sprints, sprint_id):
    """Return the column, as `MoveForm` calls it, into which a task goes next: the one to the right of its own.

    From the backlog that is the first column of the sprint `sprint_id`, when it is among `sprints`, else of the first one.
    """
    if task.sprint_id is None:
        ids = [sprint.pk for sprint in sprints]
        sprint_id = sprint_id if sprint_id in ids else next(iter(ids), None)
        return f"{sprint_id}-{Column.TODO.value}" if sprint_id else column_of(task)
    following = min(task.status + 1, Status.DONE)
    return f"{task.sprint_id}-{Column.of(task.sprint_id, following).value}"


def place_of(column):
    """Return the (sprint id, status) of a column of `MoveForm`; a ValueError when there is none of this name."""
    sprint, _, name = column.rpartition("-")
    return int(sprint) if sprint else None, Column(name).status
