"""One change: a transaction under the writers' lock that saves a row, logs it and publishes it on commit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from board.history import log
from board.history.schema import Changes, Row, Snapshot, SpacedOrders
from board.live import notifications
from board.models import Event


class Outdated(Exception):
    """The row is no longer at the version that the change was made for; `row` is how it is now."""

    def __init__(self, row: Row) -> None:
        super().__init__(f"{row._meta.verbose_name} {row.pk} is at version {row.version}")
        self.row = row


class Conflict(Exception):
    """Someone else changed the same fields since the base of a change, to something else.

    `row` is how it is now, `clashes` {field: the newest event that changed it}, `mine` the names of all the fields that
    the refused change was about to change.
    """

    def __init__(self, row: Row, clashes: dict[str, Event], mine: set[str]) -> None:
        super().__init__(f"{row._meta.verbose_name} {row.pk}: {', '.join(clashes)} changed meanwhile")
        self.row = row
        self.clashes = clashes
        self.mine = mine


@dataclass(frozen=True)
class Change:
    """A change that is being made: by whom (None: the system), under which sequence number, and when."""

    by: User | None
    seq: int
    at: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


@contextmanager
def change(by: User | None, at: datetime | None = None) -> Iterator[Change]:
    """Open a transaction under the writers' lock. `at` is the moment that the log records, by default now."""
    with transaction.atomic():
        yield Change(by, log.next_number(), at or timezone.now())


def at_version[R: Row](row: R, expect: int | None) -> tuple[R, Snapshot]:
    """Return the row and its snapshot from before the change."""
    if expect is not None and row.version != expect:
        raise Outdated(row)
    return row, log.snapshot(row)


def unchanged_fields(row: Row, before: Snapshot | None) -> set[str]:
    """Return the names of the fields as in a snapshot: what an older release took does not stop other changes."""
    now = log.snapshot(row)
    return {name for name in now if before and now[name] == before[name]}


def merge(row: Row, base: int | None, changes: Mapping[str, Any]) -> None:
    """Set the changes, which were made for version `base` (None: for the row as it is).

    What is as it was at `base` is no change: what others made of it stays. Raises `Conflict`.
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
            log.put_back(row, {name: now[name]})
        elif name in mine and now[name] != was:
            clashes[name] = event
    if clashes:
        raise Conflict(theirs, clashes, mine)


def set_fields(row: Row, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)


def save_row[R: Row](
    this: Change,
    row: R,
    before: Snapshot | None = None,
    spaced: SpacedOrders | None = None,
    undoes: int | None = None,
) -> R:
    """Save a validated row, log the change and publish it on commit. A row as before writes nothing.

    `undoes`: the number of the change that this one is the reverse of.
    """
    changes = log.difference(before, log.snapshot(row))
    if not changes:
        transaction.set_rollback(True)
        return row
    row.version = this.seq
    if before is None:
        row.save(force_insert=True)
    else:
        row.save(update_fields=[*changes, "version"])
    kind = Event.Kind.ADD if before is None else Event.Kind.UPDATE
    row.event = _log(this, kind, row, changes, spaced=spaced, undoes=undoes)
    return row


def remove_row(this: Change, row: Row, undoes: int | None = None) -> Event:
    changes = log.difference(log.snapshot(row), None)
    event = _log(this, Event.Kind.REMOVE, row, changes, undoes=undoes)
    row.delete()
    return event


def _log(this: Change, kind: Event.Kind, row: Row, changes: Changes, **extras: Any) -> Event:
    event = log.write(this.seq, this.by, this.at, kind, row, changes, **extras)
    # A notification that fails leaves the change saved.
    transaction.on_commit(lambda: notifications.publish(notifications.CHANGE), robust=True)
    return event
