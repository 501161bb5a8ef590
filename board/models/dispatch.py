import uuid

from django.db import models
from django.utils import timezone


class Dispatch(models.Model):
    """A message to someone outside, and the result of the last attempt to send it: a delivery to a webhook, or a mail.

    `due_at` is the time of the next attempt, None if there is none. A worker postpones it before an attempt, so that no
    other worker makes the same attempt; if the process dies, the message is due again after a minute
    (board.notify.outbox).
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.IntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    response = models.TextField()

    class Meta:
        abstract = True
