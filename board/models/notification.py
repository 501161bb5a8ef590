from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from .dispatch import Dispatch
from .task import Task


class Following(models.Model):
    """A person's wish to be notified of a task, or not to be, whatever else would notify them."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, models.DO_NOTHING, db_constraint=False, related_name="+")
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_wish_a_task", fields=["person", "task"])]

    def __str__(self) -> str:
        return f"{self.person_id} {'follows' if self.is_on else 'ignores'} {self.task_id}"


class Mail(Dispatch):
    """A mail about the notifications that refer to it and are still unread when it is sent."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # "task-12", "change-345" (several tasks) or "day". Mail programs group mails with the same thread.
    thread = models.CharField(max_length=30)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mail_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.thread} to {self.person_id}"


# The line that shows a notification: its task, or minus the number of an event that is about no one task.
LINE = Coalesce("task", ExpressionWrapper(-F("seq"), models.BigIntegerField()))


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)

    def count_unread(self, people: Collection[int]) -> dict[int, int]:
        """Return {person id: number of lines with unread notifications}, without those who have none."""
        lines = self.unread().filter(person__in=people).values("person_id").order_by()
        return dict(lines.annotate(count=Count(LINE, distinct=True)).values_list("person_id", "count"))


class Notification(models.Model):
    """An event that concerns a person, and why. Made once from the log (`Counter.notified`).

    If a change of several tasks concerns a person more than once, there is one for its first event, without a task.
    """

    class Reason(models.TextChoices):
        # The order is that of importance: of several reasons, the first counts.
        MENTIONED = "mentioned", _("Mentioned")
        ASSIGNED = "assigned", _("Assigned")
        COMMENTED = "commented", _("Commented")
        CHANGED = "changed", _("Changed")
        SPRINT = "sprint", _("Sprint")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    # The number of the event.
    seq = models.BigIntegerField()
    reason = models.CharField(max_length=9, choices=Reason)
    task = models.BigIntegerField(null=True)
    sprint = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_notification_an_event", fields=["person", "seq"])]
        indexes = [
            models.Index(fields=["person"], name="notification_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.seq} for {self.person_id}: {self.reason}"


class LastSeen(models.Model):
    """What a person last saw of a sprint's board (0 for the backlog): the newest number, and when."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    board = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_last_look_a_board", fields=["person", "board"])]

    def __str__(self) -> str:
        return f"{self.person_id} saw {self.seq} of {self.board}"
