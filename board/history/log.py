"""The log: sequence numbers, events, and replay."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any, NamedTuple, TypedDict, cast

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, F, Field, OuterRef, Q, QuerySet
from django.utils import timezone

from board.models import Counter, Event, Sprint, Task

from .schema import (
    Changes,
    CommentChange,
    Row,
    Snapshot,
    batch,
    comment,
    field_names,
    fields,
    kind_of,
    malformed,
    other_orders,
    unknown,
)

# How long a deleted task can be restored.
RESTORABLE = timedelta(days=30)
PLACE = ("sprint", "status", "order")


class State(NamedTuple):
    """Everything that a page depends on."""

    # The newest sequence number.
    newest: int
    # The number of account changes, which are not in the log.
    people: int


class Replay(TypedDict):
    """Sprints and tasks by id, each with the fields of its `snapshot` and its version, and comments.

    A comment has its task, author, text and version.
    """

    sprints: dict[int, Snapshot]
    tasks: dict[int, Snapshot]
    comments: dict[int, Snapshot]


def next_number() -> int:
    """Take the next sequence number, and acquire the writers' lock with it.

    Requires a transaction. A rollback returns the number, so numbers are gapless in commit order.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE board_counter SET value = value + 1 WHERE id = 1 RETURNING value")
        number: int = cursor.fetchone()[0]
        return number


def newest_number() -> int:
    """Return the sequence number of the newest committed change, or 0."""
    return state()[0]


def state() -> State:
    # Plain SQL, because every page and every poll of the hub runs this first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, people FROM board_counter WHERE id = 1")
        return State(*cursor.fetchone())


