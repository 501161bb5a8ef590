"""Tokens, webhooks and their deliveries."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.history import log
from board.models import Dispatch

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Tokens of log-ins with a password. The ones used last are kept.
MAX_LOG_IN_TOKENS = 20
# Other tokens.
MAX_TOKENS = 50
USE_RECORDED_EVERY = timedelta(minutes=1)
KINDS = {
    "task.add": _("Task created"),
    "task.update": _("Task changed"),
    "task.remove": _("Task deleted"),
    "comment.add": _("Comment added"),
    "comment.update": _("Comment edited"),
    "comment.remove": _("Comment deleted"),
    "sprint.add": _("Sprint created"),
    "sprint.update": _("Sprint changed"),
    "sprint.remove": _("Sprint deleted"),
}
# Why a webhook is off, by the stored reason. It is translated for each reader.
OFF_REASONS = {
    "by": _("Turned off by %(detail)s."),
    "gone": _("The receiver responded with 410 Gone."),
    "since": _("No delivery has succeeded since %(detail)s."),
}


class TokenQuerySet(models.QuerySet["Token"]):
    def valid(self) -> Self:
        """Return the tokens that are neither expired nor revoked, of active users."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, owner__is_active=True)

    def get_by_key(self, key: str) -> "Token":
        """Return the valid token with this key, with its owner. Raises `Token.DoesNotExist`."""
        return self.valid().select_related("owner").get(digest=hash_key(key))


class Token(models.Model):
    """A key with which a program acts for a user. The key is shown once; only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    is_log_in = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField("valid until", null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return gettext("Login with password") if self.is_log_in else self.name

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.WRITE

    @property
    def has_ended(self) -> bool:
        return bool(self.revoked_at or (self.expires_at and self.expires_at <= timezone.now()))

    @transaction.atomic
    def issue(self) -> str:
        """Save the new token and return its key.

        Raises `ValidationError` if the owner has `MAX_TOKENS`. Locks the owner, so that concurrent requests count each
        other's tokens.
        """
        if not self.is_log_in:
            get_user_model().objects.select_for_update().get(pk=self.owner_id)
            self._validate_count()
        key = f"lb_{secrets.token_urlsafe(32)}"
        self.digest = hash_key(key)
        self.save(force_insert=True)
        return key

    def _validate_count(self) -> None:
        if Token.objects.valid().filter(owner=self.owner_id, is_log_in=False).count() >= MAX_TOKENS:
            text = gettext("You have reached the limit of %(count)s tokens. Revoke one you don't need.")
            raise ValidationError(text % {"count": MAX_TOKENS})

    def record_use(self) -> None:
        """Record that the token is in use, at most once a minute."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at >= USE_RECORDED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self) -> None:
        """Revoke the token, which also closes its sockets."""
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])


def log_in(owner: User) -> str:
    """Return the key of a new token for a user who has logged in with a password.

    Deletes all but the `MAX_LOG_IN_TOKENS` used last, because programs may log in daily.
    """
    with transaction.atomic():
        token = Token(owner=owner, name="Login with password", scope=Token.Scope.WRITE, is_log_in=True)
        key = token.issue()
        log_ins = Token.objects.filter(owner=owner, is_log_in=True)
        newest = log_ins.order_by(Coalesce(F("last_used_at"), F("created_at")).desc(), "-pk")[:MAX_LOG_IN_TOKENS]
        log_ins.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return key


def hash_key(key: str) -> str:
    """Return the hash of a key. A key has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> Self:
        """Return the webhooks that a user may manage: their own, or all for admins."""
        return self if user.is_staff else self.filter(owner=user)

    def on(self) -> Self:
        return self.filter(disabled_at=None, owner__is_active=True)


class Webhook(models.Model):
    """A URL that receives messages about changes. The events up to `cursor` have been turned into deliveries.

    `secret` signs the messages, so it is stored in plain text.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.URLField("address", max_length=500, validators=[URLValidator(["http", "https"])])
    kinds = models.JSONField()
    secret = models.CharField(max_length=50, editable=False)
    # The URL of the board, for links in messages.
    site = models.URLField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    cursor = models.BigIntegerField(editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    disabled_reason = models.CharField(max_length=200, editable=False)

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url

    @property
    def kind_labels(self) -> "list[StrPromise]":
        return [KINDS[kind] for kind in self.kinds]

    def register(self) -> str:
        """Save the new webhook, which starts at the newest event, and return its secret."""
        self.secret = f"lbwh_{secrets.token_urlsafe(32)}"
        self.cursor = log.newest_number()
        self.save(force_insert=True)
        return self.secret

    @property
    def off_reason(self) -> str:
        """Why the webhook is off, in the current language."""
        reason, _space, detail = self.disabled_reason.partition(" ")
        if reason not in OFF_REASONS:
            # A sentence, stored by an earlier release.
            return self.disabled_reason
        if reason == "since":
            detail = date_format(timezone.localtime(datetime.fromisoformat(detail)), "MOMENT")
        return OFF_REASONS[reason] % {"detail": detail}

    def disable(self, reason: str, detail: str = "") -> None:
        """Turn the webhook off. `reason` is a key of `OFF_REASONS`, `detail` a name or a time in ISO format."""
        self.disabled_at = timezone.now()
        self.disabled_reason = f"{reason} {detail}".strip()
        self.save(update_fields=["disabled_at", "disabled_reason"])

    def enable(self) -> None:
        """Turn the webhook on. It skips the events since it was turned off, but sends the deliveries that wait."""
        self.disabled_at, self.disabled_reason = None, ""
        self.cursor = log.newest_number()
        self.save(update_fields=["disabled_at", "disabled_reason", "cursor"])


class Delivery(Dispatch):
    """A message to a webhook."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20)
    body = models.TextField()
    status = models.IntegerField(null=True)
    milliseconds = models.IntegerField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["webhook", "due_at"], name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["created_at"], name="delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook_id}"

    @property
    def kind_label(self) -> "StrPromise":
        return KINDS[self.kind]

    def redeliver(self) -> None:
        """Make the delivery due now, with all its attempts."""
        self.attempts, self.due_at, self.delivered_at = 0, timezone.now(), None
        self.save(update_fields=["attempts", "due_at", "delivered_at"])
