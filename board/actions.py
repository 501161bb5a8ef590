"""Every write. Pages, the API and commands change sprints and tasks by these functions alone.

Each takes the writers' lock, judges the row as it would be, saves it, writes the history and announces
the change on commit, all in one transaction. `by` is the user who acts, or None for the system.
What breaks a rule raises `ValidationError` with a message per field, and nothing is saved;
what changes nothing writes nothing. `expect` is the version that the row must still have; another one raises
`Outdated`. `base` is the version that the changes were made for: what others changed since is merged, and what both
changed raises `Conflict`. A row comes back with the change as its `event`, None when there was none.
"""

from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from . import broadcasts, history, ordering
from .event_schema import kind_of
from .models import Event, Sprint, Status, Task

# Why a change is not undone: what oneself, or somebody else, did to the same since.
SINCE = {
    Event.Kind.ADD: (_("You restored it since."), _("%(who)s restored it since.")),
    Event.Kind.UPDATE: (_("You changed it since."), _("%(who)s changed it since.")),
    Event.Kind.REMOVE: (_("You deleted it since."), _("%(who)s deleted it since.")),
}


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


class Outdated(Exception):
    """The row is no longer at the version that the change was made for; `row` is how it is now."""

    def __init__(self, row):
        super().__init__(f"{row._meta.verbose_name} {row.pk} is at version {row.version}")
        self.row = row


class Conflict(Exception):
    """Somebody else changed the same fields since the base of a change, to something else.

    `row` is how it is now, `clashes` {field: the newest event that changed it}, `mine` the names of all the fields that
    the refused change was about to change.
    """

    def __init__(self, row, clashes, mine):
        super().__init__(f"{row._meta.verbose_name} {row.pk}: {', '.join(clashes)} changed meanwhile")
        self.row = row
        self.clashes = clashes
        self.mine = mine


# Sprints


def add_sprint(by, *, end, name="", description=""):
    """Return the new sprint that ends on the date `end`."""
    with _change() as seq:
        sprint = Sprint(name=name, description=description, end=end)
        _judge_sprint(sprint, end_is_new=True)
        return _save(by, seq, sprint)


def change_sprint(by, sprint_id, expect=None, base=None, **changes):
    """Set fields of a sprint (name, description, end) and return it.

    Raises `Sprint.DoesNotExist`, `Outdated`, `Conflict`.
    """
    with _change() as seq:
        sprint, before = _sprint(sprint_id, expect)
        _merge(sprint, base, changes)
        _judge_sprint(sprint, before, end_is_new=before["end"] != history.snapshot(sprint)["end"])
        return _save(by, seq, sprint, before)


def remove_sprint(by, sprint_id, expect=None):
    """Remove a sprint that has no tasks and return the event. Raises `Sprint.DoesNotExist`, `Outdated`."""
    with _change() as seq:
        return _remove(by, seq, _sprint(sprint_id, expect)[0])


def _sprint(sprint_id, expect):
    return _as_expected(Sprint.objects.get(pk=sprint_id), expect)


def _judge_sprint(sprint, before=None, *, end_is_new):
    sprint.full_clean(exclude={"version", *_unchanged(sprint, before)})
    if end_is_new and sprint.is_past:
        raise ValidationError({"end": gettext("The end date must not lie in the past.")})


def _unchanged(row, before):
    """Return the names of the fields as in a snapshot: what an older release took does not stop other changes."""
    now = history.snapshot(row)
    return {name for name in now if before and now[name] == before[name]}


def _judge_is_empty(sprint):
    count = Task.objects.filter(sprint=sprint).count()
    if count:
        reason = ngettext(
            "The sprint still has %(count)s task: move or delete them first.",
            "The sprint still has %(count)s tasks: move or delete them first.",
            count,
        )
        raise ValidationError({"tasks": reason % {"count": count}})


# Tasks


def add_task(by, *, name, order=None, **fields):
    """Return the new task; without an `order` it goes to the end of its column.

    `fields`: description, sprint_id, status, assigned, started, due, completed.
    """
    with _change() as seq:
        task = Task(name=name, order=order)
        _set(task, fields)
        _date_the_work(task, fields)
        spaced = {}
        if order is None:
            spaced = _stand(task, Place(task.sprint_id, task.status))
        _judge_task(task, sprint_is_new=task.sprint_id is not None)
        return _save(by, seq, task, spaced=spaced)


def change_task(by, task_id, expect=None, base=None, **changes):
    """Set fields of a task and return it. Raises `Task.DoesNotExist`, `Outdated`, `Conflict`.

    A new status brings the dates that follow from it, unless they are among the changes; a new column
    puts the card at its end, unless `order` is among them.
    """
    with _change() as seq:
        task, before = _task(task_id, expect)
        column = task.sprint_id, task.status
        _merge(task, base, changes)
        if task.status != before["status"]:
            _date_the_work(task, changes)
        spaced = {}
        if (task.sprint_id, task.status) != column and "order" not in changes:
            spaced = _stand(task, Place(task.sprint_id, task.status))
        _judge_task(task, **_sprint_news(task, before))
        return _save(by, seq, task, before, spaced)


