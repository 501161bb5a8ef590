from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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


class Notification(models.Model):
    """An event that concerns a person, and why. Made once from the log (`Counter.notified`).

    `mail_due_at` is the time of the mail about it, None if none is due (any more).
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
    mail_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_notification_an_event", fields=["person", "seq"])]
        indexes = [
            models.Index(fields=["person"], name="notification_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["mail_due_at"], name="notification_mail", condition=Q(mail_due_at__isnull=False)),
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
