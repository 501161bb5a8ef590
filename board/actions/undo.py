"""Undoing changes and restoring deleted tasks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.history import log, sentences
from board.history.schema import Row, Snapshot, SpacedOrders, checked_item, comment, fields, kind_of
from board.models import Event, Sprint, Status, Task

from .changes import Change, change, remove_row, save_row, validate_is_open
from .checklists import save_item
from .comments import undo_comment
from .sprints import validate_can_change, validate_is_empty, validate_sprint
from .tasks import Place, assign_order, sync_dates, validate_task

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Why a change can't be undone: the acting user, or someone else, has changed the same row since.
REASONS: "dict[str, tuple[StrPromise, StrPromise]]" = {
    Event.Kind.ADD: (_("You have since restored it."), _("%(who)s has since restored it.")),
    Event.Kind.UPDATE: (_("You have since changed it."), _("%(who)s has since changed it.")),
    Event.Kind.REMOVE: (_("You have since deleted it."), _("%(who)s has since deleted it.")),
}


class Kept(NamedTuple):
    """A task that an undo left as it is, and why."""

    task: int
    name: str
    reason: str


class Undone(NamedTuple):
    """The first event of an undo, None if there was nothing left to reverse, and the tasks that it left as they are."""

    event: Event | None
    kept: list[Kept]


def undo(by: User | None, seq: int) -> Event | None:
    """Write the reverse of change number `seq` and return its event, or None if there is nothing left to reverse.

    For other rows of the same change, see `undo_all`.
    """
    return undo_all(by, seq).event


def undo_all(by: User | None, seq: int) -> Undone:
    """Write the reverse of the change that event number `seq` is part of.

    A moved card goes back below the nearest card that was above it. A deleted row is recreated under its id, and a
    created one is deleted. Undoing an undo redoes the change. Raises `Event.DoesNotExist`, and `ValidationError` if the
    same fields have changed since, or if the result would be invalid (a task in a sprint that has ended, for example).
    In a change of several rows, tasks for which that is so are left as they are, unless they are all of its rows.
    """
    with change(by) as this:
        kept = reverse(this, Event.objects.get(pk=seq))
        return Undone(this.events[0] if this.events else None, kept)


def reverse(this: Change, event: Event) -> list[Kept]:
    """Undo the change that an event is part of, and return the tasks that it left as they are."""
    events = log.events_of_change(event)
    this.is_batch = len(events) > 1
    kept: list[Kept] = []
    # The reverse of closing a sprint ends with the sprint, when its tasks are back.
    for one in reversed(events):
        try:
            _undo_event(this, one, is_closing="closing" in events[0].changes)
        except ValidationError as error:
            if one.task is None or len(kept) + 1 == len(events):
                raise
            kept.append(Kept(one.task, _last_name(one), " ".join(error.messages)))
    return kept[::-1]


def _last_name(event: Event) -> str:
    row = log.current_row(event) or log.removed_row(next(iter(log.later_events(event))))
    return str(row)


def _undo_event(this: Change, event: Event, is_closing: bool) -> None:
    if remark := comment(event):
        undo_comment(this, event, remark)
        return
    row = log.current_row(event)
    if row and (item := checked_item(event)):
        save_item(this, row.pk, item.number, item.text, not item.is_checked, undoes=event.seq)
        return
    _validate_unchanged_since(this.by, event, row, is_closing)
    if not is_closing:
        _validate_can_undo(event, row)
    kind = kind_of(event)
    if not kind.exists_after:
        _recreate(this, _as_removed(this, event), event, is_frozen=is_closing)
    elif kind.exists_before:
        # The row exists: deleting it would have been a later change.
        _revert(this, cast(Row, row), event, is_frozen=is_closing)
    else:
        if isinstance(row, Sprint):
            validate_is_empty(row)
        remove_row(this, cast(Row, row), undoes=event.seq)


def _validate_can_undo(event: Event, row: Row | None) -> None:
    if isinstance(row, Sprint):
        validate_can_change(row)
        if event.changes.get("closed_at", [None, None])[0]:
            raise ValidationError(gettext("To close this sprint again, use “Close sprint”."))
    elif row:
        validate_is_open(row.sprint)


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
        if task.sprint and (task.sprint.is_closed or task.sprint.end < this.today):
            _move_to_backlog(this, task)
        return _recreate(this, task, event, Place(task.sprint_id, task.status))


def _validate_unchanged_since(by: User | None, event: Event, row: Row | None, is_closing: bool) -> None:
    later = list(log.later_events(event))
    if row and event.kind != Event.Kind.REMOVE:
        # Work on a task that a closed sprint passed on is not taken back.
        names = {"sprint", "status"} if is_closing and event.task else _changed_fields(event, row)
        later = _touching(later, names)
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


def _revert(this: Change, row: Row, event: Event, is_frozen: bool) -> None:
    before = log.snapshot(row)
    changes = fields(event)
    log.restore_fields(row, {name: was for name, (was, _) in changes.items()})
    spaced: SpacedOrders = {}
    if isinstance(row, Sprint):
        validate_sprint(row, _as_logged(row), today=this.today, end_is_new="end" in changes)
    else:
        _unassign_deleted_user(row)
        is_new = not is_frozen and row.sprint_id != before["sprint"]
        # `was_done` stays false: a task whose completion is undone may leave the sprint.
        validate_task(row, this.today, sprint_is_new=is_new, before=_as_logged(row))
        # The tasks of a change of several have their sort keys back, which is their place among each other, too.
        if not this.is_batch and not changes.keys().isdisjoint(log.PLACE):
            spaced = assign_order(row, _previous_position(row, event), log.snapshot(row))
    save_row(this, row, before, spaced, undoes=event.seq)


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


def _recreate[R: Row](
    this: Change, row: R, event: Event, place: Place | None = None, is_frozen: bool = False
) -> R:
    """Save a row from `_as_removed`. A task goes to `place`, or else to its previous position."""
    spaced: SpacedOrders = {}
    if isinstance(row, Sprint):
        validate_sprint(row, _as_logged(row), today=this.today, end_is_new=False)
    else:
        if not is_frozen:
            validate_is_open(row.sprint)
        validate_task(row, this.today, sprint_is_new=False, before=_as_logged(row))
        if not this.is_batch:
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
