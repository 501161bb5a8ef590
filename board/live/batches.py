"""What open pages and sockets get next: the components that changed since a sequence number."""

from collections.abc import Callable, Mapping
from functools import cache

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from board.components import card, head, page_format
from board.history import log, sentences
from board.models import Event, Sprint, Status, Task

from .frames import Frame, News

BATCH = 200
FAR_BEHIND = 1000


@cache
def batches(language: str) -> Callable[[int, int, log.State], Frame]:
    """Return `batch` in a language: always the same function, so that its sockets share what it returns."""

    def batch_in_language(sprint_id: int, since: int, state: log.State) -> Frame:
        with override(language):
            return batch(sprint_id, since, state)

    return batch_in_language


def batch(sprint_id: int, since: int, state: log.State) -> Frame:
    """Return what a page that shows a sprint's board as of `since` needs next; `state` is from `log.state()`.

    {"seq", "cards": HTML of the cards that changed, "left": ids of the cards that went, "head": HTML, absent when nothing
    of it changed, "news": [{"task", "by", "name", "text", "moved"}]}, rendered from the rows as they are now. At most
    `BATCH` changes a time. {"reset": true} when the page is too far behind or the log does not reach back.
    """
    newest, people = state
    if not since <= newest <= since + FAR_BEHIND:
        return {"reset": True}
    events = list(log.since(since, BATCH))
    if newest > since and (not events or events[0].seq != since + 1):
        return {"reset": True}
    ours = [event for event in events if is_on_board(event, sprint_id)]
    touched = log.touched_tasks(ours)
    tasks = Task.objects.select_related("assigned").in_bulk(touched)
    names = log.last_names(ours) | {pk: task.name for pk, task in tasks.items()}
    mentioned = sentences.names_in(ours)
    shown = {pk for pk, task in tasks.items() if task.sprint_id in (sprint_id, None)}
    frame: Frame = {
        "seq": events[-1].seq if events else since,
        "cards": "".join(card(tasks[pk], people) for pk in shown),
        "left": [pk for pk in touched if pk not in shown],
        "news": [_news(event, names, mentioned) for event in ours if event.task is not None],
    }
    if any(map(_shows_in_head, ours)):
        sprint = Sprint.objects.with_counts().filter(pk=sprint_id).first()
        if sprint is None:
            return {"reset": True}
        context = head(sprint, sprint.task_count, sprint.done_count)
        frame["head"] = render_to_string("board/head.html#head", context)
    return frame


def for_page(frame: Frame) -> dict[str, object]:
    """Return a frame as pages get it, with the format that they have to agree on."""
    return {**frame, "format": page_format()}


def _shows_in_head(event: Event) -> bool:
    """Tell whether an event can change the head: the sprint, how many tasks it has, and how many of them are done."""
    if event.task is None or event.kind != Event.Kind.UPDATE:
        return True
    return "sprint" in event.changes or Status.DONE in event.changes.get("status", ())


def is_on_board(event: Event, sprint_id: int) -> bool:
    """Tell whether an event is of the sprint itself, of a task in it, or of one in the backlog."""
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
