"""Cards and boards as HTML, rendered once per version and cached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypedDict

from django.contrib.auth import get_user_model
from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from board.history import log
from board.history.burndown import Unit, burndown
from board.history.entries import BACKLOG as BACKLOG
from board.history.report import Velocity, velocity
from board.history.timeline import timeline_of
from board.text.search import normalize

from .cache import VersionedCache
from .models import Column, Notification, Sprint, Task, Team
from .models.task import TaskQuerySet
from .references import references
from .templatetags.people import full_name

# Increase this when pages of an older release can't place the components. Those pages reload themselves.
FORMAT = 2
# At most about 20 MB of cards and 40 MB of boards.
card_cache: VersionedCache[str] = VersionedCache(30_000)
board_cache: "VersionedCache[Board]" = VersionedCache(100)

# The components that show a task.
ROW, CARD = "board/backlog.html#row", "board/task.html#card"

# What all cards depend on besides their rows: the language and the component, and the number of account changes and the date.
type RenderContext = tuple[tuple[str | None, str], tuple[int, date]]


class Board(TypedDict):
    """A board as HTML, and whether its sprint is closed, so that nobody can change it."""

    title: str
    html: str
    is_read_only: bool


class Bell(TypedDict):
    """The number of lines with unread notifications, and the accessible name of the bell."""

    unread: int
    label: str


class Sums(NamedTuple):
    """The numbers of a sprint's tasks and points, and of those that are done."""

    total: int
    done: int
    points: int
    done_points: int


@dataclass(frozen=True)
class Target:
    """A sprint that tasks can be moved to, beside what the team usually does in one."""

    sprint: Sprint
    velocity: Velocity

    @property
    def load(self) -> int:
        """Return the sum of the sprint in the unit of the velocity."""
        return self.sprint.points if self.velocity.unit == "points" else self.sprint.task_count

    @property
    def excess(self) -> int:
        """Return how much the sprint has above the usual range, or 0."""
        return max(self.load - self.velocity.high, 0) if self.velocity.bars else 0


class Sparkline(TypedDict):
    """The points of the two SVG lines, and the first and last number of remaining tasks or points."""

    unit: Unit
    left: str
    ideal: str
    first: int
    last: int


def page_format() -> str:
    """Return the version of the components' format and today's date. A page with another value must reload.

    Cards depend on the date: "Today", "2 days late".
    """
    return f"{FORMAT}.{timezone.localdate():%Y-%m-%d}"


def board(sprint_id: int, state: log.State, words: Sequence[str] = ()) -> Board:
    """Render a sprint's board (board/board.html#board) as of `state` or later. Raises `Sprint.DoesNotExist`.

    `state` is `log.state()`, read before the call. The page requests everything committed after it once it is live.
    With `words`, which must be normalized, the board contains only the cards that match all of them.
    """
    key = sprint_id, tuple(words), get_language()
    return board_cache.get_or_set(key, (state, page_format()), lambda: _board(sprint_id, state, words))


def _board(sprint_id: int, state: log.State, words: Sequence[str]) -> Board:
    if sprint_id == BACKLOG:
        return _backlog(state, words)
    sprint = Sprint.objects.with_working_days().get(pk=sprint_id)
    columns: dict[Column, dict[str, Any]] = {column: {"cards": [], "total": 0, "points": 0} for column in Column}
    matches = _matching(sprint_id, words) if words else None
    for pk, column, points, html in _cards(sprint_id, people=state[1]):
        columns[column]["total"] += 1
        columns[column]["points"] += points or 0
        if matches is None or pk in matches:
            columns[column]["cards"].append(html)
    in_sprint = [column for name, column in columns.items() if name is not Column.BACKLOG]
    done = columns[Column.DONE]
    sums = Sums(
        sum(column["total"] for column in in_sprint),
        done["total"],
        sum(column["points"] for column in in_sprint),
        done["points"],
    )
    context = {
        "columns": columns.items(),
        "is_filtered": bool(words),
        "seq": state[0],
        "format": page_format(),
        **head(sprint, sums),
    }
    html = render_to_string("board/board.html#board", context)
    return {"title": str(sprint), "html": html, "is_read_only": sprint.is_closed}


def _backlog(state: log.State, words: Sequence[str]) -> Board:
    matches = _matching(BACKLOG, words) if words else None
    rows = _cards(BACKLOG, people=state[1])
    context = {
        "name": Column.BACKLOG,
        "rows": [html for pk, *_, html in rows if matches is None or pk in matches],
        "total": len(rows),
        "is_filtered": bool(words),
        "seq": state[0],
        "format": page_format(),
        **backlog_head(),
    }
    html = render_to_string("board/backlog.html#board", context)
    return {"title": str(Column.BACKLOG.label), "html": html, "is_read_only": False}


