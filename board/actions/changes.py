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
    """The row is no longer at the expected version. `row` is the current row."""

    def __init__(self, row: Row) -> None:
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


@dataclass(frozen=True)
class Change:
    """The change of the current transaction: its author (None for the system), sequence number and time."""

    by: User | None
    seq: int
    at: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


@contextmanager
def change(by: User | None, at: datetime | None = None) -> Iterator[Change]:
    """Open a transaction and acquire the writers' lock. `at` is the time for the log, by default the current time."""
    with transaction.atomic():
        yield Change(by, log.next_number(), at or timezone.now())


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

    A value that equals the one at `base` is not a change, so it doesn't overwrite changes by others. Raises `Conflict`.
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
    """Save a validated row, log the change and publish it on commit. Does nothing if the row is unchanged.

    `undoes` is the number of the change that this change reverses.
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
    # Robust, because the change stays saved if a subscriber fails.
    transaction.on_commit(lambda: notifications.publish(notifications.CHANGE), robust=True)
    return event
