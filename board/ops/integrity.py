"""Is what the database holds what it must hold? Every invariant of the log, the rows and their order, on real data.

Nothing here writes. The database is seen as of one moment, while people go on working.
"""

import enum
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Field

from board.actions import ordering
from board.history import log
from board.history.schema import Row, Snapshot, fields, kind_of, malformed, other_orders, unknown
from board.models import Counter, Event, Sprint, Status, Task

SNAPSHOT = "snapshot"


class Remedy(enum.Enum):
    """What helps against a finding, as the operator reads it."""

    MIGRATE = "Run manage.py migrate, then run the check again."
    UPDATE = (
        "The log contains events from another version of Lightboard. Run the newest version, then run the check again; "
        "you don't need to restore anything."
    )
    RESTORE = (
        "Make a copy of the database, then restore the last backup without problems (manage.py restore FILE)."
    )
    CORRECT_ROWS = (
        "The log is complete and contains every change that people made. Set these rows to the values in the log; "
        "you don't need to restore anything."
    )
    CORRECT_TASKS = "Change these tasks on the board or through the API until they follow the rules."


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a database, in a sentence, and what helps."""

    text: str
    remedy: Remedy

    def __str__(self) -> str:
        return self.text


@contextmanager
def snapshot(path: str | Path | None = None) -> Iterator[str]:
    """Give the alias of a connection that sees the database as of now, and cannot write.

    `path` is another SQLite file to look at instead of the database of the settings.
    """
    known = deepcopy(connections["default"].settings_dict)
    if path:
        known["NAME"] = str(path)
    is_sqlite = connections["default"].vendor == "sqlite"
    if is_sqlite:
        known["OPTIONS"] |= {"transaction_mode": "DEFERRED", "init_command": "PRAGMA query_only=ON"}
    else:
        known["OPTIONS"].pop("pool", None)
    connections.settings[SNAPSHOT] = known
    try:
        with transaction.atomic(SNAPSHOT), connections[SNAPSHOT].cursor() as cursor:
            if not is_sqlite:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield SNAPSHOT
    finally:
        connections[SNAPSHOT].close()
        del connections[SNAPSHOT], connections.settings[SNAPSHOT]


def check_integrity(using: str) -> list[Finding]:
    """Return what is wrong with the database of an alias, as `Finding`s; best asked in a `snapshot`."""
    if missing := migrations_to_come(using):
        return _all([f"Migrations not applied: {', '.join(missing)}."], Remedy.MIGRATE)
    found = _all(_storage(using) + _numbers(using), Remedy.RESTORE)
    events = Event.objects.using(using).order_by("seq").iterator(1000)
    state, broken = _replay(events)
    # A log that makes no sense says nothing about the rows.
    if broken:
        return found + broken
    different = _rows_against_log(using, Sprint, state["sprints"])
    different += _rows_against_log(using, Task, state["tasks"])
    remedy = Remedy.RESTORE if found else Remedy.CORRECT_ROWS
    return found + _all(different, remedy) + _all(_rules(using), Remedy.CORRECT_TASKS)


def _all(texts: Iterable[str], remedy: Remedy) -> list[Finding]:
    return [Finding(text, remedy) for text in texts]


def migrations_to_come(using: str) -> list[str]:
    """Return the names of the migrations that the database does not have yet."""
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _storage(using: str) -> list[str]:
    if connections[using].vendor != "sqlite":
        return []
    with connections[using].cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        damage = [line for (line,) in cursor.fetchall() if line != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        astray = cursor.fetchall()
    return [f"SQLite reports: {line}." for line in damage] + [
        f"Row {pk} of {table} refers to a row of {other} that doesn't exist." for table, pk, other, _ in astray
    ]


def _numbers(using: str) -> list[str]:
    """The numbers of the log are 1, 2, 3 … without a gap, and the counter says the last one."""
    found = []
    counters = list(Counter.objects.using(using).values_list("value", flat=True))
    if len(counters) != 1:
        return [f"The counter has {len(counters)} rows instead of one."]
    last = 0
    for seq in Event.objects.using(using).order_by("seq").values_list("seq", flat=True).iterator(1000):
        if seq != last + 1:
            found.append(f"The log has a gap: {seq} follows {last}.")
        last = seq
    if counters[0] != last:
        found.append(f"The counter is at {counters[0]}, but the newest event is {last}.")
    return found


def _replay(events: Iterable[Event]) -> tuple[log.Replay, list[Finding]]:
    """Return (the state that the log leads to, what is undefined in it or does not follow from what was before)."""
    state: log.Replay = {"sprints": {}, "tasks": {}}
    undefined: list[str] = []
    for event in events:
        undefined += unknown(event)
        if found := malformed(event):
            return state, _all(undefined, Remedy.UPDATE) + _all(found, Remedy.RESTORE)
        # What follows may build on an event that was not understood.
        if undefined:
            continue
        if wrong := _contradictions(state, event):
            return state, _all([f"Event {event.seq} changes {wrong} from a value it didn't have."], Remedy.RESTORE)
        log.apply_event(state, event)
    return state, _all(undefined, Remedy.UPDATE)


def _contradictions(state: log.Replay, event: Event) -> str:
    """Return the fields of which an event says that they were what they were not."""
    rows = state["sprints"] if event.task is None else state["tasks"]
    row = rows.get(event.row_id)
    if kind_of(event).exists_before != (row is not None):
        return "a row"
    wrong = [
        name
        for name, (before, _) in fields(event).items()
        # A field may be newer than the row, and who had a task may have been deleted.
        if row and row[name] not in (None, before) and not (name == "assigned" and before is None)
    ]
    wrong += [
        f"the order of task {pk}"
        for pk, (before, _) in other_orders(event).items()
        if state["tasks"].get(pk, {}).get("order") != before
    ]
    return ", ".join(wrong)


def _rows_against_log(using: str, model: type[Row], expected: Mapping[int, Snapshot]) -> list[str]:
    """The rows are what the log leads to, and each has the number of its newest event as version."""
    found = []
    name = str(model._meta.verbose_name)
    users = set(get_user_model().objects.using(using).values_list("pk", flat=True))
    left = dict(expected)
    for row in model.objects.using(using).order_by("pk").iterator(1000):
        logged = left.pop(row.pk, None)
        if logged is None:
            found.append(f"{name.capitalize()} {row.pk} is not in the log.")
            continue
        is_now = {**log.snapshot(row), "version": row.version}
        found += [
            f"{name.capitalize()} {row.pk} has {field} {value!r}, but {logged[field]!r} in the log."
            for field, value in is_now.items()
            if value != logged[field] and not _may_differ(row, field, value, logged[field], users)
        ]
    return found + [f"{name.capitalize()} {pk} is in the log but doesn't exist." for pk in left]


def _may_differ(row: Row, field: str, value: Any, logged: Any, users: Container[int]) -> bool:
    """Tell whether a difference has a reason: the field is newer than the row, or who had the task was deleted."""
    if logged is None:
        return bool(value == cast("Field[Any, Any]", row._meta.get_field(field)).get_default())
    return field == "assigned" and value is None and logged not in users


def _rules(using: str) -> list[str]:
    """What a row must be by itself, also where the database does not see to it."""
    found = []
    for task in Task.objects.using(using).order_by("pk").iterator(1000):
        try:
            task.clean()
        except ValidationError as error:
            found += [f"Task {task.pk}: {message}" for message in error.messages]
        if task.status not in Status.values:
            found.append(f"Task {task.pk} has an unknown status: {task.status}.")
        if abs(task.order) > ordering.LIMIT:
            found.append(f"Task {task.pk} has an order that clients can't read: {task.order}.")
    return found


def shared_places(using: str) -> list[tuple[int, int]]:
    """Return the pairs of tasks that stand at one place of one column, where their ids decide: [(first, second)].

    Allowed, since clients of the API may set keys; moves never make one.
    """
    pairs = []
    previous = None
    for *place, pk in (
        Task.objects.using(using)
        .order_by("sprint", "status", "order", "pk")
        .values_list("sprint", "status", "order", "pk")
        .iterator(1000)
    ):
        if previous and previous[0] == place:
            pairs.append((previous[1], pk))
        previous = place, pk
    return pairs
