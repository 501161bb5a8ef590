"""The log: sequence numbers, events, and the state at a moment."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypedDict, cast

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, F, Field, OuterRef, Q, QuerySet
from django.utils import timezone

from board.models import Counter, Event, Sprint, Task

from .schema import Changes, Row, Snapshot, field_names, fields, kind_of, malformed, other_orders, unknown

# For how long a deleted task can be restored.
RESTORABLE = timedelta(days=30)
PLACE = ("sprint", "status", "order")


class State(NamedTuple):
    """All that a page depends on."""

    newest: int
    # The number of changes of people, which the log does not know.
    people: int


class Replay(TypedDict):
    """Sprints and tasks by id, each with the fields of its snapshot and its version."""

    sprints: dict[int, Snapshot]
    tasks: dict[int, Snapshot]


def next_number() -> int:
    """Take the next sequence number, and with it the lock that all writers share.

    Needs a transaction; a roll-back gives the number back, so numbers are gapless in commit order.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE board_counter SET value = value + 1 WHERE id = 1 RETURNING value")
        number: int = cursor.fetchone()[0]
        return number


def newest_number() -> int:
    """Return the sequence number of the newest committed change, 0 when there was none."""
    return state()[0]


def state() -> State:
    """Return all that a page depends on: (the newest sequence number, the number of changes of people)."""
    # Plain SQL: every page and every look of the hub asks this first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, people FROM board_counter WHERE id = 1")
        return State(*cursor.fetchone())


