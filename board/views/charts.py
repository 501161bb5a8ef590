"""The geometry of charts as SVG: percentages of the plot, from its top left corner."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from math import ceil
from typing import NamedTuple

from board.history.burndown import Burndown, Day, Unit
from board.history.report import ScopeChange
from board.history.timeline import DayOf
from board.models import Column

TICKS = 4
# So many labels fit under a chart on a phone.
LABELS = 5


class Tick(NamedTuple):
    """A value of the axis, and where its line is."""

    value: int
    y: float


class Change(NamedTuple):
    """How much one person changed the scope on one day. `by` is "" for the system."""

    by: str
    amount: int


class Slot(NamedTuple):
    """A day of the chart: where it begins, how wide it is, the numbers at its end, and who changed the scope."""

    day: Day
    x: float
    width: float
    is_labelled: bool
    # None for days to come.
    remaining: int | None
    scope: int | None
    scope_y: float
    changes: list[Change]

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)

    @property
    def change(self) -> int:
        """How much all of them together changed the scope."""
        return sum(change.amount for change in self.changes)


class Layer(NamedTuple):
    """One column of a cumulative flow, as the corners of its area."""

    column: Column
    points: str


@dataclass(frozen=True)
class Axis:
    """Values from 0 to `top`, at the lowest number of round steps."""

    top: int
    step: int

    @classmethod
    def up_to(cls, highest: int) -> "Axis":
        step = next(size for size in _round_numbers() if size * TICKS >= highest)
        return cls(max(step * ceil(highest / step), step), step)

    def y(self, value: float) -> float:
        return round(100 - 100 * value / self.top, 2)

    @property
    def ticks(self) -> list[Tick]:
        return [Tick(value, self.y(value)) for value in range(0, self.top + 1, self.step)]


def _round_numbers() -> Iterable[int]:
    scale = 1
    while True:
        yield from (scale, 2 * scale, 5 * scale)
        scale *= 10


@dataclass(frozen=True)
class BurndownChart:
    """A burndown: paths of the remaining work, the scope and the ideal line, and a slot for each day."""

    burndown: Burndown
    axis: Axis
    slots: list[Slot]

    @classmethod
    def of(cls, burndown: Burndown, changes: Iterable[ScopeChange] = ()) -> "BurndownChart":
        axis = Axis.up_to(burndown.highest)
        width = 100 / len(burndown.days)
        every = ceil(len(burndown.days) / LABELS)
        changed = _changes_by_day(burndown, changes)
        slots = [
            Slot(
                day,
                round(number * width, 2),
                round(width, 2),
                number % every == 0,
                day.remaining(burndown.unit) if day.totals else None,
                day.scope(burndown.unit) if day.totals else None,
                axis.y(day.scope(burndown.unit)),
                changed.get(day.day, []),
            )
            for number, day in enumerate(burndown.days)
        ]
        return cls(burndown, axis, slots)

    @property
    def remaining(self) -> str:
        return self._steps([slot.remaining for slot in self.slots])

    @property
    def scope(self) -> str:
        return self._steps([slot.scope for slot in self.slots])

    def _steps(self, values: Sequence[int | None]) -> str:
        """Return a line that changes at the end of each day."""
        steps = [
            f"H{slot.end:.2f}V{self.axis.y(value)}"
            for slot, value in zip(self.slots, values, strict=True)
            if value is not None
        ]
        return f"M0 {self.axis.y(self.burndown.initial)}{''.join(steps)}" if steps else ""

    @property
    def ideal(self) -> str:
        ends = [f"L{slot.end:.2f} {self.axis.y(slot.day.ideal)}" for slot in self.slots]
        return f"M0 {self.axis.y(self.burndown.initial)}{''.join(ends)}"

    @property
    def today(self) -> float | None:
        """Where today ends."""
        return next((slot.end for slot in self.slots if slot.day.day == self.burndown.today), None)

    @property
    def days_off(self) -> list[Slot]:
        return [slot for slot in self.slots if not slot.day.is_working_day]

    @property
    def flow(self) -> list[Layer]:
        """The cumulative flow of the columns: the done tasks at the bottom."""
        known = [slot for slot in self.slots if slot.day.totals]
        counts = [tuple(reversed(slot.day.counts(self.burndown.unit))) for slot in known]
        heights = [[0, *accumulate(numbers)] for numbers in counts]
        columns = [column for column in Column if column is not Column.BACKLOG]
        layers = []
        for column, (below, above) in zip(reversed(columns), pairwise(range(len(columns) + 1)), strict=True):
            top = [self._corners(slot, height[above]) for slot, height in zip(known, heights, strict=True)]
            bottom = [self._corners(slot, height[below]) for slot, height in zip(known, heights, strict=True)]
            layers.append(Layer(column, " ".join([*top, *map(_backwards, reversed(bottom))])))
        return layers

    def _corners(self, slot: Slot, value: int) -> str:
        """Return the two ends of a day's value."""
        y = self.axis.y(value)
        return f"{slot.x},{y} {slot.end:.2f},{y}"


def _changes_by_day(burndown: Burndown, changes: Iterable[ScopeChange]) -> dict[date, list[Change]]:
    """Return the changes of each day of the burndown by person. A day that it leaves out counts for the next one."""
    day_of, days = DayOf(), [day.day for day in burndown.days]
    amounts: Counter[tuple[int, str]] = Counter()
    for change in changes:
        amounts[bisect_left(days, day_of(change.at)), change.by] += _amount(change, burndown.unit)
    found: dict[date, list[Change]] = defaultdict(list)
    for (number, by), amount in amounts.items():
        if amount and number < len(days):
            found[days[number]].append(Change(by, amount))
    return found


def _amount(change: ScopeChange, unit: Unit) -> int:
    return change.tasks if unit == "tasks" else change.points


def _backwards(corners: str) -> str:
    return " ".join(reversed(corners.split()))
