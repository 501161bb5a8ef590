"""The integrity check: all invariants of the log and the rows, checked on a read-only snapshot of the database."""

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
from board.history.schema import Row, Snapshot, comment, fields, kind_of, malformed, other_orders, unknown
from board.models import Comment, Counter, Event, Sprint, Status, Task

SNAPSHOT = "snapshot"


class Remedy(enum.Enum):
    """Advice for the operator about findings."""

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
    """A violated invariant as a sentence, and its remedy."""

    text: str
    remedy: Remedy

    def __str__(self) -> str:
        return self.text


@contextmanager
def snapshot(path: str | Path | None = None) -> Iterator[str]:
    """Yield the alias of a read-only connection that sees a snapshot of the database.

    `path` is an SQLite file to use instead of the database in the settings.
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
    """Return the violated invariants of a database. Call this in a `snapshot`."""
    if missing := unapplied_migrations(using):
        return _findings([f"Migrations not applied: {', '.join(missing)}."], Remedy.MIGRATE)
    found = _findings(_check_storage(using) + _check_numbers(using), Remedy.RESTORE)
    events = Event.objects.using(using).order_by("seq").iterator(1000)
    state, broken = _replay(events)
    # Rows can't be compared with an inconsistent log.
    if broken:
        return found + broken
    different = _compare_rows(using, Sprint, state["sprints"])
    different += _compare_rows(using, Task, state["tasks"]) + _compare_comments(using, state["comments"])
    remedy = Remedy.RESTORE if found else Remedy.CORRECT_ROWS
    return found + _findings(different, remedy) + _findings(_check_rules(using), Remedy.CORRECT_TASKS)


def _findings(texts: Iterable[str], remedy: Remedy) -> list[Finding]:
    return [Finding(text, remedy) for text in texts]


def unapplied_migrations(using: str) -> list[str]:
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _check_storage(using: str) -> list[str]:
    if connections[using].vendor != "sqlite":
        return []
    with connections[using].cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        damage = [line for (line,) in cursor.fetchall() if line != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        violations = cursor.fetchall()
    return [f"SQLite reports: {line}." for line in damage] + [
        f"Row {pk} of {table} refers to a row of {other} that doesn't exist." for table, pk, other, _ in violations
    ]


def _check_numbers(using: str) -> list[str]:
    """Check that the log's numbers are 1, 2, 3 … without gaps, and that the counter has the last one."""
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
    """Return (state after the last event, findings about events that are undefined or contradict earlier ones)."""
    state = log.empty_state()
    undefined: list[str] = []
    for event in events:
        undefined += unknown(event)
        if found := malformed(event):
            return state, _findings(undefined, Remedy.UPDATE) + _findings(found, Remedy.RESTORE)
        # Later events may depend on an undefined one.
        if undefined:
            continue
        if wrong := _contradictions(state, event):
            return state, _findings(
                [f"Event {event.seq} changes {wrong} from a value it didn't have."], Remedy.RESTORE
            )
        log.apply_event(state, event)
    return state, _findings(undefined, Remedy.UPDATE)


def _contradictions(state: log.Replay, event: Event) -> str:
    """Return the names of the fields whose value before the event differs from the state, or ""."""
    rows = state["sprints"] if event.task is None else state["tasks"]
    row = rows.get(event.row_id)
    if kind_of(event).exists_before != (row is not None):
        return "a row"
    wrong = [
        name
        for name, (before, _) in fields(event).items()
        # A field may be newer than the row, and the assignee may have been deleted.
        if row and row[name] not in (None, before) and not (name == "assigned" and before is None)
    ]
    wrong += [
        f"the order of task {pk}"
        for pk, (before, _) in other_orders(event).items()
        if state["tasks"].get(pk, {}).get("order") != before
    ]
    if remark := comment(event):
        known = state["comments"].get(remark["id"], {"text": None})
        wrong += [f"comment {remark['id']}"] if known["text"] != remark["text"][0] else []
    return ", ".join(wrong)


def _compare_rows(using: str, model: type[Row], expected: Mapping[int, Snapshot]) -> list[str]:
    """Check that the rows match the log, and that each has the number of its newest event as version."""
    found = []
    name = str(model._meta.verbose_name)
    users = set(get_user_model().objects.using(using).values_list("pk", flat=True))
    missing = dict(expected)
    for row in model.objects.using(using).order_by("pk").iterator(1000):
        logged = missing.pop(row.pk, None)
        if logged is None:
            found.append(f"{name.capitalize()} {row.pk} is not in the log.")
            continue
        current = {**log.snapshot(row), "version": row.version}
        found += [
            f"{name.capitalize()} {row.pk} has {field} {value!r}, but {logged[field]!r} in the log."
            for field, value in current.items()
            if value != logged[field] and not _may_differ(row, field, value, logged[field], users)
        ]
    return found + [f"{name.capitalize()} {pk} is in the log but doesn't exist." for pk in missing]


def _compare_comments(using: str, expected: Mapping[int, Snapshot]) -> list[str]:
    users = set(get_user_model().objects.using(using).values_list("pk", flat=True))
    rows = {
        row["id"]: row for row in Comment.objects.using(using).values("id", "task", "author", "text", "version")
    }
    logged = {
        pk: {"id": pk, **row, "author": row["author"] if row["author"] in users else None}
        for pk, row in expected.items()
    }
    return [
        f"Comment {pk} differs from the log."
        for pk in sorted(rows.keys() | logged)
        if rows.get(pk) != logged.get(pk)
    ]


def _may_differ(row: Row, field: str, value: Any, logged: Any, users: Container[int]) -> bool:
    """Return whether a difference is legitimate: the field is newer than the row, or the assignee was deleted."""
    if logged is None:
        return bool(value == cast("Field[Any, Any]", row._meta.get_field(field)).get_default())
    return field == "assigned" and value is None and logged not in users


def _check_rules(using: str) -> list[str]:
    """Check the rules of each task, including those that the database doesn't enforce."""
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


def shared_positions(using: str) -> list[tuple[int, int]]:
    """Return the pairs of tasks with the same sort key in a column, as [(first, second)]. Their ids decide the order.

    This is allowed, because API clients may set sort keys. Moves never produce it.
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