def count_people_change(update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
    """Count a change of an account or the team, except for log-ins. Receiver of `post_save` and `post_delete`."""
    if update_fields != {"last_login"}:
        Counter.objects.update(people=F("people") + 1)


def snapshot(row: Row) -> Snapshot:
    """Return the row's fields as JSON values."""
    names = field_names(type(row))
    return {
        field.name: _as_json(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name in names
    }


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        # As the database returns it.
        value = value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else value


def difference(before: Snapshot | None, after: Snapshot | None) -> Changes:
    """Return {field: [before, after]} of the fields that differ. None stands for a row that doesn't exist."""
    names = before or after or {}
    was, now = before or dict.fromkeys(names), after or dict.fromkeys(names)
    return {name: [was[name], now[name]] for name in names if was[name] != now[name]}


def write(
    seq: int, by: User | None, at: datetime, kind: Event.Kind, row: Row, changes: Changes, **extras: Any
) -> Event:
    """Write a change of a sprint or task to the log and return the event.

    `seq` is from `next_number` in the same transaction, `changes` from `difference`. `extras` are keys of
    `schema.EXTRAS`. Raises `ValueError` if the event doesn't match the schema.
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
    """Return the events after sequence number `seq`, oldest first."""
    return Event.objects.filter(seq__gt=seq).select_related("actor").order_by("seq")[:limit]


def later_events(event: Event) -> QuerySet[Event]:
    """Return the events of the same sprint or task after an event, newest first."""
    return events_of_row(event.task, event.sprint).filter(seq__gt=event.seq)


def changed_since(row: Row, version: int) -> dict[str, tuple[Any, Event]]:
    """Return {field: (value at that version, newest event that changed it)} of the fields changed since."""
    changed: dict[str, tuple[Any, Event]] = {}
    pks = (row.pk, None) if isinstance(row, Task) else (None, row.pk)
    for event in events_of_row(*pks).filter(seq__gt=version):
        for name, (was, _) in fields(event).items():
            _, newest = changed.get(name, (None, event))
            changed[name] = was, newest
    return changed


def events_of_change(event: Event) -> list[Event]:
    """Return all events of the change that an event is part of, oldest first."""
    first = batch(event)
    if first is None:
        return [event]
    events = Event.objects.filter(seq__gte=first).select_related("actor").order_by("seq").iterator()
    return list(takewhile(lambda one: batch(one) == first, events))


def closing_of(sprint_id: int) -> Event | None:
    """Return the event that closed a sprint last, or None."""
    return next((event for event in events_of_row(None, sprint_id) if "closing" in event.changes), None)


def events_of_row(task_id: int | None, sprint_id: int | None) -> QuerySet[Event]:
    row = {"task": task_id} if task_id is not None else {"task": None, "sprint": sprint_id}
    return Event.objects.filter(**row).select_related("actor").order_by("-seq")


def restore_fields(row: Row, values: Mapping[str, Any]) -> None:
    """Set fields to JSON values from the log, without saving the row."""
    for name, value in values.items():
        field = cast("Field[Any, Any]", row._meta.get_field(name))
        setattr(row, field.attname, field.to_python(value))


def current_row(event: Event) -> Row | None:
    """Return the current sprint or task of an event, or None if it doesn't exist."""
    if event.task is None:
        return Sprint.objects.filter(pk=event.row_id).first()
    return Task.objects.select_related("assigned", "sprint").filter(pk=event.task).first()


def removed_row(event: Event) -> Row:
    """Return the unsaved sprint or task that an event removed. Its version is the event's number."""
    row: Row = Sprint(pk=event.sprint) if event.task is None else Task(pk=event.task)
    restore_fields(row, {name: before for name, (before, _) in fields(event).items()})
    row.version = event.seq
    return row


def cards_above(task: Task, seq: int) -> list[int]:
    """Return the ids of the tasks that were above a card just before change `seq`, nearest first.

    `task` has its place from before that change. Reads all changes since then.
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
    """Return the event that deleted a task, or None if the task exists or never existed."""
    event = events_of_row(task_id, None).first()
    return event if event and event.kind == Event.Kind.REMOVE else None


def removals() -> QuerySet[Event]:
    """Return the removal of each task that can be restored, newest first."""
    later = Event.objects.filter(task=OuterRef("task"), seq__gt=OuterRef("seq"))
    recent = Event.objects.filter(
        kind=Event.Kind.REMOVE, task__isnull=False, created_at__gt=timezone.now() - RESTORABLE
    )
    return recent.exclude(Exists(later)).select_related("actor").order_by("-seq")


def touched_tasks(events: Iterable[Event]) -> dict[int, Event]:
    """Return {task id: newest event that changed it}, including tasks whose sort keys made room."""
    touched: dict[int, Event] = {}
    for event in events:
        if event.task is not None:
            touched[event.task] = event
        touched |= dict.fromkeys(other_orders(event), event)
    return touched


def is_move(event: Event) -> bool:
    """Return whether an event moved an existing card."""
    return event.kind == Event.Kind.UPDATE and bool(event.changes.keys() & {"status", "sprint", "order"})


def last_names(events: Iterable[Event]) -> dict[int, str]:
    """Return {task id: last known name} of the tasks whose name is in one of these events."""
    changed = ((event.task, event.changes["name"]) for event in events if event.task and "name" in event.changes)
    return {pk: before if after is None else after for pk, (before, after) in changed}


def removed_names(tasks: set[int]) -> dict[int, str]:
    """Return {task id: last name} of those of the tasks that were deleted."""
    removals = Event.objects.filter(task__in=tasks, kind=Event.Kind.REMOVE).order_by("seq")
    return last_names(removals)


def replay(events: Iterable[Event]) -> Replay:
    """Return the state after a sequence of events that starts with the first one."""
    state = empty_state()
    for event in events:
        apply_event(state, event)
    return state


def empty_state() -> Replay:
    return {"sprints": {}, "tasks": {}, "comments": {}}


def apply_event(state: Replay, event: Event) -> None:
    """Update a state with an event. Raises `KeyError` if the state lacks the event's row."""
    kind = kind_of(event)
    model = Sprint if event.task is None else Task
    rows = state["sprints"] if event.task is None else state["tasks"]
    for neighbour, (_, order) in other_orders(event).items():
        state["tasks"][neighbour]["order"] = order
    if not kind.exists_after:
        del rows[event.row_id]
        return
    row = rows[event.row_id] if kind.exists_before else dict.fromkeys(field_names(model))
    if remark := comment(event):
        _apply_comment(state, event, remark)
    rows[event.row_id] = row | {name: after for name, (_, after) in fields(event).items()} | {"version": event.seq}


def _apply_comment(state: Replay, event: Event, change: CommentChange) -> None:
    text = change["text"][1]
    if text is None:
        del state["comments"][change["id"]]
    else:
        row = {"task": event.task, "author": change["author"], "text": text, "version": event.seq}
        state["comments"][change["id"]] = row
