from django.conf import settings
from django.db import models


class IdempotencyRecord(models.Model):
    """The response to a request, stored under the request's idempotency key for a day (board.actions.idempotency)."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # SHA-256 in hex.
    request_hash = models.CharField(max_length=64)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_response_a_key", fields=["actor", "key"])]

    def __str__(self) -> str:
        return f"{self.actor_id}: {self.key}"
