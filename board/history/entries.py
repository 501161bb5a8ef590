"""Which events are one line of an activity, and which of them are on a page. Nothing here reads whole events."""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.db.models import Q, QuerySet

from board.models import Event

MOST_LINES = 50
# The number of events that are read for a page.
MOST_EVENTS = 500
# Changes of one task by one person are one line if they are not further apart than this.
TOGETHER = timedelta(minutes=5)
# The number of the board that is the backlog. No sprint has it.
BACKLOG = 0


class Entry(NamedTuple):
    """What decides about the line of an event. `batch` is None unless it is part of a change of several rows."""

    seq: int
    at: datetime
    actor: int | None
    task: int | None
    sprint: int | None
    batch: int | None = None
    comment: int | None = None

    @property
    def subject(self) -> Hashable:
        """What all entries of a line have in common."""
        return self.batch or (self.actor, self.task, self.sprint if self.task is None else None, self.comment)


class Group(NamedTuple):
    """The entries of a line, newest first. `size` is their number, also if not all were read."""

    entries: list[Entry]
    size: int

    @property
    def is_batch(self) -> bool:
        """Return whether the line is about several rows."""
        return self.entries[0].batch is not None and self.size > 1


class Page(NamedTuple):
    """The groups of a page, newest first, and the sequence number before which the next page begins, if there is one."""

    groups: list[Group]
    before: int | None


def events_of(board: int | None) -> list[QuerySet[Event]]:
    """Return the events of a sprint and of tasks in it, into it and out of it, in disjoint querysets, which indexes serve.

    `BACKLOG` stands for the backlog, and None for everything.
    """
    if board is None:
        return [Event.objects.all()]
    if board == BACKLOG:
        left = Q(kind=Event.Kind.UPDATE, sprint__isnull=False, from_sprint=None, changes__has_key="sprint")
        return [Event.objects.filter(Q(sprint=None) | left, task__isnull=False)]
    out_of = Event.objects.filter(Q(sprint=None) | ~Q(sprint=board), from_sprint=board)
    return [Event.objects.filter(sprint=board), out_of]


def read_page(board: int | None, condition: Q) -> Page:
    """Return the newest page of the events of a board that meet a condition."""
    events = [part.filter(condition) for part in events_of(board)]
    entries = sorted(chain.from_iterable(map(_newest, events)), reverse=True)[:MOST_EVENTS]
    lines, before = cut(fold(entries))
    groups = [Group(line, len(line)) for line in lines]
    if before is None and len(entries) == MOST_EVENTS:
        before = entries[-1].seq
        if first := entries[-1].batch:
            # The rest of the change, however long it is, is in the same line.
            before = first
            whole = Q(seq__gte=first, seq__lte=groups[-1].entries[0].seq)
            groups[-1] = groups[-1]._replace(size=sum(part.filter(whole).count() for part in events))
    return Page(groups, before)


def _newest(events: QuerySet[Event]) -> Iterable[Entry]:
    fields = ("seq", "created_at", "actor", "task", "sprint", "changes__batch", "changes__comment__id")
    return map(Entry._make, events.order_by("-seq").values_list(*fields)[:MOST_EVENTS])


def fold(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return the entries of each line. Entries are newest first, and so are the lines by their first entry."""
    lines: list[list[Entry]] = []
    newest: dict[Hashable, list[Entry]] = {}
    for entry in entries:
        line = newest.get(entry.subject)
        if line and (entry.batch or line[0].at - entry.at <= TOGETHER):
            line.append(entry)
        else:
            newest[entry.subject] = [entry]
            lines.append(newest[entry.subject])
    return lines


def cut(lines: list[list[Entry]], size: int = MOST_LINES) -> tuple[list[list[Entry]], int | None]:
    """Return the lines of a page, and the sequence number before which the next page begins.

    What belongs to one of the lines but is older than the first entry of the next page is left to that page, so that each
    entry is on one page.
    """
    if len(lines) <= size:
        return lines, None
    newest = lines[size][0].seq
    return [[entry for entry in line if entry.seq > newest] for line in lines[:size]], newest + 1
