"""Forms that move a card."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.actions import Place
from board.models import Column, Sprint, Status, Task


class PlaceForm(forms.Form):
    """The place of a card that was dragged."""

    # The action validates that the sprint exists.
    sprint = forms.IntegerField(required=False)
    column = forms.ChoiceField(choices=Column)
    after = forms.IntegerField(required=False)
    before = forms.IntegerField(required=False)

    def place(self) -> Place:
        data = self.cleaned_data
        column = Column(data["column"])
        sprint = None if column is Column.BACKLOG else data["sprint"]
        return Place(sprint, column.status, data["after"], data["before"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("column") not in (None, Column.BACKLOG) and "sprint" in data and not data["sprint"]:
            self.add_error("sprint", gettext("Every column except the backlog needs a sprint."))
        return data


class MoveForm(forms.Form):
    """Moves a card without dragging: to a position in a column of a current sprint, or in the backlog."""

    column = forms.ChoiceField(label=_("Move to"))
    position = forms.ChoiceField(
        label=_("Position"),
        error_messages={"invalid_choice": _("That card has moved. Choose a position again.")},
    )

    def __init__(
        self,
        task: Task,
        column: str,
        sprints: Iterable[Sprint],
        cards: Iterable[Task],
        data: Any = None,
        **kwargs: Any,
    ) -> None:
        """Offer the columns of `sprints`, with `column` selected, and the positions before each of `cards`.

        When another column is selected, htmx loads the positions in it.
        """
        super().__init__(data, initial={"column": column}, **kwargs)
        offered, positions = (cast(forms.ChoiceField, self.fields[name]) for name in ("column", "position"))
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
        offered.choices = [
            (Column.BACKLOG.value, Column.BACKLOG.label),
            *((str(sprint), choices) for sprint, choices in of_sprints),
        ]
        titles = {Column.BACKLOG.value: str(Column.BACKLOG.label)}
        titles |= {
            value: gettext("%(sprint)s, %(column)s") % {"sprint": sprint, "column": label}
            for sprint, choices in of_sprints
            for value, label in choices
        }
        befores: dict[str, list[tuple[str, str]]] = {value: [] for value in titles}
        for card in cards:
            if card != task:
                befores[column_of(card)].append((f"{column_of(card)}/{card.pk}", card.name))
        positions.choices = [
            ("bottom", gettext("Bottom of the column")),
            ("top", gettext("Top of the column")),
            *(
                (gettext("Above a card in %(column)s") % {"column": titles[value]}, choices)
                for value, choices in befores.items()
                if choices
            ),
        ]

    def place(self) -> Place:
        """Return the place of the valid form. A position before a card takes precedence over the column."""
        column, position = self.cleaned_data["column"], self.cleaned_data["position"]
        column, _, before = position.rpartition("/") if "/" in position else (column, "", "")
        return Place(*place_of(column), before=int(before) if before else None, top=position == "top")


def column_of(task: Task) -> str:
    """Return the value of a task's column in `MoveForm`."""
    return f"{task.sprint_id}-{task.column}" if task.sprint_id else Column.BACKLOG.value


def next_column(task: Task, sprints: Iterable[Sprint], sprint_id: int | None) -> str:
    """Return the value in `MoveForm` of the column to the right of a task's own.

    For the backlog, this is the first column of sprint `sprint_id` if it is in `sprints`, else of the first sprint.
    """
    if task.sprint_id is None:
        ids = [sprint.pk for sprint in sprints]
        sprint_id = sprint_id if sprint_id in ids else next(iter(ids), None)
        return f"{sprint_id}-{Column.TODO.value}" if sprint_id else column_of(task)
    following = min(task.status + 1, Status.DONE)
    return f"{task.sprint_id}-{Column.of(task.sprint_id, following).value}"


def place_of(column: str) -> tuple[int | None, int]:
    """Return (sprint id, status) for the value of a column in `MoveForm`. Raises `ValueError` for other values."""
    sprint, _, name = column.rpartition("-")
    return int(sprint) if sprint else None, Column(name).status
