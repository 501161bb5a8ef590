"""One change: a transaction under the writers' lock that saves rows, logs them and publishes the change on commit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from board.history import log
from board.history.schema import Changes, Row, Snapshot, SpacedOrders
from board.live import notifications
from board.models import Comment, Event, Sprint, Team
from board.text import checklists


class Outdated(Exception):
    """The row is no longer at the expected version. `row` is the current row."""

    def __init__(self, row: Row | Comment) -> None:
        super().__init__(f"{row._meta.verbose_name} {row.pk} is at version {row.version}")
        self.row = row


class Conflict(Exception):
    """Someone else set the same fields to other values since the base of a change.

    `row` is the current row, `clashes` is {field: the newest event that changed it}, and `mine` has the names of all
    fields that the rejected change would have changed.
    """

    def __init__(self, row: Row, clashes: dict[str, Event], mine: set[str]) -> None:
        super().__init__(f"{row._meta.verbose_name} {row.pk}: {', '.join(clashes)} changed meanwhile")
        self.row = row
        self.clashes = clashes
        self.mine = mine


@dataclass
class Change:
    """The change of the current transaction: its author (None for the system), first sequence number, time and events.

    A batch changes several rows, each with an event of its own. They are undone together.
    """

    by: User | None
    first: int
    at: datetime
    is_batch: bool = False
    events: list[Event] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def next_number(self) -> int:
        return log.next_number() if self.events else self.first


@contextmanager
def change(by: User | None, at: datetime | None = None, is_batch: bool = False) -> Iterator[Change]:
    """Open a transaction and acquire the writers' lock. Without an event, it is rolled back.

    `at` is the time for the log, by default the current time.
    """
    with transaction.atomic():
        this = Change(by, log.next_number(), at or timezone.now(), is_batch)
        yield this
        if not this.events:
            transaction.set_rollback(True)


def at_version[R: Row](row: R, expect: int | None) -> tuple[R, Snapshot]:
    """Return the row and its snapshot. Raises `Outdated`."""
    if expect is not None and row.version != expect:
        raise Outdated(row)
    return row, log.snapshot(row)


def unchanged_fields(row: Row, before: Snapshot | None) -> set[str]:
    """Return the names of the fields that are unchanged since a snapshot.

    They are not validated again, because an older release may have accepted values that are invalid today.
    """
    now = log.snapshot(row)
    return {name for name in now if before and now[name] == before[name]}


def merge(row: Row, base: int | None, changes: Mapping[str, Any]) -> None:
    """Apply changes that were made for version `base` of the row (None for the current version).

    A value that equals the one at `base` is not a change, so it doesn't overwrite changes by others. What others checked
    in a description is checked in the new one, too. Raises `Conflict`.
    """
    theirs, now = copy(row), log.snapshot(row)
    set_fields(row, changes)
    if base is None:
        return
    wanted = log.snapshot(row)
    mine = {name for name in wanted if wanted[name] != now[name]}
    clashes = {}
    for name, (was, event) in log.changed_since(row, base).items():
        if wanted[name] == was:
            mine.discard(name)
            log.restore_fields(row, {name: now[name]})
        elif name in mine and now[name] != was:
            merged = checklists.merge(was, now[name], wanted[name]) if name == "description" else None
            if merged is None:
                clashes[name] = event
            else:
                set_fields(row, {name: merged})
    if clashes:
        raise Conflict(theirs, clashes, mine)


def set_fields(row: Row | Team, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)


def validate_is_open(*sprints: Sprint | None) -> None:
    """Raise `ValidationError` if one of the sprints of a task, before or after a change, is closed."""
    for sprint in sprints:
        if sprint and sprint.is_closed:
            reason = gettext("%(sprint)s is closed. Reopen it to change its tasks.")
            raise ValidationError({"sprint": reason % {"sprint": sprint}})


def save_row[R: Row](
    this: Change, row: R, before: Snapshot | None = None, spaced: SpacedOrders | None = None, **extras: Any
) -> R:
    """Save a validated row, log the change and publish it on commit. Does nothing if the row is unchanged.

    `extras` are other keys of `schema.EXTRAS`. A comment counts as a change of its task.
    """
    changes = log.difference(before, log.snapshot(row))
    if not changes and "comment" not in extras:
        return row
    row.version = this.next_number()
    if before is None:
        row.save(force_insert=True)
    else:
        row.save(update_fields=[*changes, "version"])
    kind = Event.Kind.ADD if before is None else Event.Kind.UPDATE
    row.event = _log(this, row.version, kind, row, changes, spaced=spaced, **extras)
    return row


def remove_row(this: Change, row: Row, undoes: int | None = None) -> Event:
    changes = log.difference(log.snapshot(row), None)
    event = _log(this, this.next_number(), Event.Kind.REMOVE, row, changes, undoes=undoes)
    row.delete()
    return event


def _log(this: Change, seq: int, kind: Event.Kind, row: Row, changes: Changes, **extras: Any) -> Event:
    batch = this.first if this.is_batch else None
    event = log.write(seq, this.by, this.at, kind, row, changes, batch=batch, **extras)
    if not this.events:
        # Robust, because the change stays saved if a subscriber fails.
        transaction.on_commit(lambda: notifications.publish(notifications.CHANGE), robust=True)
    this.events.append(event)
    return event
