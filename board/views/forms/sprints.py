"""Forms of sprints: their fields, and how they close."""

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from board.actions import Choice, Outcome
from board.actions.closing import NOTE_LENGTH
from board.models import Sprint, Task, Team
from board.models.rhythm import propose_sprint

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


class CloseForm(forms.Form):
    """Closes a sprint: whether its goal was met, and where each unfinished task goes.

    The value of a choice is the id of a sprint, "backlog" or "dropped".
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
        choices = [
            *((str(sprint.pk), _("To %(sprint)s") % {"sprint": sprint}) for sprint in self.targets),
            ("backlog", _("To the backlog")),
            ("dropped", _("Drop")),
        ]
        self.destinations = choices
        following = next((str(target.pk) for target in self.targets if target.end > sprint.end), choices[0][0])
        for task in self.leftovers:
            self.fields[f"task-{task.pk}"] = forms.ChoiceField(
                label=task.name,
                choices=choices,
                initial=following,
                widget=forms.Select({"aria-label": task.name}),
                error_messages={"invalid_choice": _("This sprint is no longer open. Choose another one.")},
            )

    def with_selected_set(self, data: QueryDict) -> Self:
        """Return the form with the choice `to` for the `selected` tasks, to go on from there."""
        values = data.dict() | {f"task-{pk}": data.get("to") for pk in data.getlist("selected")}
        return type(self)(self.sprint, self.leftovers, self.targets, initial=values, auto_id=self.auto_id)

    def rows(self) -> list[tuple[Task, forms.BoundField]]:
        """Return each unfinished task with the field of its choice."""
        return [(task, self[f"task-{task.pk}"]) for task in self.leftovers]

    def choices(self) -> dict[int, Choice]:
        """Return what the valid form says of each task, by id."""
        chosen = {task.pk: self.cleaned_data[f"task-{task.pk}"] for task in self.leftovers}
        return {pk: choice if choice in ("backlog", "dropped") else int(choice) for pk, choice in chosen.items()}
