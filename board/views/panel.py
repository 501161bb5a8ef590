"""What the panel of a task shows: the task, its comments and its history in one stream."""

from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple, TypedDict

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from board import actions
from board.accounts.users import UserRequest, may_write
from board.history import sentences
from board.models import Comment, Task
from board.notify import actions as notify
from board.references import mentions_of, references
from board.views.forms.comments import CommentForm

from .shortcuts import new_key

# The newest entries of the stream. The others come when the reader asks for them.
ENTRIES = 40


class Fact(NamedTuple):
    """A field of a task as text, or a person. `url` is that of its form, if people change it."""

    field: str
    label: str
    text: str
    url: str = ""
    person: User | None = None
    is_move: bool = False


class Entry(TypedDict, total=False):
    """A comment, or a line of the history. `number` is that of its event."""

    number: int
    at: datetime
    comment: Comment
    may_edit: bool
    may_delete: bool
    text: str


def panel_context(request: UserRequest, task: Task, form: CommentForm | None = None) -> dict[str, Any]:
    """Return the context of board/panel.html. Takes a constant number of queries."""
    entries, is_cut = stream(request, task.pk, None if "all" in request.GET else ENTRIES)
    comments = [entry["comment"].text for entry in entries if "comment" in entry]
    is_closed = bool(task.sprint and task.sprint.is_closed)
    return {
        "task": task,
        "task_url": task.get_absolute_url(),
        "facts": facts(task),
        "references": references([task.description, *comments]),
        "mentions": mentions_of(task),
        "is_following": notify.is_following(request.user, task),
        "may_edit": may_write(request.user) and not is_closed,
        "key": new_key(),
        "entries": entries,
        "is_cut": is_cut,
        "comment_form": form or CommentForm(task_id=task.pk),
        "is_closed": is_closed,
    }


def facts(task: Task) -> list[Fact]:
    """Return what a task is besides its name and description, with the form that changes it."""

    def url(field: str) -> str:
        return reverse("edit_field", args=[task.pk, field])

    def day(value: date | None) -> str:
        return date_format(value, "DAY_AND_YEAR") if value else gettext("No date")

    points = pgettext("points", "None") if task.points is None else str(task.points)
    found = [
        Fact(
            "column", gettext("Column"), str(task.column.label), reverse("move_task", args=[task.pk]), is_move=True
        ),
        Fact("assigned", gettext("Assigned to"), gettext("Nobody"), url("assigned"), task.assigned),
        Fact("points", gettext("Points"), points, url("points")),
        Fact("due", gettext("Due"), day(task.due), url("due")),
    ]
    if task.started:
        found.append(Fact("started", gettext("Started"), day(task.started)))
    if task.completed:
        found.append(Fact("completed", gettext("Completed"), day(task.completed)))
    return found


def stream(request: UserRequest, task_id: int, limit: int | None) -> tuple[list[Entry], bool]:
    """Return the newest entries, oldest first, and whether there are more."""
    more = None if limit is None else limit + 1
    comments = Comment.objects.filter(task=task_id).select_related("author").order_by("-pk")[:more]
    writer = request.user if may_write(request.user) else None
    entries: list[Entry] = [comment_entry(writer, comment) for comment in comments]
    entries += [
        {"number": line["seq"], "at": line["at"], "text": line["text"]} for line in sentences.story(task_id, more)
    ]
    entries.sort(key=itemgetter("number"))
    return (entries, False) if limit is None else (entries[-limit:], len(entries) > limit)


def comment_entry(writer: User | None, comment: Comment) -> Entry:
    return {
        "number": comment.pk,
        "at": comment.created_at,
        "comment": comment,
        "may_edit": writer is not None and actions.is_author(writer, comment),
        "may_delete": writer is not None and actions.may_remove(writer, comment),
    }
