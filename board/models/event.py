from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q


class Counter(models.Model):
    """A single row with the newest sequence number. Every write locks it first (board.actions).

    `people` counts changes of accounts. They are not in the log, but cards show people's names. The events up to
    `notified` have been turned into notifications.
    """

    value = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    notified = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return str(self.value)


class Event(models.Model):
    """A change of a sprint or task, written in the transaction of the change and never altered.

    `changes` maps each changed field to [before, after], as JSON values (dates in ISO format, people and sprints
    by id). For a created row, every field is null before; for a deleted row, null after.
    """

    class Kind(models.TextChoices):
        ADD = "add"
        UPDATE = "update"
        REMOVE = "remove"

    seq = models.BigIntegerField(primary_key=True)
    created_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    task = models.BigIntegerField(null=True)
    # The sprint after the change, and the sprint that the change moved the task out of, if any.
    sprint = models.BigIntegerField(null=True)
    from_sprint = models.BigIntegerField(null=True)
    changes = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["task", "seq"], name="event_of_task"),
            models.Index(fields=["sprint", "seq"], name="event_of_sprint"),
            models.Index(
                fields=["from_sprint", "seq"], name="event_from_sprint", condition=Q(from_sprint__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.kind} {'sprint' if self.task is None else 'task'}"

    @property
    def row_id(self) -> int:
        """Return the id of the task or sprint that changed."""
        return cast(int, self.sprint if self.task is None else self.task)
