"""The way back: the reverse of a change, and deleted tasks restored."""

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

# Why a change is not undone: what oneself, or somebody else, did to the same since.
SINCE: "dict[str, tuple[StrPromise, StrPromise]]" = {
    Event.Kind.ADD: (_("You have since restored it."), _("%(who)s has since restored it.")),
    Event.Kind.UPDATE: (_("You have since changed it."), _("%(who)s has since changed it.")),
    Event.Kind.REMOVE: (_("You have since deleted it."), _("%(who)s has since deleted it.")),
}


def undo(by: User | None, seq: int) -> Event | None:
    """Write the reverse of change number `seq` and return its event; None when all is as before already.

    A moved card goes back below the nearest of those that it stood below, a deleted row comes back under its id, an
    added one goes; undoing an undo does it again. Raises `Event.DoesNotExist`, and `ValidationError` when the same
    was changed since, by whom, or when a rule forbids the way back (into a sprint that is over, say).
    """
    with change(by) as this:
        event = Event.objects.get(pk=seq)
        row = log.row_now(event)
        _validate_unchanged_since(by, event, row)
        kind = kind_of(event)
        if not kind.exists_after:
            return _recreate(this, _as_removed(this, event), event).event
        # The row is there: its removal would have been a later change.
        row = cast(Row, row)
        if kind.exists_before:
            return _revert(this, row, event).event
        if isinstance(row, Sprint):
            validate_is_empty(row)
        return remove_row(this, row, undoes=seq)


def restore_task(by: User | None, task_id: int) -> Task:
    """Bring a deleted task back under its id, to the end of its column, and return it.

    No task goes back to a sprint that is over or gone: it goes to the backlog. Raises `Task.DoesNotExist` when no such
    task was deleted, `ValidationError` when it was longer ago than `log.RESTORABLE`.
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
    later = list(log.changed_later(event))
    if row and event.kind != Event.Kind.REMOVE:
        later = _touching(later, _changed_fields(event, row))
    if later:
        mine, theirs = SINCE[later[0].kind]
        is_mine = by and later[0].actor_id == by.pk
        raise ValidationError((mine if is_mine else theirs) % {"who": sentences.actor(later[0])})


def _touching(events: Iterable[Event], names: set[str]) -> list[Event]:
    return [event for event in events if names & fields(event).keys()]


def _changed_fields(event: Event, row: Row) -> set[str]:
    """Return the names of the fields that are not any more as the event, which did not remove the row, left them."""
    now = log.snapshot(row)
    changes = fields(event)
    if event.kind == Event.Kind.ADD:
        changes = {name: [None, None] for name in now} | changes
    return {name for name, (_, left) in changes.items() if now[name] != left}


def _revert(this: Change, row: Row, event: Event) -> Row:
    before = log.snapshot(row)
    changes = fields(event)
    log.put_back(row, {name: was for name, (was, _) in changes.items()})
    spaced: SpacedOrders = {}
    if isinstance(row, Sprint):
        validate_sprint(row, _as_logged(row), today=this.today, end_is_new="end" in changes)
    else:
        _unassign_deleted_user(row)
        # A completion that is undone has not been one: the card may leave the sprint again.
        validate_task(row, this.today, sprint_is_new=row.sprint_id != before["sprint"], before=_as_logged(row))
        if not changes.keys().isdisjoint(log.PLACE):
            spaced = assign_order(row, _previous_position(row, event), log.snapshot(row))
    return save_row(this, row, before, spaced, undoes=event.seq)


def _as_removed(this: Change, event: Event) -> Row:
    """Return the row that an event removed, not saved yet, without what is not there any more."""
    if this.at - event.created_at > log.RESTORABLE:
        raise ValidationError(gettext("It was deleted more than 30 days ago."))
    row = log.row_before(event)
    if isinstance(row, Task):
        _unassign_deleted_user(row)
        if row.sprint_id and not Sprint.objects.filter(pk=row.sprint_id).exists():
            _move_to_backlog(this, row)
    return row


def _recreate[R: Row](this: Change, row: R, event: Event, place: Place | None = None) -> R:
    """Save a row `_as_removed`; a task goes to the `place`, else to where it stood."""
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
    """Return the place below the nearest of the cards below which a card stood before the event, else the top.

    `task` bears the column and the sort key that it had then.
    """
    standing = set(Task.objects.in_column(task.sprint_id, task.status).values_list("pk", flat=True))
    above = next((pk for pk in log.stood_below(task, event.seq) if pk in standing), None)
    return Place(task.sprint_id, task.status, after=above, top=above is None)


def _as_logged(row: Row) -> Snapshot:
    """Return a snapshot for which only the day has to be free: the rest was accepted when it was written to the log."""
    return log.snapshot(row) | {"end": None}


def _unassign_deleted_user(task: Task) -> None:
    if task.assigned_id and not get_user_model().objects.filter(pk=task.assigned_id).exists():
        task.assigned = None


def _move_to_backlog(this: Change, task: Task) -> None:
    task.sprint, task.status = None, Status.TODO
    sync_dates(task, (), this.today)
