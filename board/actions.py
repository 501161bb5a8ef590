"""Every write. Pages, the API and commands change sprints and tasks by these functions alone.

Each takes the writers' lock, judges the row as it would be, saves it, writes the history and announces
the change on commit, all in one transaction. `by` is the user who acts, or None for the system.
What breaks a rule raises `ValidationError` with a message per field, and nothing is saved;
what changes nothing writes nothing. `expect` is the version that the row must still have; another one raises
`Outdated`.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from . import broadcasts, history, ordering
from .models import Event, Sprint, Status, Task


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


# Sprints


def add_sprint(by, *, end, name="", description=""):
    """Return the new sprint that ends on the date `end`."""
    with _change() as seq:
        sprint = Sprint(name=name, description=description, end=end)
        _judge_sprint(sprint, end_is_new=True)
        return _save(by, seq, sprint)


def change_sprint(by, sprint_id, expect=None, **changes):
    """Set fields of a sprint (name, description, end) and return it. Raises `Sprint.DoesNotExist`, `Outdated`."""
    with _change() as seq:
        sprint, before = _sprint(sprint_id, expect)
        _set(sprint, changes)
        _judge_sprint(sprint, end_is_new=before["end"] != history.snapshot(sprint)["end"])
        return _save(by, seq, sprint, before)


def remove_sprint(by, sprint_id, expect=None):
    """Remove a sprint that has no tasks. Raises `Sprint.DoesNotExist`, `Outdated`."""
    with _change() as seq:
        sprint, _ = _sprint(sprint_id, expect)
        count = Task.objects.filter(sprint=sprint).count()
        if count:
            tasks = "1 task" if count == 1 else f"{count} tasks"
            raise ValidationError({"tasks": f"The sprint still has {tasks}: move or delete them first."})
        _remove(by, seq, sprint)


def _sprint(sprint_id, expect):
    return _as_expected(Sprint.objects.get(pk=sprint_id), expect)


def _judge_sprint(sprint, end_is_new):
    sprint.full_clean(exclude=["version"])
    if end_is_new and sprint.is_past:
        raise ValidationError({"end": "The end date must not lie in the past."})


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


def change_task(by, task_id, expect=None, **changes):
    """Set fields of a task and return it. Raises `Task.DoesNotExist`, `Outdated`.

    A new status brings the dates that follow from it, unless they are among the changes; a new column
    puts the card at its end, unless `order` is among them.
    """
    with _change() as seq:
        task, before = _task(task_id, expect)
        column = task.sprint_id, task.status
        _set(task, changes)
        if task.status != before["status"]:
            _date_the_work(task, changes)
        spaced = {}
        if (task.sprint_id, task.status) != column and "order" not in changes:
            spaced = _stand(task, Place(task.sprint_id, task.status))
        _judge_task(task, **_sprint_news(task, before))
        return _save(by, seq, task, before, spaced)


def place_task(by, task_id, place, expect=None):
    """Move a card to a `Place` and return the task. Raises `Task.DoesNotExist`, `Outdated`.

    Entering work sets `started`, finishing sets `completed`, moving back clears them; in the backlog a
    task is not started, whatever the place says. Moves do not conflict: the same place is no change.
    """
    with _change() as seq:
        task, before = _task(task_id, expect)
        task.sprint_id = place.sprint_id
        task.status = place.status if place.sprint_id else Status.TODO
        if task.status != before["status"]:
            _date_the_work(task, ())
        _judge_task(task, **_sprint_news(task, before))
        spaced = _stand(task, place, before)
        return _save(by, seq, task, before, spaced)


def remove_task(by, task_id, expect=None):
    """Remove a task. Raises `Task.DoesNotExist`, `Outdated`."""
    with _change() as seq:
        _remove(by, seq, _task(task_id, expect)[0])


def _task(task_id, expect):
    return _as_expected(Task.objects.select_related("assigned").get(pk=task_id), expect)


def _sprint_news(task, before):
    return {
        "sprint_is_new": task.sprint_id != before["sprint"],
        "was_done": before["status"] == Status.DONE,
    }


def _judge_task(task, sprint_is_new, was_done=False):
    if sprint_is_new:
        if was_done:
            raise ValidationError({"sprint": "A completed task keeps its sprint."})
        if task.sprint_id:
            sprint = Sprint.objects.filter(pk=task.sprint_id).first()
            if sprint is None:
                raise ValidationError({"sprint": "There is no such sprint."})
            if sprint.is_past:
                raise ValidationError({"sprint": "Tasks cannot go to a sprint that is over."})
    task.clean_fields(exclude=["order", "version", "sprint", "assigned"])
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


def _set(row, changes):
    for name, value in changes.items():
        setattr(row, name, value)


def _save(by, seq, row, before=None, spaced=None):
    """Save a row that was judged, with its history, and announce it; a row as before writes nothing."""
    changes = history.difference(before, history.snapshot(row))
    if not changes:
        transaction.set_rollback(True)
        return row
    row.version = seq
    if before is None:
        row.save(force_insert=True)
    else:
        row.save(update_fields=[*changes, "version"])
    if spaced:
        changes["spaced"] = spaced
    kind = Event.Kind.ADD if before is None else Event.Kind.UPDATE
    broadcasts.announce(history.write(seq, by, kind, row, changes))
    return row


def _remove(by, seq, row):
    changes = history.difference(history.snapshot(row), None)
    event = history.write(seq, by, Event.Kind.REMOVE, row, changes)
    row.delete()
    broadcasts.announce(event)
