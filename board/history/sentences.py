"""Events as sentences that people read."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db import models
from django.utils.text import get_text_list
from django.utils.translation import gettext, gettext_lazy

from board.models import Column, Event, Sprint, Status, Task

from .log import events_of_row
from .schema import fields, kind_of, undone

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# What happened, with who did it and without: whole sentences, since languages put their words in different places.
ADDED = gettext_lazy("%(who)s added %(what)s"), gettext_lazy("Added %(what)s")
RESTORED = gettext_lazy("%(who)s restored %(what)s"), gettext_lazy("Restored %(what)s")
RESTORED_IN = (
    gettext_lazy("%(who)s restored %(what)s in %(column)s"),
    gettext_lazy("Restored %(what)s in %(column)s"),
)
DELETED = gettext_lazy("%(who)s deleted %(what)s"), gettext_lazy("Deleted %(what)s")
MOVED = gettext_lazy("%(who)s moved %(what)s to %(column)s"), gettext_lazy("Moved %(what)s to %(column)s")
MOVED_BACK = (
    gettext_lazy("%(who)s moved %(what)s back to %(column)s"),
    gettext_lazy("Moved %(what)s back to %(column)s"),
)
MOVED_AWAY = (
    gettext_lazy("%(who)s moved %(what)s to another sprint"),
    gettext_lazy("Moved %(what)s to another sprint"),
)
MOVED_BACK_AWAY = (
    gettext_lazy("%(who)s moved %(what)s back to another sprint"),
    gettext_lazy("Moved %(what)s back to another sprint"),
)
MOVED_WITHIN = (
    gettext_lazy("%(who)s moved %(what)s within its column"),
    gettext_lazy("Moved %(what)s within its column"),
)
MOVED_BACK_WITHIN = (
    gettext_lazy("%(who)s moved %(what)s back within its column"),
    gettext_lazy("Moved %(what)s back within its column"),
)
CHANGED = gettext_lazy("%(who)s changed %(fields)s of %(what)s"), gettext_lazy("Changed %(fields)s of %(what)s")
CHANGED_BACK = (
    gettext_lazy("%(who)s changed %(fields)s of %(what)s back"),
    gettext_lazy("Changed %(fields)s of %(what)s back"),
)


class StoryLine(TypedDict):
    at: datetime
    text: str


# With who did it, and without.
type Sentence = "tuple[StrPromise, StrPromise]"


def story(task_id: int) -> list[StoryLine]:
    """Return the history of a task, the newest event first."""
    events = events_of_row(task_id, None)
    return [{"at": event.created_at, "text": describe(event, gettext("it"), actor(event))} for event in events]


def actor(event: Event) -> str:
    """Return the name of who made the change."""
    return (event.actor.get_full_name() or event.actor.username) if event.actor else "Lightboard"


def quoted(name: str) -> str:
    """Return a name as it stands in a sentence."""
    return gettext("“%(name)s”") % {"name": name}


def describe(event: Event, what: str, who: str | None = None) -> str:
    """Return what happened to a task or sprint as a sentence in the reader's language: "Moved it to In Testing".

    `what` is the task or sprint as the sentence's object, `who` the one to name who did it.
    """
    with_who, without = _sentence(event)
    values = {"who": who, "what": what, "column": _column_after(event), "fields": _names_of_fields(event)}
    return (with_who if who else without) % values


def _sentence(event: Event) -> Sentence:
    changes = event.changes
    kind, is_undo = kind_of(event), undone(event) is not None
    if not kind.exists_before:
        restored = RESTORED if event.task is None else RESTORED_IN
        return restored if is_undo else ADDED
    if not kind.exists_after:
        return DELETED
    if "status" in changes or "sprint" in changes:
        if _column_after(event) is None:
            return MOVED_BACK_AWAY if is_undo else MOVED_AWAY
        return MOVED_BACK if is_undo else MOVED
    if "order" in changes:
        return MOVED_BACK_WITHIN if is_undo else MOVED_WITHIN
    return CHANGED_BACK if is_undo else CHANGED


def _names_of_fields(event: Event) -> str:
    model = Sprint if event.task is None else Task
    names = [
        str(cast("models.Field[Any, Any]", model._meta.get_field(name)).verbose_name) for name in fields(event)
    ]
    return str(get_text_list(names, gettext("and")))


def _column_after(event: Event) -> str | None:
    """Return the title of the column that a task came to, None for one of a sprint that the event does not tell."""
    if event.sprint is None:
        return str(Column.BACKLOG.label)
    status = event.changes.get("status", [None, None])[1]
    if status:
        return str(Column[Status(status).name].label)
    return None if event.changes.get("sprint", [None])[0] else str(Column.TODO.label)
