"""What a person does with their own notifications. None of it is in the log."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from board.live import notifications
from board.models import Comment, Following, Notification, Task
from board.models.notification import NotificationQuerySet


def mark_line_read(notification: Notification) -> None:
    """Mark a notification and all others of the same task as read."""
    line = Q(pk=notification.pk) if notification.task is None else Q(task=notification.task)
    _mark_read(Notification.objects.filter(line, person=notification.person_id))


def mark_task_read(person: User, task_id: int) -> None:
    _mark_read(person.notifications.filter(task=task_id))


def mark_all_read(person: User, until: int) -> None:
    """Mark all notifications of events up to number `until` as read."""
    _mark_read(person.notifications.filter(seq__lte=until))


def _mark_read(found: NotificationQuerySet) -> None:
    """Mark notifications as read, without a write if they are."""
    unread = found.unread()
    if unread.exists() and unread.update(read_at=timezone.now()):
        transaction.on_commit(lambda: notifications.publish(notifications.NOTIFICATION), robust=True)


def is_following(person: User, task: Task) -> bool:
    """Return whether a person is notified of comments on a task."""
    wish = Following.objects.filter(person=person, task=task).first()
    if wish:
        return wish.is_on
    return task.assigned_id == person.pk or Comment.objects.filter(task=task, author=person).exists()


def follow(person: User, task: Task, is_on: bool) -> None:
    """Follow a task, or have no more notifications of it but mentions and assignments."""
    Following.objects.update_or_create(person=person, task=task, defaults={"is_on": is_on})
