"""What the API remembers: the keys of its clients."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

LOG_INS_KEPT = 20
USE_NOTED_EVERY = timedelta(minutes=1)


class TokenQuerySet(models.QuerySet):
    def valid(self):
        """The tokens that open something now."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, owner__is_active=True)

    def of_key(self, key):
        """Return the valid token with this key, with its owner. Raises `Token.DoesNotExist`."""
        return self.valid().select_related("owner").get(digest=digest_of(key))


class Token(models.Model):
    """A key with which a program acts for a person. The key itself is shown once and kept nowhere."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Read and write"

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

    def __str__(self):
        return self.name

    @property
    def may_write(self):
        return self.scope == self.Scope.WRITE

    @property
    def is_over(self):
        return bool(self.revoked_at or (self.expires_at and self.expires_at <= timezone.now()))

    def issue(self):
        """Save the new token and return its key, which nobody can find out later."""
        key = f"lb_{secrets.token_urlsafe(32)}"
        self.digest = digest_of(key)
        self.save(force_insert=True)
        return key

    def note_use(self):
        """Remember that the token was used now, to the minute: requests do not each write a row."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at >= USE_NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self):
        """End the token, and with it the sockets that it opened."""
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])


def log_in(owner):
    """Return the key of a new token for somebody who gave a password.

    Of such tokens the `LOG_INS_KEPT` used last stay, so that a program that logs in daily does not pile them up.
    """
    with transaction.atomic():
        token = Token(owner=owner, name="Log-in by password", scope=Token.Scope.WRITE, is_log_in=True)
        key = token.issue()
        log_ins = Token.objects.filter(owner=owner, is_log_in=True)
        newest = log_ins.order_by(Coalesce(F("last_used_at"), F("made_at")).desc(), "-pk")[:LOG_INS_KEPT]
        log_ins.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return key


def digest_of(key):
    """Return what is kept of a key. It has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()
