"""Fields, widgets and the base form that the board's forms share."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.forms.renderers import TemplatesSetting
from django.utils.formats import date_format

from board.actions import Conflict
from board.history import sentences
from board.models.fields import EARLIEST
from board.templatetags.people import by_name, full_name

if TYPE_CHECKING:
    # The stubs make these classes generic, which they are not at run time.
    AnyModelForm = forms.ModelForm[Any]
    UserChoiceField = forms.ModelChoiceField[User]
    UserChoiceIterator = forms.models.ModelChoiceIterator[User]
else:
    AnyModelForm, UserChoiceField = forms.ModelForm, forms.ModelChoiceField
    UserChoiceIterator = forms.models.ModelChoiceIterator


class Field(forms.BoundField):
    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
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

    def __init__(self) -> None:
        super().__init__({"min": EARLIEST.isoformat(), "max": date.max.isoformat()}, format="%Y-%m-%d")


class PeopleInOrder(UserChoiceIterator):
    """Gives people by name, as people sort names, whatever the database makes of capitals and accents."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        yield from map(self.choice, sorted(self.queryset, key=by_name))


class PersonField(UserChoiceField):
    iterator = PeopleInOrder

    def label_from_instance(self, person: User) -> str:
        return full_name(person)


def _display_value(value: Any) -> Any:
    """Return the value of a field, in a row, as a person reads it."""
    if isinstance(value, date):
        return date_format(value, "DAY_AND_YEAR")
    return full_name(value) if isinstance(value, get_user_model()) else value


class ChangeForm(AnyModelForm):
    """A form of a row that others may change meanwhile: it carries the version that it began from.

    What clashes shows both texts (board/field.html), and comes back with `keep-<field>`: "mine" or "theirs".
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(data, instance=instance, initial={"version": instance and instance.version}, **kwargs)
        self.conflict: Conflict | None = None

    @property
    def base(self) -> int | None:
        version: int | None = self.cleaned_data["version"]
        return version

    def changes(self) -> dict[str, Any]:
        """Return the fields of the valid form that are to be saved: {field: value}."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and self.data.get(f"keep-{name}") != "theirs"
        }

    def show_conflict(self, conflict: Conflict) -> None:
        """Show an `actions.Conflict`: both texts where they clash, else what is saved by now.

        Sent again, the form counts from there.
        """
        self.conflict = conflict
        data = self.data = cast(Any, self.data).copy()
        data["version"] = conflict.row.version
        now = self._meta.model._meta
        for name in cast("list[str]", self._meta.fields):
            if name in conflict.clashes:
                event = conflict.clashes[name]
                theirs = _display_value(getattr(conflict.row, name))
                cast(Any, self[name]).clash = {
                    "theirs": theirs,
                    "who": sentences.actor(event),
                    "at": event.created_at,
                }
            elif name in self.fields and name not in conflict.mine:
                data[name] = now.get_field(name).value_from_object(conflict.row)
