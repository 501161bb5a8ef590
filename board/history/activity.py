"""The activity of the team, a sprint or the backlog: changes and comments as lines, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse

from board.models import Comment, Event, Sprint, Task

from . import log, sentences
from .entries import Entry, Group, read_page
from .schema import comment


@dataclass(frozen=True)
class Line:
    """What a person did. `url` is "" if it is about several tasks, or about what has been deleted.

    Of a comment it has the current text, or who deleted it.
    """

    at: datetime
    who: User | None
    telling: sentences.Telling
    url: str = ""
    text: str = ""
    deleted_by: str = ""


class Activity(NamedTuple):
    """The lines of a page, and the sequence number before which the next page begins, if there is one."""

    lines: list[Line]
    before: int | None


class Row(NamedTuple):
    """The name of a task or sprint, which for a deleted one is its last, and its address, which for a deleted one is ""."""

    name: str
    url: str = ""


def activity(board: int | None, condition: Q) -> Activity:
    """Return the newest page of the events of a board (`events_of`) that meet a condition, in at most ten queries."""
    page = read_page(board, condition)
    groups = [(group, _told(group)) for group in page.groups]
    events = Event.objects.select_related("actor").in_bulk([entry.seq for _, told in groups for entry in told])
    facts = _Facts(list(events.values()))
    return Activity(
        [facts.line(group, [events[entry.seq] for entry in told]) for group, told in groups], page.before
    )


def _told(group: Group) -> list[Entry]:
    """Return the entries that a line tells of: of a batch its sprint or first task, of a comment what was done first."""
    if group.is_batch:
        return [min(group.entries, key=lambda entry: (entry.task is not None, entry.seq))]
    return group.entries[-1:] if group.entries[0].comment else group.entries


class _Facts:
    """What lines say besides what their events hold: names and texts as they are now."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._names = sentences.names_in(events)
        self._tasks = _tasks({event.task for event in events if event.task is not None})
        self._sprints = _sprints({event.row_id for event in events if event.task is None})
        self._texts, self._deleted_by = _comments(events)

    def line(self, group: Group, events: Sequence[Event]) -> Line:
        event, at = events[0], group.entries[0].at
        if group.is_batch and event.task is not None:
            return Line(at, event.actor, sentences.tell_batch(event, self._names, group.size))
        row = (self._sprints if event.task is None else self._tasks)[event.row_id]
        line = Line(at, event.actor, sentences.tell(events, self._names, row.name), row.url)
        if remark := comment(event):
            return replace(
                line, text=self._texts.get(remark["id"], ""), deleted_by=self._deleted_by.get(remark["id"], "")
            )
        return line


def _tasks(pks: set[int]) -> dict[int, Row]:
    names = dict(Task.objects.filter(pk__in=pks).values_list("pk", "name"))
    gone = {pk: Row(name) for pk, name in log.removed_names(pks - names.keys()).items()}
    return gone | {pk: Row(name, reverse("task", args=[pk])) for pk, name in names.items()}


def _sprints(pks: set[int]) -> dict[int, Row]:
    sprints = Sprint.objects.in_bulk(pks)
    removals = Event.objects.filter(task=None, sprint__in=pks - sprints.keys(), kind=Event.Kind.REMOVE)
    gone = {event.row_id: Row(str(log.removed_row(event))) for event in removals.order_by("seq")}
    return gone | {pk: Row(str(sprint), sprint.get_absolute_url()) for pk, sprint in sprints.items()}


def _comments(events: Iterable[Event]) -> tuple[dict[int, str], dict[int, str]]:
    """Return the texts of the comments that exist, and who deleted the others, both by the comment's id."""
    pks = {remark["id"]: event.task for event in events if (remark := comment(event))}
    texts = dict(Comment.objects.filter(pk__in=pks).values_list("pk", "text"))
    gone = {pk: task for pk, task in pks.items() if pk not in texts}
    changes = Event.objects.filter(task__in=set(gone.values()), changes__comment__id__in=list(gone))
    # The newest one is the deletion.
    last = {event.changes["comment"]["id"]: event for event in changes.select_related("actor").order_by("seq")}
    return texts, {pk: sentences.actor(event) for pk, event in last.items()}
