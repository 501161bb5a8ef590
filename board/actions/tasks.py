from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from board.history.schema import Snapshot, SpacedOrders
from board.models import Event, Sprint, Status, Task, Team

from . import ordering
from .changes import (
    Change,
    at_version,
    change,
    merge,
    remove_row,
    save_row,
    set_fields,
    unchanged_fields,
    validate_is_open,
)


@dataclass(frozen=True)
class Place:
    """The target of a move: a column, and the task that the card is placed after or before.

    `after` takes precedence over `before`. A task that is not in the column is ignored. Without either, the card goes
    to the top if `top` is set, else to the end.
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
    """Create a task, by default at the end of its column.

    `fields` are description, sprint_id, status, assigned, started, due, completed and points. For `at`, see `change`.
    """
    with change(by, at) as this:
        return save_new(this, name=name, order=order, **fields)


def save_new(this: Change, *, name: str, order: int | None = None, **fields: Any) -> Task:
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
    """Change fields of a task. Raises `Task.DoesNotExist`, `Outdated`, `Conflict`.

    A new status also sets the dates that depend on it, and a new column puts the card at its end, unless the changes
    include the dates or `order`.
    """
    with change(by) as this:
        task, before = get_task(task_id, expect)
        return save_changes(this, task, before, changes, base)


def save_changes(
    this: Change, task: Task, before: Snapshot, changes: dict[str, Any], base: int | None = None
) -> Task:
    column = task.sprint_id, task.status
    validate_can_change(task)
    merge(task, base, changes)
    if task.status != before["status"]:
        sync_dates(task, changes, this.today)
    validate_task(task, this.today, **_validation_context(task, before))
    spaced: SpacedOrders = {}
    if (task.sprint_id, task.status) != column and "order" not in changes:
        spaced = assign_order(task, Place(task.sprint_id, task.status))
    return save_row(this, task, before, spaced)


def place_task(
    by: User | None,
    task_id: int,
    place: Place | Callable[[Task], Place],
    expect: int | None = None,
    at: datetime | None = None,
) -> Task:
    """Move a card to a `Place`. Raises `Task.DoesNotExist`, `Outdated`.

    `place` may be a function that returns the place for the locked task. Starting work sets `started`, finishing sets
    `completed`, and moving back clears them. In the backlog, the status of the place is ignored. Moves never conflict,
    and a move to the same place changes nothing.
    """
    with change(by, at) as this:
        task, before = get_task(task_id, expect)
        return save_place(this, task, before, place(task) if callable(place) else place)


def save_place(this: Change, task: Task, before: Snapshot, place: Place) -> Task:
    validate_can_change(task)
    task.sprint_id = place.sprint_id
    task.status = place.status if place.sprint_id else Status.TODO
    if task.status != before["status"]:
        sync_dates(task, (), this.today)
    validate_task(task, this.today, **_validation_context(task, before))
    spaced = assign_order(task, place, before)
    return save_row(this, task, before, spaced)


def remove_task(by: User | None, task_id: int, expect: int | None = None) -> Event:
    """Delete a task and return the event. Raises `Task.DoesNotExist`, `Outdated`."""
    with change(by) as this:
        task, _before = get_task(task_id, expect)
        validate_can_change(task)
        return remove_row(this, task)


def get_task(task_id: int, expect: int | None = None) -> tuple[Task, Snapshot]:
    tasks = Task.objects.select_related("assigned").with_sprint_closed_at()
    return at_version(tasks.get(pk=task_id), expect)


def validate_can_change(task: Task) -> None:
    """Raise `ValidationError` if the sprint of a task from `get_task` is closed."""
    if task.sprint_closed_at:
        validate_is_open(task.sprint)


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
            validate_is_open(sprint)
            if sprint.end < today:
                raise ValidationError({"sprint": gettext("This sprint has ended, so you can't add tasks to it.")})
    _validate_points(task, before)
    task.clean_fields(exclude={"order", "version", "sprint", "assigned", *unchanged_fields(task, before)})
    task.clean()


def _validate_points(task: Task, before: Snapshot | None) -> None:
    if task.points is None or (before and task.points == before["points"]):
        return
    scale = Team.load().points_scale
    if task.points not in scale:
        numbers = {"scale": ", ".join(map(str, scale))}
        raise ValidationError({"points": gettext("Use one of these numbers: %(scale)s.") % numbers})


def sync_dates(task: Task, given: Container[str], today: date) -> None:
    """Set `started` and `completed` according to the status, except those in `given`."""
    if "started" not in given:
        task.started = (task.started or today) if task.status > Status.TODO else None
    if "completed" not in given:
        task.completed = (task.completed or today) if task.status == Status.DONE else None


def assign_order(task: Task, place: Place, before: Snapshot | None = None) -> SpacedOrders:
    """Set the sort key of the task for its place, unless it already is there.

    Returns the neighbours that were spaced out, as `ordering.make_room` does.
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
        if order == task.order:
            # The card's own key would look like no change, and the room would be undone with it.
            order += 1 if order < 0 else -1
    task.order = cast(int, order)
    return spaced