def place_task(by, task_id, place, expect=None):
    """Move a card to a `Place` and return the task. Raises `Task.DoesNotExist`, `Outdated`.

    `place` may also be a function that gives the place for the task as it is under the lock. Entering work sets `started`, finishing sets `completed`, moving back clears them; in the backlog a
    task is not started, whatever the place says. Moves do not conflict: the same place is no change.
    """
    with _change() as seq:
        task, before = _task(task_id, expect)
        if callable(place):
            place = place(task)
        task.sprint_id = place.sprint_id
        task.status = place.status if place.sprint_id else Status.TODO
        if task.status != before["status"]:
            _date_the_work(task, ())
        _judge_task(task, **_sprint_news(task, before))
        spaced = _stand(task, place, before)
        return _save(by, seq, task, before, spaced)


def remove_task(by, task_id, expect=None):
    """Remove a task and return the event. Raises `Task.DoesNotExist`, `Outdated`."""
    with _change() as seq:
        return _remove(by, seq, _task(task_id, expect)[0])


def _task(task_id, expect):
    return _as_expected(Task.objects.select_related("assigned").get(pk=task_id), expect)


def _sprint_news(task, before):
    return {
        "sprint_is_new": task.sprint_id != before["sprint"],
        "was_done": before["status"] == Status.DONE,
        "before": before,
    }


def _judge_task(task, sprint_is_new, was_done=False, before=None):
    if sprint_is_new:
        if was_done:
            raise ValidationError({"sprint": gettext("A completed task keeps its sprint.")})
        if task.sprint_id:
            sprint = Sprint.objects.filter(pk=task.sprint_id).first()
            if sprint is None:
                raise ValidationError({"sprint": gettext("There is no such sprint.")})
            if sprint.is_past:
                raise ValidationError({"sprint": gettext("Tasks cannot go to a sprint that is over.")})
    task.clean_fields(exclude={"order", "version", "sprint", "assigned", *_unchanged(task, before)})
    task.clean()


def _date_the_work(task, given):
    """Let `started` and `completed` follow from the status where they were not given."""
    today = timezone.localdate()
    if "started" not in given:
        task.started = (task.started or today) if task.status > Status.TODO else None
    if "completed" not in given:
        task.completed = (task.completed or today) if task.status == Status.DONE else None


def _stand(task, place, before=None):
    """Give the task the sort key of its place, unless it stands there already.

    Returns the neighbours that had to be spaced out for it, as `ordering.make_room` does.
    """
    column = Task.objects.in_column(task.sprint_id, task.status).exclude(pk=task.pk)
    left, right = ordering.neighbours(column, place.after, place.before, place.top)
    if before and (before["sprint"], before["status"]) == (task.sprint_id, task.status):
        key = task.order, task.pk
        if (left is None or left < key) and (right is None or key < right):
            return {}
    spaced = {}
    task.order = ordering.between(left, right)
    if task.order is None:
        spaced = ordering.make_room(column, left)
        left, right = ordering.neighbours(column, place.after, place.before, place.top)
        task.order = ordering.between(left, right)
    return spaced


# Undo


def undo(by, seq):
    """Write the reverse of change number `seq` and return its event; None when all is as before already.

    A moved card goes back below the nearest of those that it stood below, a deleted row comes back under its id, an
    added one goes; undoing an undo does it again. Raises `Event.DoesNotExist`, and `ValidationError` when the same
    was changed since, by whom, or when a rule forbids the way back (into a sprint that is over, say).
    """
    with _change() as new_seq:
        event = Event.objects.get(pk=seq)
        row = history.row_now(event)
        _refuse_what_changed_since(by, event, row)
        kind = kind_of(event)
        if not kind.exists_before:
            return _remove(by, new_seq, row, undoes=seq)
        if kind.exists_after:
            return _put_back(by, new_seq, row, event).event
        return _bring_back(by, new_seq, _as_removed(event), event).event


def restore_task(by, task_id):
    """Bring a deleted task back under its id, to the end of its column, and return it.

    No task goes back to a sprint that is over or gone: it goes to the backlog. Raises `Task.DoesNotExist` when no such
    task was deleted, `ValidationError` when it was longer ago than `history.RESTORABLE`.
    """
    with _change() as seq:
        event = history.removal(task_id)
        if event is None:
            raise Task.DoesNotExist
        task = _as_removed(event)
        if task.sprint and task.sprint.is_past:
            _leave_for_backlog(task)
        return _bring_back(by, seq, task, event, Place(task.sprint_id, task.status))


def _refuse_what_changed_since(by, event, row):
    later = list(history.changed_later(event))
    if row and event.kind != Event.Kind.REMOVE:
        later = _touching(later, _changed_fields(event, row))
    if later:
        mine, theirs = SINCE[later[0].kind]
        is_mine = by and later[0].by_id == by.pk
        raise ValidationError((mine if is_mine else theirs) % {"who": history.actor(later[0])})


def _touching(events, names):
    return [event for event in events if names & history.fields(event).keys()]


