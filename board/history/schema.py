"""The schema of the log's events: their kinds, the fields of their row, and extra keys.

Writing, undo, replay, the integrity check, the API and webhooks interpret events by these definitions only. A kind or
key that is not defined here can't be written, and the integrity check reports it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from board.models import Event, Sprint, Task
from board.models.search import Derived
from board.text.checklists import Item, changed_item

type Row = Sprint | Task
# The fields of a row as JSON values.
type Snapshot = dict[str, Any]
# [before, after] of each field, as JSON values.
type Changes = dict[str, list[Any]]
# (before, after) of the sort key of each task, by its id.
type Orders = dict[int, tuple[int, int]]
# The JSON form of the same: [before, after].
type SpacedOrders = dict[int, list[int]]


class CommentChange(TypedDict):
    """A change of a comment on a task. The text is None before it was written, and after it was deleted."""

    id: int
    author: int | None
    text: list[str | None]


@dataclass(frozen=True)
class Kind:
    """A kind of event: whether the row exists before and after it. Replay and undo derive from that."""

    exists_before: bool
    exists_after: bool


def _no_orders(value: Any) -> Orders:
    return {}


@dataclass(frozen=True)
class Extra:
    """A key of `Event.changes` that is not a field of the event's own row.

    `is_valid(event, value)` validates a stored value. `orders(value)` returns {task id: (before, after)}: the sort keys
    of other tasks that the event changed. `help` is the description in the API reference.
    """

    help: str
    is_valid: Callable[[Event, Any], bool]
    orders: Callable[[Any], Orders] = _no_orders


def _spaced_is_valid(event: Event, value: Any) -> bool:
    return isinstance(value, dict) and all(
        str(pk).isdecimal() and isinstance(pair, list) and [type(order) for order in pair] == [int, int]
        for pk, pair in value.items()
    )


def _spaced_orders(value: Any) -> Orders:
    return {int(pk): (before, after) for pk, (before, after) in value.items()}


def _undoes_is_valid(event: Event, value: Any) -> bool:
    return type(value) is int and 0 < value < event.seq


def _batch_is_valid(event: Event, value: Any) -> bool:
    return type(value) is int and 0 < value <= event.seq


def _comment_is_valid(event: Event, value: Any) -> bool:
    return (
        event.kind == Event.Kind.UPDATE
        and isinstance(value, dict)
        and value.keys() == CommentChange.__annotations__.keys()
        and len(value["text"]) == 2
    )


def _closing_is_valid(event: Event, value: Any) -> bool:
    return isinstance(value, dict) and {name: type(part) for name, part in value.items()} == CLOSING


KINDS: dict[str, Kind] = {
    Event.Kind.ADD: Kind(exists_before=False, exists_after=True),
    Event.Kind.UPDATE: Kind(exists_before=True, exists_after=True),
    Event.Kind.REMOVE: Kind(exists_before=True, exists_after=False),
}
EXTRAS: dict[str, Extra] = {
    "spaced": Extra(
        "the tasks whose sort keys made room, {task id: [before, after]}", _spaced_is_valid, _spaced_orders
    ),
    "undoes": Extra("the `seq` of the event that this one reverses", _undoes_is_valid),
    "batch": Extra("the `seq` of the first event of the same change, if it changed several rows", _batch_is_valid),
    "comment": Extra(
        "the id of the comment that was written, edited or deleted, and the action: `add`, `update` or `remove`",
        _comment_is_valid,
    ),
    "closing": Extra("the outcome of a closed sprint, and what its report needs", _closing_is_valid),
}
# What is stored when a sprint closes, because it can change or disappear later: the outcome and the note; the day and the
# moment of the start; the weekdays on which the team worked; {name of a person: numbers of the events that changed the scope};
# {id of a sprint that tasks were moved to: [name, end]}; and what was done, as [tasks, points].
CLOSING = {
    "outcome": str,
    "note": str,
    "started": list,
    "working_days": list,
    "authors": dict,
    "sprints": dict,
    "done": list,
}


def kind_of(event: Event) -> Kind:
    """Return the definition of the event's kind. Raises `KeyError` for an unknown kind."""
    return KINDS[event.kind]


def fields(event: Event) -> Changes:
    """Return {field: [before, after]} of the changed fields of the event's own row."""
    return {name: pair for name, pair in event.changes.items() if name not in EXTRAS}


def other_orders(event: Event) -> Orders:
    """Return {task id: (before, after)} of the sort keys of other tasks that an event changed."""
    orders: Orders = {}
    for name in EXTRAS.keys() & event.changes.keys():
        orders |= EXTRAS[name].orders(event.changes[name])
    return orders


def undone(event: Event) -> int | None:
    """Return the number of the event that this event reverses, or None."""
    seq: int | None = event.changes.get("undoes")
    return seq


def comment(event: Event) -> CommentChange | None:
    """Return the change of a comment that an event records, or None."""
    change: CommentChange | None = event.changes.get("comment")
    return change


def comments_in(events: Iterable[Event]) -> set[int]:
    """Return the ids of the comments that events changed."""
    return {change["id"] for event in events if (change := comment(event))}


def action_of(change: CommentChange) -> str:
    """Return what happened to a comment, as a kind of event."""
    before, after = change["text"]
    return Event.Kind.ADD if before is None else Event.Kind.REMOVE if after is None else Event.Kind.UPDATE


def batch(event: Event) -> int | None:
    """Return the number of the first event of a change of several rows, or None."""
    seq: int | None = event.changes.get("batch")
    return seq


def checked_item(event: Event) -> Item | None:
    """Return the item of a task's checklist if all that an event did is to check or uncheck it."""
    changed = fields(event)
    if event.kind != Event.Kind.UPDATE or event.task is None or changed.keys() != {"description"}:
        return None
    return changed_item(*changed["description"])


def unknown(event: Event) -> list[str]:
    """Return a message for each unknown kind or key of an event."""
    if event.kind not in KINDS:
        return [f"Event {event.seq} is of the unknown kind {event.kind!r}."]
    if not isinstance(event.changes, dict):
        return []
    known = field_names(_model(event)) | EXTRAS.keys()
    return [f"Event {event.seq} has the unknown key {name!r}." for name in event.changes if name not in known]


def malformed(event: Event) -> list[str]:
    """Return a message for each value of an event that has the wrong shape."""
    if not isinstance(event.changes, dict):
        return [f"Event {event.seq} can't be read: its changes are not a JSON object."]
    return [
        f"Event {event.seq} can't be read: {name!r} holds {value!r}."
        for name, value in event.changes.items()
        if not _is_valid(event, name, value)
    ]


def _is_valid(event: Event, name: str, value: Any) -> bool:
    if name in EXTRAS:
        return EXTRAS[name].is_valid(event, value)
    return isinstance(value, list) and len(value) == 2


def _model(event: Event) -> type[Row]:
    return Sprint if event.task is None else Task


@cache
def field_names(model: type[Row]) -> set[str]:
    """Return the names of the fields that the log records."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if field.name not in ("id", "version") and not isinstance(field, Derived)
    }
