"""A person's notifications as lines: one for all of a task, with the latest sentence."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from board.history import log, sentences
from board.history.schema import comment, comments_in
from board.models import Comment, Event, Notification, Sprint, Task
from board.models.notification import LINE
from board.text.markdown import plain_excerpt

from .concerned import Reason


@dataclass(frozen=True)
class Line:
    """A notification as a sentence. `others` is the number of older notifications in the same line."""

    notification: Notification
    actor: User | None
    text: str
    # The beginning of the comment, if it is about one.
    quote: str
    others: int = 0
    is_unread: bool = True

    @property
    def address(self) -> str:
        return address_of(self.notification)


def address_of(one: Notification) -> str:
    """Return the path of the page that a notification is about."""
    if one.task is not None:
        return reverse("task", args=[one.task])
    return reverse("backlog") if one.sprint is None else reverse("sprint", args=[one.sprint])


def groups(person: User, is_unread: bool = False) -> QuerySet[Any, Any]:
    """Return {"newest": number, "count", "unread"} of each line, newest first; with `is_unread`, only of unread ones."""
    found = Notification.objects.filter(person=person).annotate(line=LINE).values("line")
    found = found.annotate(newest=Max("seq"), count=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    return (found.filter(unread__gt=0) if is_unread else found).order_by("-newest")


def lines_of(person: User, page: Collection[dict[str, Any]]) -> list[Line]:
    """Return the lines of some groups, with a constant number of queries."""
    by_seq = {group["newest"]: group for group in page}
    newest = Notification.objects.filter(person=person, seq__in=by_seq).order_by("-seq")
    return [
        replace(line, others=group["count"] - 1, is_unread=group["unread"] > 0)
        for line in describe(list(newest))
        for group in [by_seq[line.notification.seq]]
    ]


def grouped(notifications: Iterable[Notification]) -> list[Line]:
    """Return the lines of notifications that are sorted from new to old."""
    groups: dict[int, list[Notification]] = {}
    for one in notifications:
        groups.setdefault(-one.seq if one.task is None else one.task, []).append(one)
    lines = describe([newest for newest, *_ in groups.values()])
    return [replace(line, others=len(group) - 1) for line, group in zip(lines, groups.values(), strict=True)]


def describe(notifications: Sequence[Notification]) -> list[Line]:
    """Return each notification as a line of its own, in the active language."""
    events = Event.objects.select_related("actor").in_bulk([one.seq for one in notifications])
    names = sentences.names_in(events.values())
    whats = _task_names({event.task for event in events.values() if event.task is not None})
    sprints = Sprint.objects.in_bulk([event.row_id for event in events.values() if event.task is None])
    comments = Comment.objects.in_bulk(comments_in(events.values()))
    lines = []
    for one in notifications:
        event = events[one.seq]
        what = sprints.get(event.row_id) if event.task is None else whats.get(event.task)
        remark = comment(event)
        quoted = comments.get(remark["id"]) if remark else None
        text = _sentence(one, event, what, names)
        lines.append(Line(one, event.actor, text, plain_excerpt(quoted.text) if quoted else ""))
    return lines


def _task_names(tasks: set[int]) -> dict[int, str]:
    """Return {task id: name}, also of deleted tasks."""
    names = dict(Task.objects.filter(pk__in=tasks).values_list("pk", "name"))
    return log.removed_names(tasks - names.keys()) | names


def _sentence(one: Notification, event: Event, what: object, names: sentences.Names) -> str:
    values = {"who": sentences.actor(event), "what": gettext("a task") if what is None else sentences.quoted(what)}
    if one.reason == Reason.MENTIONED:
        in_comment = gettext("%(who)s mentioned you in a comment on %(what)s")
        return (in_comment if comment(event) else gettext("%(who)s mentioned you in %(what)s")) % values
    if event.task is not None and one.task is None:
        if one.reason == Reason.ASSIGNED:
            return gettext("%(who)s assigned several tasks to you") % values
        values["what"] = gettext("several of your tasks")
    elif one.reason == Reason.ASSIGNED:
        return gettext("%(who)s assigned %(what)s to you") % values
    return sentences.describe(event, names, values["what"], values["who"])
