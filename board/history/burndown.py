"""The numbers of a sprint's tasks day by day: remaining work, scope, and the ideal line."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Literal, NamedTuple

from django.utils import timezone

from board.models import Sprint, Status

from .timeline import NOTHING, ONE_DAY, Item, Step, Timeline, Totals, day_of, midnight

type Unit = Literal["tasks", "points"]
INSTANT = timedelta(microseconds=1)
# Of a longer sprint, a burndown has every other day, or every third, and so on.
MOST_DAYS = 400


class Start(NamedTuple):
    """The first day of a sprint, and the moment until which tasks count as committed.

    The moment is in UTC, as those of events: comparing moments of different time zones takes ten times as long.
    """

    day: date
    moment: datetime


class Day(NamedTuple):
    """A day of the sprint. `ideal` is the value at its end; `totals` are None for days to come."""

    day: date
    is_working_day: bool
    ideal: float
    totals: Totals | None

    def counts(self, unit: Unit) -> tuple[int, ...]:
        """Return the numbers by status, as for a cumulative flow: Not Started first, Done last."""
        totals = self.totals or NOTHING
        return totals.tasks if unit == "tasks" else totals.points

    def remaining(self, unit: Unit) -> int:
        return sum(self.counts(unit)[: Status.DONE - 1])

    def scope(self, unit: Unit) -> int:
        return sum(self.counts(unit))


@dataclass(frozen=True)
class Burndown:
    """The days of a sprint, from its start to its end and no further.

    `initial` is what was committed. `today` is None unless it is one of the days of a sprint that isn't closed.
    """

    unit: Unit
    initial: int
    days: list[Day]
    today: date | None

    @property
    def past_days(self) -> list[Day]:
        """The days that have numbers."""
        return [day for day in self.days if day.totals]

    @property
    def highest(self) -> int:
        """The highest number, for the axis."""
        return max([self.initial, *(day.scope(self.unit) for day in self.past_days)])


def burndown(
    sprint: Sprint, timeline: Timeline, working_days: Sequence[int], unit: Unit | None = None
) -> Burndown:
    """Return the burndown of a sprint. `timeline` is that of the sprint, read. Without `unit`, it is `usual_unit`."""
    unit = unit or usual_unit(timeline.totals)
    start = start_of(sprint, timeline)
    initial = _initial(timeline, start, unit)
    today = timezone.localdate()
    last = day_of(timeline.closing.at) if timeline.closing else today
    dates = _dates(start.day, sprint.end, last)
    if timeline.closing:
        working_days = timeline.closing.facts.get("working_days", working_days)
    works = [day.weekday() in working_days for day in dates]
    days = list(map(Day, dates, works, _ideal(initial, works), _totals(timeline, dates, last)))
    return Burndown(unit, initial, days, today if not timeline.closing and today in dates else None)


def usual_unit(totals: Totals) -> Unit:
    """Return "points" if most tasks have them."""
    return "points" if 2 * totals.estimated > sum(totals.tasks) else "tasks"


def start_of(sprint: Sprint, timeline: Timeline) -> Start:
    """Return when a sprint started: when someone started it, or else at the beginning of its start date.

    A sprint that was created on that day or later, or has no start date, starts with the tasks of its first day.
    """
    if timeline.closing and (started := timeline.closing.facts.get("started")):
        day, moment = started
        return Start(date.fromisoformat(day), datetime.fromisoformat(moment).astimezone(UTC))
    if sprint.started_at:
        return Start(day_of(sprint.started_at), sprint.started_at.astimezone(UTC))
    first = day_of(timeline.begun or timezone.now())
    if sprint.start and sprint.start > first:
        return Start(sprint.start, midnight(sprint.start) - INSTANT)
    return Start(first, midnight(first + ONE_DAY) - INSTANT)


def committed(timeline: Timeline, start: Start) -> dict[int, Item]:
    """Return the tasks that were in the sprint when it started, by id."""
    items: dict[int, Item] = {}
    for step in timeline.steps:
        if step.at > start.moment:
            continue
        if step.after is None:
            items.pop(step.task, None)
        else:
            items[step.task] = step.after
    return items


def later_steps(timeline: Timeline, start: Start) -> list[Step]:
    """Return what changed after the start."""
    return [step for step in timeline.steps if step.at > start.moment]


def _initial(timeline: Timeline, start: Start, unit: Unit) -> int:
    """Return the sum of what was committed: of what is there now, without what changed since."""
    changed = sum(_size(step.after, unit) - _size(step.before, unit) for step in later_steps(timeline, start))
    return sum(timeline.totals.tasks if unit == "tasks" else timeline.totals.points) - changed


def _size(item: Item | None, unit: Unit) -> int:
    if item is None:
        return 0
    return 1 if unit == "tasks" else item.points or 0


def _dates(first: date, end: date, last: date) -> list[date]:
    """Return the days from the first to the end. Of a very long sprint, only some, but always `last` and the end."""
    length = max((end - first).days, 0)
    dates = {first + timedelta(number) for number in range(0, length + 1, 1 + length // MOST_DAYS)}
    return sorted({*dates, first + timedelta(length), min(max(first, last), first + timedelta(length))})


def _ideal(initial: int, works: list[bool]) -> Iterator[float]:
    """Yield the ideal remaining work at the end of each day. It is flat on days off."""
    steps = works if any(works) else [True] * len(works)
    total = sum(steps)
    for done in accumulate(steps):
        yield initial * (1 - done / total)


def _totals(timeline: Timeline, dates: list[date], last: date) -> Iterator[Totals | None]:
    known = deque(sorted(timeline.days.items()))
    totals = NOTHING
    for day in dates:
        while known and known[0][0] <= day:
            totals = known.popleft()[1]
        yield totals if day <= last else None
