"""What the API remembers: the keys of its clients, and whom it tells of changes."""

import hashlib
import secrets
import uuid
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

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LOG_INS_KEPT = 20
# Beside those of log-ins by password, of which only the newest stay.
MOST_TOKENS = 50
USE_NOTED_EVERY = timedelta(minutes=1)
KINDS = {
    "task.add": _("Task created"),
    "task.update": _("Task changed"),
    "task.remove": _("Task deleted"),
    "sprint.add": _("Sprint created"),
    "sprint.update": _("Sprint changed"),
    "sprint.remove": _("Sprint deleted"),
}
# Why a webhook is off, by what is kept of it: what was written is one language's, what is read the reader's.
WHY_OFF = {
    "by": _("Turned off by %(detail)s."),
    "gone": _("The receiver responded with 410 Gone."),
    "since": _("No delivery has succeeded since %(detail)s."),
}


class TokenQuerySet(models.QuerySet["Token"]):
    def valid(self) -> Self:
        """The tokens that open something now."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, owner__is_active=True)

    def of_key(self, key: str) -> "Token":
        """Return the valid token with this key, with its owner. Raises `Token.DoesNotExist`."""
        return self.valid().select_related("owner").get(digest=digest_of(key))


class Token(models.Model):
    """A key with which a program acts for a person. The key itself is shown once and kept nowhere."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    is_log_in = models.BooleanField(default=False, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
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
    def is_over(self) -> bool:
        return bool(self.revoked_at or (self.expires_at and self.expires_at <= timezone.now()))

    @transaction.atomic
    def issue(self) -> str:
        """Save the new token and return its key, which nobody can find out later.

        Raises `ValidationError` when the owner has `MOST_TOKENS`. Locks the owner, so that requests at once count
        each other's.
        """
        if not self.is_log_in:
            get_user_model().objects.select_for_update().get(pk=self.owner_id)
            self._judge_number()
        key = f"lb_{secrets.token_urlsafe(32)}"
        self.digest = digest_of(key)
        self.save(force_insert=True)
        return key

    def _judge_number(self) -> None:
        if Token.objects.valid().filter(owner=self.owner_id, is_log_in=False).count() >= MOST_TOKENS:
            text = gettext("You have reached the limit of %(count)s tokens. Revoke one you don't need.")
            raise ValidationError(text % {"count": MOST_TOKENS})

    def note_use(self) -> None:
        """Remember that the token was used now, to the minute: requests do not each write a row."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at >= USE_NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self) -> None:
        """End the token, and with it the sockets that it opened."""
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])


def log_in(owner: User) -> str:
    """Return the key of a new token for somebody who gave a password.

    Of such tokens the `LOG_INS_KEPT` used last stay, so that a program that logs in daily does not pile them up.
    """
    with transaction.atomic():
        token = Token(owner=owner, name="Login with password", scope=Token.Scope.WRITE, is_log_in=True)
        key = token.issue()
        log_ins = Token.objects.filter(owner=owner, is_log_in=True)
        newest = log_ins.order_by(Coalesce(F("last_used_at"), F("made_at")).desc(), "-pk")[:LOG_INS_KEPT]
        log_ins.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return key


def digest_of(key: str) -> str:
    """Return what is kept of a key. It has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> Self:
        """The webhooks that somebody looks after: their own, for staff everybody's."""
        return self if user.is_staff else self.filter(owner=user)

    def on(self) -> Self:
        return self.filter(switched_off_at=None, owner__is_active=True)


class Webhook(models.Model):
    """An address that is told of changes. Everything up to the event `cursor` became deliveries, or was not wanted.

    `secret` signs what is sent, so it has to be kept as it is.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.URLField("address", max_length=500, validators=[URLValidator(["http", "https"])])
    kinds = models.JSONField()
    secret = models.CharField(max_length=50, editable=False)
    # Where people reach the board, for the links in what is sent.
    site = models.URLField(editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    cursor = models.BigIntegerField(editable=False)
    switched_off_at = models.DateTimeField(null=True, editable=False)
    switched_off_why = models.CharField(max_length=200, editable=False)

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url

    @property
    def kinds_in_words(self) -> "list[StrPromise]":
        return [KINDS[kind] for kind in self.kinds]

    def open(self) -> str:
        """Save the new webhook, which hears what happens from now on, and return its secret."""
        self.secret = f"lbwh_{secrets.token_urlsafe(32)}"
        self.cursor = log.newest_number()
        self.save(force_insert=True)
        return self.secret

    @property
    def why_off(self) -> str:
        """Why the webhook is off, in the reader's language."""
        why, space, detail = self.switched_off_why.partition(" ")
        if why not in WHY_OFF:
            # Written by an earlier release, as a sentence.
            return self.switched_off_why
        if why == "since":
            detail = date_format(timezone.localtime(datetime.fromisoformat(detail)), "MOMENT")
        return WHY_OFF[why] % {"detail": detail}

    def switch_off(self, why: str, detail: str = "") -> None:
        """Switch off; `why` is one of `WHY_OFF`, `detail` a name, or a moment in ISO form."""
        self.switched_off_at = timezone.now()
        self.switched_off_why = f"{why} {detail}".strip()
        self.save(update_fields=["switched_off_at", "switched_off_why"])

    def switch_on(self) -> None:
        """Go on from now. What happened meanwhile is not sent; what waited is."""
        self.switched_off_at, self.switched_off_why = None, ""
        self.cursor = log.newest_number()
        self.save(update_fields=["switched_off_at", "switched_off_why", "cursor"])


class Delivery(models.Model):
    """One message to one webhook, and how the last attempt to deliver it went.

    `due_at` is when it is tried next, null when nothing more is tried. Who tries puts it off first, so that nobody
    else does, and a process that dies over it costs a minute.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    body = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    milliseconds = models.IntegerField(null=True)
    answer = models.TextField()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["webhook", "due_at"], name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["made_at"], name="delivery_made"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook_id}"

    @property
    def what(self) -> "StrPromise":
        return KINDS[self.kind]

    def redeliver(self) -> None:
        """Try again from the start, soon."""
        self.attempts, self.due_at, self.delivered_at = 0, timezone.now(), None
        self.save(update_fields=["attempts", "due_at", "delivered_at"])
