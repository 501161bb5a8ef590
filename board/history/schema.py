"""What an event of the log holds, each part defined once: the kinds, the fields of its own row, and the extra keys.

Writing, undo, replay, the integrity check, the API and webhooks read events by these definitions alone. A kind or a
key without a definition here can't be written, and the integrity check reports it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from board.models import Event, Sprint, Task
from board.models.search import Derived

type Row = Sprint | Task
# The fields of a row as JSON values.
type Snapshot = dict[str, Any]
# [before, after] of each field, as JSON values.
type Changes = dict[str, list[Any]]
# (before, after) of the sort key of each task, by its id.
type Orders = dict[int, tuple[int, int]]
# The same as JSON has it: [before, after].
type SpacedOrders = dict[int, list[int]]


@dataclass(frozen=True)
class Kind:
    """A kind of event: whether its row exists before and after it. Replay and undo follow from that."""

    exists_before: bool
    exists_after: bool


def _no_orders(value: Any) -> Orders:
    return {}


@dataclass(frozen=True)
class Extra:
    """A key of `Event.changes` beside the fields of the event's own row.

    `is_valid(event, value)` judges a stored value. `orders(value)` returns {task id: (before, after)}: the sort keys
    of other tasks that changed with the event. `help` is for readers of the API's reference.
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
}


def kind_of(event: Event) -> Kind:
    """Return the definition of the event's kind. Raises `KeyError` when it has none."""
    return KINDS[event.kind]


def fields(event: Event) -> Changes:
    """Return {field: [before, after]} of the fields of its own row that an event changed."""
    return {name: pair for name, pair in event.changes.items() if name not in EXTRAS}


def other_orders(event: Event) -> Orders:
    """Return {task id: (before, after)}: the sort keys of other tasks that an event changed."""
    orders: Orders = {}
    for name in EXTRAS.keys() & event.changes.keys():
        orders |= EXTRAS[name].orders(event.changes[name])
    return orders


def undone(event: Event) -> int | None:
    """Return the number of the event that an event is the reverse of, None for any other."""
    seq: int | None = event.changes.get("undoes")
    return seq


def unknown(event: Event) -> list[str]:
    """Return what an event holds that is not defined here, a sentence each."""
    if event.kind not in KINDS:
        return [f"Event {event.seq} is of the unknown kind {event.kind!r}."]
    if not isinstance(event.changes, dict):
        return []
    known = field_names(_model(event)) | EXTRAS.keys()
    return [f"Event {event.seq} has the unknown key {name!r}." for name in event.changes if name not in known]


def malformed(event: Event) -> list[str]:
    """Return what an event holds in another form than is defined here, a sentence each."""
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
    """Return the names of the fields that events record of a row."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if field.name not in ("id", "version") and not isinstance(field, Derived)
    }
