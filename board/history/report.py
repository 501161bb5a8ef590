"""The report of a sprint, computed from the log up to its closing. Nothing that happens later changes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any, Literal, NamedTuple

from django.contrib.auth import get_user_model

from board.models import Event, Sprint, Status, Team
from board.templatetags.people import full_name

from .burndown import Burndown, Unit, burndown, committed, later_steps, start_of, usual_unit
from .timeline import Closing, Item, Step, Timeline, timeline_of

VELOCITY_SPRINTS = 5


class ReportTask(NamedTuple):
    """A task with the name and points that it had then."""

    id: int
    name: str
    points: int | None


class Leftover(NamedTuple):
    """A task that was not done when the sprint closed. `to` is the name of the sprint it went to, or ""."""

    id: int
    name: str
    points: int | None
    went: Literal["sprint", "backlog", "dropped", "nowhere"]
    sprint: int | None = None
    to: str = ""


@dataclass(frozen=True)
class Part[T: (ReportTask, Leftover)]:
    """A list of tasks, with its sums."""

    tasks: list[T]

    @property
    def count(self) -> int:
        return len(self.tasks)

    @property
    def points(self) -> int:
        return sum(task.points or 0 for task in self.tasks)


class ScopeChange(NamedTuple):
    """A change of the scope after the start. `by` is the person's name then, or "" for the system."""

    at: datetime
    by: str
    kind: Literal["added", "removed", "estimated"]
    task: ReportTask
    tasks: int
    points: int


@dataclass(frozen=True)
class Report:
    """committed + added - removed = done + unfinished, in tasks. In points, `estimated` (later estimates) adds to it.

    `outcome` is None until the sprint is closed; until then, the report says where it stands.
    """

    sprint: Sprint
    start: date
    outcome: str | None
    note: str
    committed: Part[ReportTask]
    added: Part[ReportTask]
    removed: Part[ReportTask]
    done: Part[ReportTask]
    unfinished: Part[Leftover]
    estimated: int
    changes: list[ScopeChange]
    burndowns: dict[Unit, Burndown]
    unit: Unit

    @property
    def carried(self) -> Part[Leftover]:
        """The unfinished tasks that went to another sprint or the backlog."""
        return Part([task for task in self.unfinished.tasks if task.went in ("sprint", "backlog")])

    @property
    def dropped(self) -> Part[Leftover]:
        return Part([task for task in self.unfinished.tasks if task.went == "dropped"])

    @property
    def burndown(self) -> Burndown:
        return self.burndowns[self.unit]


def report(sprint_id: int) -> Report:
    """Return the report of a sprint. Raises `Sprint.DoesNotExist`. Takes four queries at most."""
    sprint = Sprint.objects.with_working_days().get(pk=sprint_id)
    timeline = timeline_of(sprint_id).read()
    facts: Mapping[str, Any] = timeline.closing.facts if timeline.closing else {}
    start = start_of(sprint, timeline)
    first = committed(timeline, start)
    later = later_steps(timeline, start)
    return Report(
        sprint=sprint,
        start=start.day,
        outcome=facts.get("outcome"),
        note=facts.get("note", ""),
        committed=_part(first),
        added=_part(_added(later, first)),
        removed=_part(_removed(later, timeline.members)),
        done=_part({pk: item for pk, item in timeline.members.items() if item.status == Status.DONE}),
        unfinished=Part(list(_leftovers(timeline))),
        estimated=sum(_points(step.after) - _points(step.before) for step in later if step.before and step.after),
        changes=list(_scope_changes(later, timeline.closing)),
        burndowns={
            "tasks": burndown(sprint, timeline, sprint.working_days, "tasks"),
            "points": burndown(sprint, timeline, sprint.working_days, "points"),
        },
        unit=usual_unit(timeline.totals),
    )


def _part(items: Mapping[int, Item]) -> Part[ReportTask]:
    return Part([ReportTask(pk, item.name, item.points) for pk, item in items.items()])


def _added(later: Iterable[Step], first: Mapping[int, Item]) -> dict[int, Item]:
    """Return the tasks that entered after the start, as they entered last."""
    return {
        step.task: step.after for step in later if step.before is None and step.after and step.task not in first
    }


def _removed(later: Iterable[Step], members: Mapping[int, Item]) -> dict[int, Item]:
    """Return the tasks that left after the start and didn't come back, as they left."""
    return {
        step.task: step.before for step in later if step.after is None and step.before and step.task not in members
    }


