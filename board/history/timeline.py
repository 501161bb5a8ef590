"""What happened to the tasks of a sprint, read from the log once and continued from there."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Any, Literal, NamedTuple

from cachetools import LRUCache, cached
from django.db.models import Q, QuerySet
from django.utils import timezone

from board.models import Event, Status

SPRINTS_CACHED = 100
ONE_DAY = timedelta(days=1)
ITEM_FIELDS = ("name", "status", "points")


class Item(NamedTuple):
    """A task as it was at a moment."""

    name: str = ""
    status: int = Status.TODO
    points: int | None = None


class Step(NamedTuple):
    """A task that entered or left the sprint, or got another name or estimate in it. None is a task outside."""

    seq: int
    at: datetime
    actor: int | None
    task: int
    before: Item | None
    after: Item | None


class Closing(NamedTuple):
    """The closing of a sprint: its event, the stored facts (`schema.CLOSING`), and where its leftovers went."""

    seq: int
    at: datetime
    facts: dict[str, Any]
    # {task id: sprint id, None for the backlog, or "dropped"}
    went: "dict[int, int | Literal['dropped'] | None]"


class Totals(NamedTuple):
    """Numbers of tasks and points by status (index 0 is Not Started), and the number of tasks with points."""

    tasks: tuple[int, ...] = (0, 0, 0, 0)
    points: tuple[int, ...] = (0, 0, 0, 0)
    estimated: int = 0

    def plus(self, item: Item | None, sign: int) -> "Totals":
        if item is None:
            return self
        tasks, points = list(self.tasks), list(self.points)
        tasks[item.status - 1] += sign
        points[item.status - 1] += sign * (item.points or 0)
        return Totals(tuple(tasks), tuple(points), self.estimated + sign * (item.points is not None))


NOTHING = Totals()


class Row(NamedTuple):
    """The columns of an event that a timeline needs. Model instances take several times as long."""

    seq: int
    at: datetime
    actor: int | None
    kind: str
    task: int | None
    sprint: int | None
    changes: dict[str, Any]


COLUMNS = ("seq", "created_at", "actor_id", "kind", "task", "sprint", "changes")


@dataclass
class Timeline:
    """The tasks of a sprint and their history, up to event `seq`. While the sprint is closed, they stay as they were.

    `days` has the totals at the end of each day with an event, in the team's time zone.
    """

    sprint_id: int
    seq: int = 0
    begun: datetime | None = None
    closing: Closing | None = None
    steps: list[Step] = field(default_factory=list)
    members: dict[int, Item] = field(default_factory=dict)
    days: dict[date, Totals] = field(default_factory=dict)
    totals: Totals = NOTHING
    # Each task that was ever in the sprint, as of an event.
    _known: dict[int, tuple[int, Item]] = field(default_factory=dict)
    _returned: dict[int, Item] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def read(self) -> "Timeline":
        """Return a copy with the newest events. Takes one query, and another if tasks were moved into the sprint."""
        with self._lock:
            is_about = Q(sprint=self.sprint_id) | Q(from_sprint=self.sprint_id)
            events = list(_rows(Event.objects.filter(is_about, seq__gt=self.seq)))
            elsewhere = self._read_elsewhere(events)
            day_of = DayOf()
            for event in events:
                self._apply(event, elsewhere)
                if self.closing is None or self.closing.seq == event.seq:
                    self.days[day_of(event.at)] = self.totals
            return self._copy()

    def _copy(self) -> "Timeline":
        closing = self.closing and self.closing._replace(went=dict(self.closing.went))
        steps, members, days = list(self.steps), dict(self.members), dict(self.days)
        return replace(self, closing=closing, steps=steps, members=members, days=days)

    def _read_elsewhere(self, events: list[Row]) -> dict[int, deque[Row]]:
        """Return the earlier events, outside of the sprint, of each task that was moved into it."""
        movers = {event.task for event in events if self._is_entry(event)}
        rows: dict[int, deque[Row]] = defaultdict(deque)
        if movers:
            outside = Event.objects.filter(task__in=movers, seq__lt=events[-1].seq).exclude(sprint=self.sprint_id)
            for row in _rows(outside):
                rows[row.task or 0].append(row)
        return rows

    def _is_entry(self, event: Row) -> bool:
        return event.kind == Event.Kind.UPDATE and event.sprint == self.sprint_id and "sprint" in event.changes

    def _apply(self, event: Row, elsewhere: dict[int, deque[Row]]) -> None:
        self.seq = event.seq
        if self.begun is None:
            self.begun = event.at
        if event.task is None:
            self._apply_to_sprint(event)
            return
        if self._is_entry(event):
            rows = elsewhere[event.task]
            while rows and rows[0].seq < event.seq:
                self._learn(rows.popleft())
        is_member = event.kind != Event.Kind.REMOVE and event.sprint == self.sprint_id
        after = self._learn(event) if is_member else None
        if self.closing is None:
            self._step(event, event.task, after)
        elif event.changes.get("batch") == self.closing.seq:
            self.closing.went[event.task] = "dropped" if event.kind == Event.Kind.REMOVE else event.sprint
        elif after:
            self._returned[event.task] = after

    def _learn(self, event: Row) -> Item:
        """Return the task after an event, and remember it. Events that are older than what is known change nothing."""
        assert event.task is not None
        seq, item = self._known.get(event.task, (0, Item()))
        if event.seq <= seq or event.kind == Event.Kind.REMOVE:
            return item
        if event.kind == Event.Kind.ADD:
            item = Item()
        changes = event.changes
        if not changes.keys().isdisjoint(ITEM_FIELDS):
            item = item._replace(**{name: changes[name][1] for name in ITEM_FIELDS if name in changes})
        self._known[event.task] = event.seq, item
        return item

    def _step(self, event: Row, task: int, after: Item | None) -> None:
        before = self.members.get(task)
        if before == after:
            return
        self.totals = self.totals.plus(before, -1).plus(after, 1)
        if after is None:
            del self.members[task]
        else:
            self.members[task] = after
        if before is None or after is None or before[0::2] != after[0::2]:
            self.steps.append(Step(event.seq, event.at, event.actor, task, before, after))

    def _apply_to_sprint(self, event: Row) -> None:
        _, closed_at = event.changes.get("closed_at", (None, None))
        if closed_at and event.kind == Event.Kind.UPDATE:
            self.closing = Closing(event.seq, event.at, event.changes.get("closing", {}), {})
        elif self.closing:
            went, self.closing = self.closing.went, None
            for task in went:
                self._step(event, task, self._returned.get(task))
            self._returned.clear()


def _rows(events: "QuerySet[Event]") -> Iterator[Row]:
    return map(Row._make, events.order_by("seq").values_list(*COLUMNS).iterator(2000))


class DayOf:
    """The day of a moment in the team's time zone. Quick for moments of the same day."""

    def __init__(self) -> None:
        self._day, self._from, self._to = date.min, timezone.now(), timezone.now()

    def __call__(self, at: datetime) -> date:
        if not self._from <= at < self._to:
            self._day = day_of(at)
            self._from, self._to = midnight(self._day), midnight(self._day + ONE_DAY)
        return self._day


def day_of(at: datetime) -> date:
    """Return the day of a moment in the team's time zone."""
    return timezone.localdate(at, timezone.get_default_timezone())


def midnight(day: date) -> datetime:
    """Return the moment, in UTC, in which a day begins in the team's time zone."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone()).astimezone(UTC)


@cached(LRUCache(SPRINTS_CACHED), lock=Lock())
def timeline_of(sprint_id: int) -> Timeline:
    """Return the timeline that all threads of this process share. Call `read` before use."""
    return Timeline(sprint_id)