def note_people(update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
    """Count a change of a person, as the receiver of `post_save` and `post_delete`; a log-in changes nothing that is shown."""
    if update_fields != {"last_login"}:
        Counter.objects.update(people=F("people") + 1)


def snapshot(row: Row) -> Snapshot:
    """Return the row's fields as JSON values: {field: value}; nulls when the row is None."""
    names = field_names(type(row))
    return {
        field.name: _as_json(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name in names
    }


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def difference(before: Snapshot | None, after: Snapshot | None) -> Changes:
    """Return {field: [before, after]} of the fields in which two snapshots differ; None is no row."""
    names = before or after or {}
    was, now = before or dict.fromkeys(names), after or dict.fromkeys(names)
    return {name: [was[name], now[name]] for name in names if was[name] != now[name]}


def write(
    seq: int, by: User | None, at: datetime, kind: Event.Kind, row: Row, changes: Changes, **extras: Any
) -> Event:
    """Write one change of a sprint or task to the log and return the event.

    `seq` comes from `next_number` in the same transaction; `changes` from `difference`; `extras` are those of
    `schema.EXTRAS` that the event has. Raises `ValueError` for what is not defined there.
    """
    event = Event(
        seq=seq,
        created_at=at,
        actor=by,
        kind=kind,
        task=row.pk if isinstance(row, Task) else None,
        sprint=row.sprint_id if isinstance(row, Task) else row.pk,
        from_sprint=changes["sprint"][0] if isinstance(row, Task) and "sprint" in changes else None,
        changes=changes | {name: value for name, value in extras.items() if value},
    )
    if found := unknown(event) + malformed(event):
        raise ValueError(" ".join(found))
    event.save(force_insert=True)
    return event


def since(seq: int, limit: int | None = None) -> QuerySet[Event]:
    """Return the events after sequence number `seq`, the oldest first."""
    return Event.objects.filter(seq__gt=seq).select_related("actor").order_by("seq")[:limit]


def changed_later(event: Event) -> QuerySet[Event]:
    """Return the events of the same sprint or task after an event, the newest first."""
    return events_of_row(event.task, event.sprint).filter(seq__gt=event.seq)


def changed_since(row: Row, version: int) -> dict[str, tuple[Any, Event]]:
    """Return {field: (its value at that version, the newest event that changed it)} of what changed since."""
    changed: dict[str, tuple[Any, Event]] = {}
    pks = (row.pk, None) if isinstance(row, Task) else (None, row.pk)
    for event in events_of_row(*pks).filter(seq__gt=version):
        for name, (was, _) in fields(event).items():
            _, newest = changed.get(name, (None, event))
            changed[name] = was, newest
    return changed


def events_of_row(task_id: int | None, sprint_id: int | None) -> QuerySet[Event]:
    row = {"task": task_id} if task_id is not None else {"task": None, "sprint": sprint_id}
    return Event.objects.filter(**row).select_related("actor").order_by("-seq")


def put_back(row: Row, values: Mapping[str, Any]) -> None:
    """Set fields of a row, which is not saved, to values of the log: {field: JSON value}."""
    for name, value in values.items():
        field = cast("Field[Any, Any]", row._meta.get_field(name))
        setattr(row, field.attname, field.to_python(value))


def row_now(event: Event) -> Row | None:
    """Return the sprint or task of an event as it is now, None when it is not there."""
    if event.task is None:
        return Sprint.objects.filter(pk=event.row_id).first()
    return Task.objects.select_related("assigned", "sprint").filter(pk=event.task).first()


def row_before(event: Event) -> Row:
    """Return the sprint or task that an event removed, as it was then, its version the event's number."""
    row: Row = Sprint(pk=event.sprint) if event.task is None else Task(pk=event.task)
    put_back(row, {name: before for name, (before, _) in fields(event).items()})
    row.version = event.seq
    return row


def stood_below(task: Task, seq: int) -> list[int]:
    """Return the ids of the tasks below which a card stood just before change `seq`, the nearest first.

    `task` bears the place that it had then. Goes back through all changes since.
    """
    events = list(Event.objects.filter(seq__gte=seq, task__isnull=False).order_by("-seq"))
    known = Q(sprint=task.sprint_id, status=task.status) | Q(pk__in=touched_tasks(events))
    rows = Task.objects.filter(known).values_list("pk", *PLACE)
    places = {pk: dict(zip(PLACE, place, strict=True)) for pk, *place in rows}
    for event in events:
        for pk, (was, _) in other_orders(event).items():
            places[pk]["order"] = was
        if not kind_of(event).exists_before:
            del places[event.row_id]
        else:
            before = {name: was for name, (was, _) in fields(event).items() if name in PLACE}
            places[event.row_id] = places.get(event.row_id, dict.fromkeys(PLACE)) | before
    column = [
        (place["order"], pk)
        for pk, place in places.items()
        if (place["sprint"], place["status"]) == (task.sprint_id, task.status)
    ]
    return [pk for order, pk in sorted(column, reverse=True) if (order, pk) < (task.order, task.pk)]


def removal(task_id: int) -> Event | None:
    """Return the event that deleted a task, None when it is there or never was."""
    event = events_of_row(task_id, None).first()
    return event if event and event.kind == Event.Kind.REMOVE else None


def removals() -> QuerySet[Event]:
    """Return the events that deleted a task that can be restored, the last one first."""
    later = Event.objects.filter(task=OuterRef("task"), seq__gt=OuterRef("seq"))
    recent = Event.objects.filter(
        kind=Event.Kind.REMOVE, task__isnull=False, created_at__gt=timezone.now() - RESTORABLE
    )
    return recent.exclude(Exists(later)).select_related("actor").order_by("-seq")


def touched_tasks(events: Iterable[Event]) -> dict[int, Event]:
    """Return {task id: the newest of the events that touched it}, spaced-out neighbours included."""
    touched: dict[int, Event] = {}
    for event in events:
        if event.task is not None:
            touched[event.task] = event
        touched |= dict.fromkeys(other_orders(event), event)
    return touched


def is_move(event: Event) -> bool:
    """Tell whether a card that stays on the boards changed its place."""
    return event.kind == Event.Kind.UPDATE and bool(event.changes.keys() & {"status", "sprint", "order"})


def last_names(events: Iterable[Event]) -> dict[int, str]:
    """Return {task id: name} of the tasks whose name is in one of these events, the last one it had."""
    changed = ((event.task, event.changes["name"]) for event in events if event.task and "name" in event.changes)
    return {pk: before if after is None else after for pk, (before, after) in changed}


def replay(events: Iterable[Event]) -> Replay:
    """Return the state that a sequence of events from the first on leads to.

    {"sprints": {id: fields}, "tasks": {id: fields}}, fields as in `snapshot` and with the row's version.
    """
    state: Replay = {"sprints": {}, "tasks": {}}
    for event in events:
        follow(state, event)
    return state


def follow(state: Replay, event: Event) -> None:
    """Bring a state as in `replay` from just before an event to just after it.

    Raises `KeyError` when the event is of a row that is not there.
    """
    kind = kind_of(event)
    model = Sprint if event.task is None else Task
    rows = state["sprints"] if event.task is None else state["tasks"]
    for neighbour, (_, order) in other_orders(event).items():
        state["tasks"][neighbour]["order"] = order
    if not kind.exists_after:
        del rows[event.row_id]
        return
    row = rows[event.row_id] if kind.exists_before else dict.fromkeys(field_names(model))
    rows[event.row_id] = row | {name: after for name, (_, after) in fields(event).items()} | {"version": event.seq}
