from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from board.history.schema import Snapshot, SpacedOrders
from board.models import Event, Sprint, Status, Task

from . import ordering
from .changes import at_version, change, merge, remove_row, save_row, set_fields, unchanged_fields


@dataclass(frozen=True)
class Place:
    """Where a card goes, as it was meant: a column, and right after or right before another card.

    `after` and `before` are task ids and count only while those stand in the column, `after` first;
    otherwise the card goes to the top when `top` is set, else to the end.
    """

    sprint_id: int | None
    status: int
    after: int | None = None
    before: int | None = None
    top: bool = False


class ValidationContext(TypedDict):
    sprint_is_new: bool
    was_done: bool
    before: Snapshot


def add_task(
    by: User | None, *, name: str, order: int | None = None, at: datetime | None = None, **fields: Any
) -> Task:
    """Return the new task; without an `order` it goes to the end of its column.

    `fields`: description, sprint_id, status, assigned, started, due, completed. `at`: see `change`.
    """
    with change(by, at) as this:
        task = Task(name=name)
        set_fields(task, fields)
        sync_dates(task, fields, this.today)
        spaced: SpacedOrders = {}
        if order is None:
            spaced = assign_order(task, Place(task.sprint_id, task.status))
        else:
            task.order = order
        validate_task(task, this.today, sprint_is_new=task.sprint_id is not None)
        return save_row(this, task, spaced=spaced)


def change_task(
    by: User | None, task_id: int, expect: int | None = None, base: int | None = None, **changes: Any
) -> Task:
    """Set fields of a task and return it. Raises `Task.DoesNotExist`, `Outdated`, `Conflict`.

    A new status brings the dates that follow from it, unless they are among the changes; a new column
    puts the card at its end, unless `order` is among them.
    """
    with change(by) as this:
        task, before = _task(task_id, expect)
        column = task.sprint_id, task.status
        merge(task, base, changes)
        if task.status != before["status"]:
            sync_dates(task, changes, this.today)
        spaced: SpacedOrders = {}
        if (task.sprint_id, task.status) != column and "order" not in changes:
            spaced = assign_order(task, Place(task.sprint_id, task.status))
        validate_task(task, this.today, **_validation_context(task, before))
        return save_row(this, task, before, spaced)


def place_task(
    by: User | None,
    task_id: int,
    place: Place | Callable[[Task], Place],
    expect: int | None = None,
    at: datetime | None = None,
) -> Task:
    """Move a card to a `Place` and return the task. Raises `Task.DoesNotExist`, `Outdated`.

    `place` may also be a function that gives the place for the task as it is under the lock. Entering work sets
    `started`, finishing sets `completed`, moving back clears them; in the backlog a task is not started, whatever the
    place says. Moves do not conflict: the same place is no change.
    """
    with change(by, at) as this:
        task, before = _task(task_id, expect)
        if callable(place):
            place = place(task)
        task.sprint_id = place.sprint_id
        task.status = place.status if place.sprint_id else Status.TODO
        if task.status != before["status"]:
            sync_dates(task, (), this.today)
        validate_task(task, this.today, **_validation_context(task, before))
        spaced = assign_order(task, place, before)
        return save_row(this, task, before, spaced)


def remove_task(by: User | None, task_id: int, expect: int | None = None) -> Event:
    """Remove a task and return the event. Raises `Task.DoesNotExist`, `Outdated`."""
    with change(by) as this:
        return remove_row(this, _task(task_id, expect)[0])


def _task(task_id: int, expect: int | None) -> tuple[Task, Snapshot]:
    return at_version(Task.objects.select_related("assigned").get(pk=task_id), expect)


def _validation_context(task: Task, before: Snapshot) -> ValidationContext:
    return {
        "sprint_is_new": task.sprint_id != before["sprint"],
        "was_done": before["status"] == Status.DONE,
        "before": before,
    }


def validate_task(
    task: Task, today: date, *, sprint_is_new: bool, was_done: bool = False, before: Snapshot | None = None
) -> None:
    if sprint_is_new:
        if was_done:
            raise ValidationError({"sprint": gettext("Completed tasks can't be moved to another sprint.")})
        if task.sprint_id:
            sprint = Sprint.objects.filter(pk=task.sprint_id).first()
            if sprint is None:
                raise ValidationError({"sprint": gettext("This sprint doesn't exist.")})
            if sprint.end < today:
                raise ValidationError({"sprint": gettext("This sprint has ended, so you can't add tasks to it.")})
    task.clean_fields(exclude={"order", "version", "sprint", "assigned", *unchanged_fields(task, before)})
    task.clean()


def sync_dates(task: Task, given: Container[str], today: date) -> None:
    """Let `started` and `completed` follow from the status where they were not given."""
    if "started" not in given:
        task.started = (task.started or today) if task.status > Status.TODO else None
    if "completed" not in given:
        task.completed = (task.completed or today) if task.status == Status.DONE else None


def assign_order(task: Task, place: Place, before: Snapshot | None = None) -> SpacedOrders:
    """Give the task the sort key of its place, unless it stands there already.

    Returns the neighbours that had to be spaced out for it, as `ordering.make_room` does.
    """
    column = Task.objects.in_column(task.sprint_id, task.status).exclude(pk=task.pk)
    left, right = ordering.neighbours(column, place.after, place.before, place.top)
    if before and (before["sprint"], before["status"]) == (task.sprint_id, task.status):
        key = task.order, task.pk
        if (left is None or left < key) and (right is None or key < right):
            return {}
    spaced: SpacedOrders = {}
    order = ordering.between(left, right)
    if order is None:
        spaced = ordering.make_room(column, left)
        left, right = ordering.neighbours(column, place.after, place.before, place.top)
        order = ordering.between(left, right)
    task.order = cast(int, order)
    return spaced
