"""Cards and boards as HTML, rendered once per version and cached."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypedDict

from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from board.history import burndown, log
from board.text.search import normalize

from .cache import VersionedCache
from .models import Column, Sprint, Task
from .templatetags.people import full_name

# Raised when pages of an older release could not put the components in place: they load themselves anew.
FORMAT = 2
# What is rendered once and kept: some 20 MB of cards and 40 MB of boards at most.
card_cache: VersionedCache[str] = VersionedCache(30_000)
board_cache: "VersionedCache[Board]" = VersionedCache(100)

# What all cards show beside their rows: language, number of changes of people, date.
type Look = tuple[str | None, int, date]


class Board(TypedDict):
    title: str
    html: str


class Spark(TypedDict):
    """Two lines of an SVG as points, and the first and the last number of open tasks."""

    left: str
    ideal: str
    first: int
    last: int


def page_format() -> str:
    """Return what a page must agree on with the server: the components' format and today's date, which
    they show ("Today", "2 days late")."""
    return f"{FORMAT}.{timezone.localdate():%Y-%m-%d}"


def board(sprint_id: int, state: log.State, words: Sequence[str] = ()) -> Board:
    """Return a sprint's board as of `log.state()` or later, the component
    board/board.html#board. With `words`, which are normalized, only the cards that match all of them. Raises `Sprint.DoesNotExist`.

    The state is to be read before: what is committed after it, the page asks for when it is live.
    """
    key = sprint_id, tuple(words), get_language()
    return board_cache.get_or_set(key, (state, page_format()), lambda: _board(sprint_id, state, words))


def _board(sprint_id: int, state: log.State, words: Sequence[str]) -> Board:
    sprint = Sprint.objects.get(pk=sprint_id)
    columns: dict[Column, dict[str, Any]] = {column: {"cards": [], "total": 0} for column in Column}
    matches = _matching(sprint_id, words) if words else None
    for pk, column, html in _cards(sprint_id, people=state[1]):
        columns[column]["total"] += 1
        if matches is None or pk in matches:
            columns[column]["cards"].append(html)
    total = sum(column["total"] for name, column in columns.items() if name is not Column.BACKLOG)
    context = {
        "columns": columns.items(),
        "is_filtered": bool(words),
        "seq": state[0],
        "format": page_format(),
        **head(sprint, total, columns[Column.DONE]["total"]),
    }
    return {"title": str(sprint), "html": render_to_string("board/board.html#board", context)}


def _cards(sprint_id: int, people: int) -> list[tuple[int, Column, str]]:
    """Return (id, column, HTML) of each card of a board, the topmost first.

    Rows are read of those alone that are not kept; one that went meanwhile is left out.
    """
    tasks = Task.objects.on_board(sprint_id).order_by("order", "pk")
    places = list(tasks.values_list("pk", "version", "order", "sprint_id", "status"))
    look = _look(people)
    kept = card_cache.get_all(_cache_entry(pk, version, order, look) for pk, version, order, *_ in places)
    cards = {pk: html for (pk, *_), html in zip(places, kept, strict=True)}
    missing = [pk for pk, html in cards.items() if html is None]
    for pk, task in Task.objects.select_related("assigned").in_bulk(missing).items():
        cards[pk] = card(task, people)
    return [(pk, Column.of(sprint, status), html) for pk, _, _, sprint, status in places if (html := cards[pk])]


def _matching(sprint_id: int, words: Sequence[str]) -> set[int]:
    """Return the ids of the tasks on a board that match all words."""
    names = {person.pk: normalize(full_name(person)) for person in get_user_model().objects.all()}
    return set(Task.objects.on_board(sprint_id).matching(words, names).values_list("pk", flat=True))


def head(sprint: Sprint, total: int, done: int) -> dict[str, Any]:
    """Return the context of the component board/head.html#head: `done` of `total` tasks of the sprint are."""
    return {"sprint": sprint, "total": total, "done": done, "burndown": _burndown(sprint)}


def _burndown(sprint: Sprint, width: int = 120, height: int = 40, edge: int = 2) -> Spark | None:
    """Return the points of the sparkline; None before there is a line."""
    days = burndown.tasks_left(sprint.pk)
    top = max((count for _, count in days), default=0)
    if len(days) < 2 or not top:
        return None
    start = days[0][0]
    span = max((sprint.end - start).days, len(days) - 1, 1)

    def point(day: date, count: int) -> str:
        x = edge + (width - 2 * edge) * (day - start) / timedelta(days=span)
        return f"{x:.1f},{height - edge - (height - 2 * edge) * count / top:.1f}"

    first, last = days[0][1] or top, days[-1][1]
    return {
        "left": " ".join(point(day, count) for day, count in days),
        "ideal": f"{point(start, first)} {point(max(sprint.end, start), 0)}",
        "first": first,
        "last": last,
    }


def card(task: Task, people: int) -> str:
    """Return the HTML of a task's card; the task comes with `assigned`.

    `people` is from `log.state()` before the task was read.
    """
    key, state = _cache_entry(task.pk, task.version, task.order, _look(people))
    return card_cache.get_or_set(key, state, lambda: render_to_string("board/task.html#card", {"task": task}))


def _look(people: int) -> Look:
    """Return what all cards show that is not of their rows: the language, names as of this number of changes of
    people, the date."""
    return get_language(), people, timezone.localdate()


def _cache_entry(
    pk: int, version: int, order: int, look: Look
) -> tuple[tuple[int, str | None], tuple[object, ...]]:
    """Return the key and the state of a card that is kept."""
    language, *rest = look
    # Whatever a row's card shows changes with its version, but for the sort key that a neighbour's move gives it.
    return (pk, language), (version, order, *rest)
