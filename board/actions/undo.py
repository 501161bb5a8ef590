"""Undoing changes and restoring deleted tasks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.history import log, sentences
from board.history.schema import Row, Snapshot, SpacedOrders, fields, kind_of
from board.models import Event, Sprint, Status, Task

from .changes import Change, change, remove_row, save_row
from .sprints import validate_is_empty, validate_sprint
from .tasks import Place, assign_order, sync_dates, validate_task

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Why a change can't be undone: the acting user, or someone else, has changed the same row since.
REASONS: "dict[str, tuple[StrPromise, StrPromise]]" = {
    Event.Kind.ADD: (_("You have since restored it."), _("%(who)s has since restored it.")),
    Event.Kind.UPDATE: (_("You have since changed it."), _("%(who)s has since changed it.")),
    Event.Kind.REMOVE: (_("You have since deleted it."), _("%(who)s has since deleted it.")),
}


def undo(by: User | None, seq: int) -> Event | None:
    """Write the reverse of change number `seq` and return its event, or None if there is nothing left to reverse.

    A moved card goes back below the nearest card that was above it. A deleted row is recreated under its id, and a
    created one is deleted. Undoing an undo redoes the change. Raises `Event.DoesNotExist`, and `ValidationError` if the
    same fields have changed since, or if the result would be invalid (a task in a sprint that has ended, for example).
    """
    with change(by) as this:
        event = Event.objects.get(pk=seq)
        row = log.current_row(event)
        _validate_unchanged_since(by, event, row)
        kind = kind_of(event)
        if not kind.exists_after:
            return _recreate(this, _as_removed(this, event), event).event
        # The row exists: deleting it would have been a later change.
        row = cast(Row, row)
        if kind.exists_before:
            return _revert(this, row, event).event
        if isinstance(row, Sprint):
            validate_is_empty(row)
        return remove_row(this, row, undoes=seq)


def restore_task(by: User | None, task_id: int) -> Task:
    """Recreate a deleted task under its id at the end of its column.

    If its sprint has ended or was deleted, the task goes to the backlog. Raises `Task.DoesNotExist` if no such task was
    deleted, and `ValidationError` if it was deleted longer ago than `log.RESTORABLE`.
    """
    with change(by) as this:
        event = log.removal(task_id)
        if event is None:
            raise Task.DoesNotExist
        task = cast(Task, _as_removed(this, event))
        if task.sprint and task.sprint.end < this.today:
            _move_to_backlog(this, task)
        return _recreate(this, task, event, Place(task.sprint_id, task.status))


def _validate_unchanged_since(by: User | None, event: Event, row: Row | None) -> None:
    later = list(log.later_events(event))
    if row and event.kind != Event.Kind.REMOVE:
        later = _touching(later, _changed_fields(event, row))
    if later:
        mine, theirs = REASONS[later[0].kind]
        is_mine = by and later[0].actor_id == by.pk
        raise ValidationError((mine if is_mine else theirs) % {"who": sentences.actor(later[0])})


def _touching(events: Iterable[Event], names: set[str]) -> list[Event]:
    return [event for event in events if names & fields(event).keys()]


def _changed_fields(event: Event, row: Row) -> set[str]:
    """Return the names of the fields that have changed since the event, which must not be the row's removal."""
    now = log.snapshot(row)
    changes = fields(event)
    if event.kind == Event.Kind.ADD:
        changes = {name: [None, None] for name in now} | changes
    return {name for name, (_, after) in changes.items() if now[name] != after}


def _revert(this: Change, row: Row, event: Event) -> Row:
    before = log.snapshot(row)
    changes = fields(event)
    log.restore_fields(row, {name: was for name, (was, _) in changes.items()})
    spaced: SpacedOrders = {}
    if isinstance(row, Sprint):
        validate_sprint(row, _as_logged(row), today=this.today, end_is_new="end" in changes)
    else:
        _unassign_deleted_user(row)
        # `was_done` stays false: a task whose completion is undone may leave the sprint.
        validate_task(row, this.today, sprint_is_new=row.sprint_id != before["sprint"], before=_as_logged(row))
        if not changes.keys().isdisjoint(log.PLACE):
            spaced = assign_order(row, _previous_position(row, event), log.snapshot(row))
    return save_row(this, row, before, spaced, undoes=event.seq)


def _as_removed(this: Change, event: Event) -> Row:
    """Return the unsaved row that an event removed, without references to deleted users and sprints."""
    if this.at - event.created_at > log.RESTORABLE:
        raise ValidationError(gettext("It was deleted more than 30 days ago."))
    row = log.removed_row(event)
    if isinstance(row, Task):
        _unassign_deleted_user(row)
        if row.sprint_id and not Sprint.objects.filter(pk=row.sprint_id).exists():
            _move_to_backlog(this, row)
    return row


def _recreate[R: Row](this: Change, row: R, event: Event, place: Place | None = None) -> R:
    """Save a row from `_as_removed`. A task goes to `place`, or else to its previous position."""
    spaced: SpacedOrders = {}
    if isinstance(row, Sprint):
        validate_sprint(row, _as_logged(row), today=this.today, end_is_new=False)
    else:
        validate_task(row, this.today, sprint_is_new=False, before=_as_logged(row))
        if row.sprint_id == event.sprint:
            place = place or _previous_position(row, event)
        spaced = assign_order(row, place or Place(row.sprint_id, row.status), log.snapshot(row))
    return save_row(this, row, spaced=spaced, undoes=event.seq)


def _previous_position(task: Task, event: Event) -> Place:
    """Return the place below the nearest remaining card that was above the task before the event, or the top.

    `task` has the column and sort key from before the event.
    """
    remaining = set(Task.objects.in_column(task.sprint_id, task.status).values_list("pk", flat=True))
    above = next((pk for pk in log.cards_above(task, event.seq) if pk in remaining), None)
    return Place(task.sprint_id, task.status, after=above, top=above is None)


def _as_logged(row: Row) -> Snapshot:
    """Return a snapshot for validation that leaves only `end` to check. The rest was validated when it was logged."""
    return log.snapshot(row) | {"end": None}


def _unassign_deleted_user(task: Task) -> None:
    if task.assigned_id and not get_user_model().objects.filter(pk=task.assigned_id).exists():
        task.assigned = None


def _move_to_backlog(this: Change, task: Task) -> None:
    task.sprint, task.status = None, Status.TODO
    sync_dates(task, (), this.today)