def _changed_fields(event, row):
    """Return the names of the fields that are not any more as the event, which did not remove the row, left them."""
    now = history.snapshot(row)
    changes = history.fields(event)
    if event.kind == Event.Kind.ADD:
        changes = dict.fromkeys(now, (None, None)) | changes
    return {name for name, (_, left) in changes.items() if now[name] != left}


def _put_back(by, seq, row, event):
    before = history.snapshot(row)
    changes = history.fields(event)
    history.put_back(row, {name: was for name, (was, _) in changes.items()})
    spaced = {}
    if isinstance(row, Sprint):
        _judge_sprint(row, _as_logged(row), end_is_new="end" in changes)
    else:
        _spare_who_left(row)
        # A completion that is undone has not been one: the card may leave the sprint again.
        _judge_task(row, sprint_is_new=row.sprint_id != before["sprint"], before=_as_logged(row))
        if not changes.keys().isdisjoint(history.PLACE):
            spaced = _stand(row, _old_place(row, event), history.snapshot(row))
    return _save(by, seq, row, before, spaced, undoes=event.seq)


def _as_removed(event):
    """Return the row that an event removed, not saved yet, without what is not there any more."""
    if timezone.now() - event.at > history.RESTORABLE:
        raise ValidationError(gettext("It was deleted more than 30 days ago."))
    row = history.row_before(event)
    if event.task is not None:
        _spare_who_left(row)
        if row.sprint_id and not Sprint.objects.filter(pk=row.sprint_id).exists():
            _leave_for_backlog(row)
    return row


def _bring_back(by, seq, row, event, place=None):
    """Save a row `_as_removed`; a task goes to the `place`, else to where it stood."""
    spaced = {}
    if isinstance(row, Sprint):
        _judge_sprint(row, _as_logged(row), end_is_new=False)
    else:
        _judge_task(row, sprint_is_new=False, before=_as_logged(row))
        if row.sprint_id == event.sprint:
            place = place or _old_place(row, event)
        spaced = _stand(row, place or Place(row.sprint_id, row.status), history.snapshot(row))
    return _save(by, seq, row, spaced=spaced, undoes=event.seq)


def _old_place(task, event):
    """Return the place below the nearest of the cards below which a card stood before the event, else the top.

    `task` bears the column and the sort key that it had then.
    """
    standing = set(Task.objects.in_column(task.sprint_id, task.status).values_list("pk", flat=True))
    above = next((pk for pk in history.stood_below(task, event.seq) if pk in standing), None)
    return Place(task.sprint_id, task.status, after=above, top=above is None)


def _as_logged(row):
    """Return a snapshot for which only the day has to be free: the rest was accepted when it was written to the log."""
    return history.snapshot(row) | {"end": None}


def _spare_who_left(task):
    if task.assigned_id and not get_user_model().objects.filter(pk=task.assigned_id).exists():
        task.assigned = None


def _leave_for_backlog(task):
    task.sprint, task.status = None, Status.TODO
    _date_the_work(task, ())


# One change


@contextmanager
def _change():
    """One transaction under the writers' lock; gives the change's sequence number."""
    with transaction.atomic():
        yield history.next_number()


def _as_expected(row, expect):
    """Return the row and its snapshot from before the change."""
    if expect is not None and row.version != expect:
        raise Outdated(row)
    return row, history.snapshot(row)


def _merge(row, base, changes):
    """Set the changes, which were made for version `base` (None: for the row as it is).

    What is as it was at `base` is no change: what others made of it stays. Raises `Conflict`.
    """
    theirs, now = copy(row), history.snapshot(row)
    _set(row, changes)
    if base is None:
        return
    wanted = history.snapshot(row)
    mine = {name for name in wanted if wanted[name] != now[name]}
    clashes = {}
    for name, (was, event) in history.changed_since(row, base).items():
        if wanted[name] == was:
            mine.discard(name)
            history.put_back(row, {name: now[name]})
        elif name in mine and now[name] != was:
            clashes[name] = event
    if clashes:
        raise Conflict(theirs, clashes, mine)


def _set(row, changes):
    for name, value in changes.items():
        setattr(row, name, value)


def _save(by, seq, row, before=None, spaced=None, undoes=None):
    """Save a row that was judged, with its history, and announce it; a row as before writes nothing.

    `undoes`: the number of the change that this one is the reverse of.
    """
    changes = history.difference(before, history.snapshot(row))
    if not changes:
        transaction.set_rollback(True)
        return row
    row.version = seq
    if before is None:
        row.save(force_insert=True)
    else:
        row.save(update_fields=[*changes, "version"])
    kind = Event.Kind.ADD if before is None else Event.Kind.UPDATE
    row.event = _write(seq, by, kind, row, changes, spaced=spaced, undoes=undoes)
    return row


def _remove(by, seq, row, undoes=None):
    if isinstance(row, Sprint):
        _judge_is_empty(row)
    changes = history.difference(history.snapshot(row), None)
    event = _write(seq, by, Event.Kind.REMOVE, row, changes, undoes=undoes)
    row.delete()
    return event


def _write(seq, by, kind, row, changes, **extras):
    event = history.write(seq, by, kind, row, changes, **extras)
    broadcasts.announce(event)
    return event
