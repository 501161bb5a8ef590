"""Frames for open pages: the components that changed since a sequence number."""

from collections.abc import Callable, Mapping
from functools import cache

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from board.components import BACKLOG, Sums, backlog_head, bell_with, card, head, page_format, tasks_to_render
from board.history import log, sentences
from board.models import Event, Sprint, Status

from .frames import Frame, News

BATCH = 200
FAR_BEHIND = 1000


@cache
def batches(language: str) -> Callable[[int, int, log.State], Frame]:
    """Return `batch` bound to a language. The result is cached, so sockets with the same language share frames."""

    def batch_in_language(sprint_id: int, since: int, state: log.State) -> Frame:
        with override(language):
            return batch(sprint_id, since, state)

    return batch_in_language


def batch(sprint_id: int, since: int, state: log.State) -> Frame:
    """Return the next frame for a page that shows a sprint's board, or `BACKLOG`, as of `since`.

    `state` is from `log.state()`.

    {"seq", "cards": HTML of the changed cards, "left": ids of cards to remove, "head": HTML, missing if unchanged,
    "news": [{"task", "by", "name", "text", "moved"}]}, rendered from the current rows. A frame covers at most `BATCH`
    changes. It is {"reset": true} if the page is too far behind or the log doesn't go back far enough.
    """
    newest, people = state
    if not since <= newest <= since + FAR_BEHIND:
        return {"reset": True}
    events = list(log.since(since, BATCH))
    if newest > since and (not events or events[0].seq != since + 1):
        return {"reset": True}
    ours = [event for event in events if is_on_board(event, sprint_id)]
    touched = log.touched_tasks(ours)
    tasks = tasks_to_render(sprint_id).in_bulk(touched)
    names = log.last_names(ours) | {pk: task.name for pk, task in tasks.items()}
    mentioned = sentences.names_in(ours)
    shown = {pk for pk, task in tasks.items() if task.sprint_id in (sprint_id, None)}
    frame: Frame = {
        "seq": events[-1].seq if events else since,
        "cards": "".join(card(tasks[pk], people, sprint_id) for pk in shown),
        "left": [pk for pk in touched if pk not in shown],
        "news": [_news(event, names, mentioned) for event in ours if event.task is not None],
    }
    if sprint_id == BACKLOG:
        # The sums of all sprints are there, and in the backlog's own.
        if any(map(_shows_in_head, events)):
            frame["head"] = render_to_string("board/backlog.html#head", backlog_head())
    elif any(map(_shows_in_head, ours)):
        sprint = Sprint.objects.with_working_days().with_counts().filter(pk=sprint_id).first()
        if sprint is None:
            return {"reset": True}
        context = head(sprint, Sums(sprint.task_count, sprint.done_count, sprint.points, sprint.done_points))
        frame["head"] = render_to_string("board/head.html#head", context)
    return frame


def for_page(frame: Frame) -> dict[str, object]:
    """Return a frame with the current page format added, and with the label of the bell, if its number changed."""
    bell = {"bell": bell_with(frame["unread"])} if "unread" in frame else {}
    return {**frame, **bell, "format": page_format()}


def _shows_in_head(event: Event) -> bool:
    """Return whether an event can change the board's head, which shows the sprint and its sums."""
    if event.task is None or event.kind != Event.Kind.UPDATE:
        return True
    return not event.changes.keys().isdisjoint({"sprint", "points"}) or Status.DONE in event.changes.get(
        "status", ()
    )


def is_on_board(event: Event, sprint_id: int) -> bool:
    """Return whether an event is about the sprint, a task in it, or a task in the backlog."""
    if event.task is None:
        return event.sprint == sprint_id
    before = event.sprint
    if event.kind == Event.Kind.UPDATE and "sprint" in event.changes:
        before = event.changes["sprint"][0]
    return event.sprint in (sprint_id, None) or before in (sprint_id, None)


def _news(event: Event, names: Mapping[int, str], mentioned: sentences.Names) -> News:
    who = sentences.actor(event)
    name = names.get(event.task) if event.task is not None else None
    what = gettext("a task") if name is None else sentences.quoted(name)
    return {
        "task": event.task,
        "by": event.actor_id,
        "name": who,
        "text": sentences.describe(event, mentioned, what, who),
        "moved": log.is_move(event),
    }