def backlog_head() -> dict[str, Any]:
    """Return the context of the component board/backlog.html#head: the sum, and the sprints that tasks can move to.

    Takes four queries.
    """
    points = Task.objects.filter(sprint=None).aggregate(points=Sum("points"))["points"]
    usual = velocity()
    targets = [Target(sprint, usual) for sprint in Sprint.objects.open().with_counts()]
    return {"points": points or 0, "targets": targets, "velocity": usual}


def _cards(sprint_id: int, people: int) -> list[tuple[int, Column, int | None, str]]:
    """Return (id, column, points, HTML) for each card of a board, from top to bottom.

    Reads the full rows of uncached cards only, and skips cards deleted in the meantime.
    """
    tasks = Task.objects.on_board(sprint_id).order_by("order", "pk")
    places = list(tasks.values_list("pk", "version", "order", "sprint_id", "status", "points"))
    context = _render_context(people, sprint_id)
    cached = card_cache.get_all(_cache_entry(pk, version, order, context) for pk, version, order, *_ in places)
    cards = {pk: html for (pk, *_), html in zip(places, cached, strict=True)}
    missing = [pk for pk, html in cards.items() if html is None]
    for pk, task in tasks_to_render(sprint_id).in_bulk(missing).items():
        cards[pk] = card(task, people, sprint_id)
    return [
        (pk, Column.of(sprint, status), points, html)
        for pk, _, _, sprint, status, points in places
        if (html := cards[pk])
    ]


def tasks_to_render(board: int) -> TaskQuerySet:
    """Return the tasks with what a card on this board shows."""
    tasks = Task.objects.select_related("assigned")
    return tasks.with_added_at() if board == BACKLOG else tasks


def _matching(sprint_id: int, words: Sequence[str]) -> set[int]:
    names = {person.pk: normalize(full_name(person)) for person in get_user_model().objects.all()}
    return set(Task.objects.on_board(sprint_id).matching(words, names).values_list("pk", flat=True))


def head(sprint: Sprint, sums: Sums) -> dict[str, Any]:
    """Return the context of the component board/head.html#head. The sprint is from `with_working_days`."""
    team = Team(working_days=sprint.working_days)
    days_left = team.working_days_between(timezone.localdate(), sprint.end)
    context = {"sprint": sprint, "days_left": days_left, "burndown": _sparkline(sprint), **sums._asdict()}
    return context | {"references": references([sprint.description])}


def _sparkline(sprint: Sprint, width: int = 120, height: int = 40, edge: int = 2) -> Sparkline | None:
    """Return the burndown as points of a sparkline, or None if there are fewer than two days or no tasks."""
    chart = burndown(sprint, timeline_of(sprint.pk).read(), sprint.working_days)
    known = [day.remaining(chart.unit) for day in chart.past_days]
    top = max([chart.initial, *known])
    if len(known) < 2 or not top:
        return None

    def point(number: int, value: float) -> str:
        x = edge + (width - 2 * edge) * number / max(len(chart.days) - 1, 1)
        return f"{x:.1f},{height - edge - (height - 2 * edge) * value / top:.1f}"

    return {
        "unit": chart.unit,
        "left": " ".join(point(number, value) for number, value in enumerate(known)),
        "ideal": " ".join(point(number, day.ideal) for number, day in enumerate(chart.days)),
        "first": known[0],
        "last": known[-1],
    }


def card(task: Task, people: int, board: int | None = None) -> str:
    """Render a task's card, or its row on the backlog page. The task should be from `tasks_to_render`.

    `people` is from `log.state()`, read before the task.
    """
    key, state = _cache_entry(task.pk, task.version, task.order, _render_context(people, board))
    return card_cache.get_or_set(key, state, lambda: render_to_string(component_of(board), {"task": task}))


def component_of(board: object) -> str:
    """Return the component that shows a task: a row on the backlog page, a card on the boards of sprints."""
    return ROW if board == BACKLOG else CARD


def _render_context(people: int, board: int | None) -> RenderContext:
    return (get_language(), component_of(board)), (people, timezone.localdate())


def _cache_entry(
    pk: int, version: int, order: int, context: RenderContext
) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Return the cache key and state of a card."""
    key, state = context
    # Every change of a row increases its version, except for a sort key that makes room for a neighbour.
    return (pk, *key), (version, order, *state)


def bell_of(person: int) -> Bell:
    return bell_with(Notification.objects.count_unread([person]).get(person, 0))


def bell_with(unread: int) -> Bell:
    text = ngettext("%(count)s unread notification", "%(count)s unread notifications", unread)
    return {"unread": unread, "label": text % {"count": unread} if unread else gettext("Notifications")}
