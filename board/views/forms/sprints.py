"""Forms of sprints: their fields, and how they close."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Self

from django import forms
from django.contrib.auth.models import User
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from board.actions import Choice, Outcome
from board.actions.closing import NOTE_LENGTH
from board.models import Column, Sprint, Task, Team
from board.models.rhythm import propose_sprint
from board.templatetags.people import full_name

from .base import ChangeForm, DateInput


class SprintForm(ChangeForm):
    class Meta:
        model = Sprint
        fields = ["name", "start", "end", "goal", "description"]
        labels = {"start": _("Start date"), "end": _("End date")}
        widgets = {"start": DateInput, "end": DateInput, "description": forms.Textarea({"rows": 3})}


class NewSprintForm(SprintForm):
    """The form of a new sprint, filled in with the rhythm of the last ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, **propose_sprint(Team.load())._asdict()}

    def clean(self) -> dict[str, Any]:
        """Drop a proposed start date that nobody changed if the end date is before it."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start and "start" not in self.changed_data:
            data["start"] = None
        return data


MAX_DIGITS = 18
NAMED_CHOICES: dict[str, Choice] = {"backlog": "backlog", "dropped": "dropped"}


LEFTOVER = """<li>
<input type="checkbox" name="selected" value="{pk}" aria-label="{select}">
<span class="what"><a href="{url}" dir="auto">{name}</a> <small>{facts}</small></span>
<span class="where"><select name="task-{pk}" aria-label="{name}">{options}</select>{errors}</span>
</li>"""


class CloseForm(forms.Form):
    """Closes a sprint: whether its goal was met, and where each unfinished task goes.

    The field `task-<id>` says that of a task: the id of a sprint, "backlog" or "dropped"; `actions.close_sprint`
    validates it.
    """

    outcome = forms.ChoiceField(
        label=_("Was the goal met?"),
        choices=Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the goal was met.")},
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_LENGTH, widget=forms.Textarea({"rows": 3})
    )

    def __init__(
        self, sprint: Sprint, leftovers: Iterable[Task], targets: Iterable[Sprint], *args: Any, **kwargs: Any
    ) -> None:
        """Offer `targets`, which are in the order of their end; what is left goes to the one that follows `sprint`."""
        super().__init__(*args, **kwargs)
        self.sprint, self.leftovers, self.targets = sprint, list(leftovers), list(targets)
        self.destinations = [
            *((str(target.pk), gettext("To %(sprint)s") % {"sprint": target}) for target in self.targets),
            ("backlog", gettext("To the backlog")),
            ("dropped", gettext("Drop")),
        ]
        following = next((str(target.pk) for target in self.targets if target.end > sprint.end), None)
        self.default = following or self.destinations[0][0]
        # A thousand fields of their own, with a widget each, would take a second.
        self.fields |= dict.fromkeys(
            [f"task-{task.pk}" for task in self.leftovers], forms.CharField(required=False)
        )

    def with_selected_set(self, data: QueryDict) -> Self:
        """Return the form with the choice `to` for the `selected` tasks, to go on from there."""
        values = data.dict() | {f"task-{pk}": data.get("to") for pk in data.getlist("selected")}
        return type(self)(self.sprint, self.leftovers, self.targets, initial=values, auto_id=self.auto_id)

    def rows(self) -> SafeString:
        """Return a list item for each unfinished task. A template takes twice as long for a thousand."""
        options, facts, select = cache(self._options), cache(_facts), gettext("Select %(name)s")
        url_before, _, url_after = reverse("task", args=[0]).rpartition("0")
        return format_html_join(
            "\n",
            LEFTOVER,
            (
                {
                    "pk": str(task.pk),
                    "name": task.name,
                    "url": f"{url_before}{task.pk}{url_after}",
                    "facts": facts(task.column, task.points, task.assigned),
                    "select": select % {"name": task.name},
                    "options": options(self._given(f"task-{task.pk}") or self.default),
                    "errors": self._errors_of(task),
                }
                for task in self.leftovers
            ),
        )

    def choices(self) -> dict[int, Choice]:
        """Return what was submitted for each task, by id; a task without a choice is left out."""
        given = {task.pk: self._given(f"task-{task.pk}") for task in self.leftovers}
        return {pk: choice for pk, text in given.items() if (choice := _choice(text)) is not None}

    def _given(self, name: str) -> str:
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    def _errors_of(self, task: Task) -> SafeString:
        errors = self.errors.get(f"task-{task.pk}", ())
        return format_html_join("", '<span class="error">{}</span>', ((error,) for error in errors))

    def _options(self, choice: str) -> SafeString:
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((value, " selected" if value == choice else "", label) for value, label in self.destinations),
        )


def _choice(text: str) -> Choice | None:
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    return NAMED_CHOICES.get(text)


def _facts(column: Column, points: int | None, assigned: User | None) -> str:
    facts = [str(column.label)]
    if points is not None:
        facts.append(ngettext("%(count)s point", "%(count)s points", points) % {"count": points})
    if assigned:
        facts.append(full_name(assigned))
    return " · ".join(facts)
