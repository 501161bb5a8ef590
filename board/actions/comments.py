"""Comments on tasks. Each change of one is a change of its task, too, whose card shows their number."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext

from board.history.schema import CommentChange
from board.models import Comment, Event, Task
from board.models.fields import BLANK, is_visible

from .changes import Change, Outdated, change, save_row
from .tasks import get_task


def add_comment(by: User | None, task_id: int, text: str, at: datetime | None = None) -> Comment:
    """Write a comment, also on a task of a closed sprint. Raises `Task.DoesNotExist`. For `at`, see `change`."""
    with change(by, at) as this:
        comment = Comment(id=this.first, task_id=task_id, author=by, text=text, created_at=this.at)
        return _save(this, comment, before=None)


def change_comment(
    by: User | None, comment_id: int, text: str | None = None, expect: int | None = None
) -> Comment:
    """Change the text of a comment. Raises `Comment.DoesNotExist`, `Outdated`, and `PermissionDenied` for others' comments."""
    with change(by) as this:
        comment = get_comment(comment_id, expect)
        validate_author(by, comment)
        before = comment.text
        if text not in (None, before):
            comment.text, comment.edited_at = text, this.at
        return _save(this, comment, before)


def remove_comment(by: User | None, comment_id: int, expect: int | None = None) -> Event:
    """Delete a comment. Admins can delete any. Raises `Comment.DoesNotExist`, `Outdated`, `PermissionDenied`."""
    with change(by) as this:
        comment = get_comment(comment_id, expect)
        if not may_remove(by, comment):
            raise PermissionDenied(gettext("You can only delete your own comments."))
        return _remove(this, comment)


def validate_author(by: User | None, comment: Comment) -> None:
    """Raise `PermissionDenied` for others' comments."""
    if not is_author(by, comment):
        raise PermissionDenied(gettext("You can only edit your own comments."))


def may_remove(by: User | None, comment: Comment) -> bool:
    return bool(by and by.is_staff) or is_author(by, comment)


def is_author(by: User | None, comment: Comment) -> bool:
    return comment.author_id == (by.pk if by else None)


def get_comment(comment_id: int, expect: int | None = None) -> Comment:
    comment = Comment.objects.select_related("author").get(pk=comment_id)
    if expect is not None and comment.version != expect:
        raise Outdated(comment)
    return comment


def undo_comment(this: Change, event: Event, was: CommentChange) -> None:
    """Write the reverse of a change of a comment.

    Raises `ValidationError` if someone else made it, or if the comment has changed since.
    """
    if this.by and not (this.by.is_staff or event.actor_id == this.by.pk):
        raise ValidationError(gettext("You can only undo what you did to comments yourself."))
    before, after = was["text"]
    comment = Comment.objects.filter(pk=was["id"]).first()
    if (comment.text if comment else None) != after:
        raise ValidationError(gettext("The comment has changed since."))
    if comment and before is None:
        _remove(this, comment, undoes=event.seq)
        return
    comment = comment or _recreated(event, was)
    comment.text = before or ""
    _save(this, comment, after, undoes=event.seq)


def _recreated(event: Event, was: CommentChange) -> Comment:
    author = User.objects.filter(pk__in=[was["author"]]).first()
    created_at = Event.objects.get(pk=was["id"]).created_at
    return Comment(pk=was["id"], task_id=event.task, author=author, created_at=created_at)


def _save(this: Change, comment: Comment, before: str | None, undoes: int | None = None) -> Comment:
    """Save a comment whose text was `before` (None if there was no comment), unless it is the same."""
    if not is_visible(comment.text):
        raise ValidationError({"text": BLANK})
    comment.clean_fields(exclude={"id", "version", "author", "task", "created_at", "edited_at"})
    task = _save_task(this, comment, [before, comment.text], undoes)
    if task.event:
        comment.version = task.event.seq
        comment.save(force_insert=before is None)
    comment.task = task
    return comment


def _remove(this: Change, comment: Comment, undoes: int | None = None) -> Event:
    task = _save_task(this, comment, [comment.text, None], undoes)
    Comment.objects.filter(pk=comment.pk).delete()
    assert task.event
    return task.event


def _save_task(this: Change, comment: Comment, text: list[str | None], undoes: int | None) -> Task:
    """Save the number of comments of a task, and log the change of a comment. Raises `Task.DoesNotExist`."""
    task, row = get_task(comment.task_id)
    if text[0] == text[1]:
        return task
    task.comment_count += (text[0] is None) - (text[1] is None)
    entry: CommentChange = {"id": comment.pk, "author": comment.author_id, "text": text}
    return save_row(this, task, row, comment=entry, undoes=undoes)
