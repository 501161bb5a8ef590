"""What a person has not seen of a board: how many changes by others, and what became of each card."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from board.models import Column, Event, Sprint, Task

from .entries import MOST_EVENTS, events_of


class Step(NamedTuple):
    """What an event did to a task. The places are [before, after], or None if the task kept it."""

    seq: int
    task: int
    kind: str
    sprint: list[Any] | None
    status: list[Any] | None
    comment: int | None


def condition(person: int, since: int) -> Q:
    """Return the condition of the events by others after number `since`."""
    return Q(seq__gt=since) & ~Q(actor=person)


def count(person: int, board: int, since: int) -> int:
    return sum(part.filter(condition(person, since)).count() for part in events_of(board))


def marks(person: int, board: int, since: int) -> dict[int, str]:
    """Return what became of each card on a board, by task: that it is new, where it came from, or that it changed.

    Of very many changes, only the newest count. Takes at most four queries.
    """
    unseen = [part.filter(condition(person, since), task__isnull=False) for part in events_of(board)]
    steps: dict[int, list[Step]] = {}
    for step in sorted(chain.from_iterable(map(_newest, unseen))):
        steps.setdefault(step.task, []).append(step)
    tasks = Task.objects.filter(Q(sprint=board) | Q(sprint=None), pk__in=steps).only("sprint", "status")
    sprints = Sprint.objects.in_bulk(
        {pk for task in steps.values() for pk in _before(task, "sprint")} - {None, board}
    )
    return {task.pk: _mark(task, steps[task.pk], board, sprints) for task in tasks}


def _newest(events: QuerySet[Event]) -> Iterable[Step]:
    fields = ("seq", "task", "kind", "changes__sprint", "changes__status", "changes__comment__id")
    return map(Step._make, events.order_by("-seq").values_list(*fields)[:MOST_EVENTS])


def _before(steps: Iterable[Step], field: str) -> list[Any]:
    """Return the value of a field before the first step that changed it, in a list that is empty if none did."""
    return [pair[0] for step in steps if (pair := getattr(step, field))][:1]


def _mark(task: Task, steps: list[Step], board: int, sprints: dict[int, Sprint]) -> str:
    if steps[0].kind == Event.Kind.ADD:
        return gettext("new")
    [sprint] = _before(steps, "sprint") or [task.sprint_id]
    [status] = _before(steps, "status") or [task.status]
    if (sprint, status) == (task.sprint_id, task.status):
        return gettext("new comment") if all(step.comment for step in steps) else gettext("changed")
    place = (
        Column.of(sprint, status).label
        if sprint in (None, board)
        else sprints.get(sprint, gettext("a deleted sprint"))
    )
    return gettext("from %(place)s") % {"place": place}