def _leftovers(timeline: Timeline) -> Iterable[Leftover]:
    closing = timeline.closing
    for pk, item in timeline.members.items():
        if item.status == Status.DONE:
            continue
        to = closing.went.get(pk, "nowhere") if closing else "nowhere"
        if to is None:
            yield Leftover(pk, item.name, item.points, "backlog")
        elif isinstance(to, int):
            yield Leftover(pk, item.name, item.points, "sprint", to, _target(closing, to))
        else:
            yield Leftover(pk, item.name, item.points, "dropped" if to == "dropped" else "nowhere")


def _target(closing: Closing | None, sprint_id: int) -> str:
    name, end = closing.facts.get("sprints", {}).get(str(sprint_id), ("", "")) if closing else ("", "")
    return str(Sprint(name=name, end=date.fromisoformat(end))) if end else name


def _points(item: Item | None) -> int:
    return (item.points or 0) if item else 0


def scope_steps(later: Iterable[Step]) -> list[Step]:
    """Return the steps that changed the number of tasks or points."""
    return [
        step for step in later if not (step.before and step.after) or _points(step.before) != _points(step.after)
    ]


def _scope_changes(later: Iterable[Step], closing: Closing | None) -> Iterable[ScopeChange]:
    steps = scope_steps(later)
    names = _authors_then(closing) if closing else _authors_now(steps)
    for step in steps:
        before, after = step.before, step.after
        kind: Literal["added", "removed", "estimated"] = (
            "added" if before is None else "removed" if after is None else "estimated"
        )
        item = after or before or Item()
        yield ScopeChange(
            step.at,
            names.get(step.seq, ""),
            kind,
            ReportTask(step.task, item.name, item.points),
            bool(after) - bool(before),
            _points(after) - _points(before),
        )


def _authors_then(closing: Closing) -> dict[int, str]:
    authors = closing.facts.get("authors", {})
    return {seq: name for name, numbers in authors.items() for seq in numbers}


def _authors_now(steps: Iterable[Step]) -> dict[int, str]:
    """Return {number of a step: name of its author}."""
    steps = list(steps)
    people = get_user_model().objects.in_bulk({step.actor for step in steps} - {None})
    return {step.seq: full_name(people[step.actor]) for step in steps if step.actor in people}


def closing_facts(sprint: Sprint, outcome: str, note: str, targets: Iterable[Sprint]) -> dict[str, Any]:
    """Return what the event that closes a sprint stores (`schema.CLOSING`). Requires the writers' lock."""
    timeline = timeline_of(sprint.pk).read()
    start = start_of(sprint, timeline)
    authors: dict[str, list[int]] = defaultdict(list)
    for seq, name in _authors_now(scope_steps(later_steps(timeline, start))).items():
        authors[name].append(seq)
    done = _part({pk: item for pk, item in timeline.members.items() if item.status == Status.DONE})
    return {
        "outcome": outcome,
        "note": note,
        "started": [start.day.isoformat(), start.moment.isoformat()],
        "working_days": Team.load().working_days,
        "authors": dict(authors),
        "sprints": {str(target.pk): [target.name, target.end.isoformat()] for target in targets},
        "done": [done.count, done.points],
    }


class Velocity(NamedTuple):
    """What was done in the last closed sprints, oldest first, and the typical number with its range.

    `bars` has (sprint, done). Without a closed sprint, all numbers are 0.
    """

    unit: Unit
    bars: list[tuple[Sprint, int]]
    typical: int
    low: int
    high: int

    @property
    def highest(self) -> int:
        return max((number for _, number in self.bars), default=0)


def velocity() -> Velocity:
    """Return the velocity of the last five closed sprints, with two queries. In points if most of them have some."""
    sprints = list(Sprint.objects.filter(closed_at__isnull=False).order_by("-end")[:VELOCITY_SPRINTS])[::-1]
    events = (
        Event.objects.filter(task=None, sprint__in=[sprint.pk for sprint in sprints])
        .order_by("seq")
        .values_list("sprint", "changes")
    )
    done = {pk: changes["closing"]["done"] for pk, changes in events if "closing" in changes}
    pairs = [done.get(sprint.pk, [0, 0]) for sprint in sprints]
    unit: Unit = "points" if 2 * sum(points > 0 for _, points in pairs) > len(pairs) else "tasks"
    numbers = [points if unit == "points" else tasks for tasks, points in pairs]
    typical, low, high = _typical(numbers)
    return Velocity(unit, list(zip(sprints, numbers, strict=True)), typical, low, high)


def _typical(numbers: list[int]) -> tuple[int, int, int]:
    """Return the median and the range. Of five numbers, the lowest and the highest are left out of the range."""
    if not numbers:
        return 0, 0, 0
    usual = sorted(numbers)[1:-1] if len(numbers) >= VELOCITY_SPRINTS else numbers
    return round(median(numbers)), min(usual), max(usual)
