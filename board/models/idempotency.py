from django.conf import settings
from django.db import models


class Answer(models.Model):
    """What somebody's request was answered, kept for a day under the key it came with (board.actions.idempotency)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # The SHA-256 of what was asked, in hex.
    asked = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_answer_a_key", fields=["by", "key"])]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.key}"
