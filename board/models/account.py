from django.conf import settings
from django.db import models


class Profile(models.Model):
    """What there is to say of a person beside Django's account. Who has none is as the defaults say."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    is_reader = models.BooleanField(default=False)
    # Empty: the team's time zone, the browser's language.
    time_zone = models.CharField(max_length=50, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    seen_at = models.DateTimeField(null=True, editable=False)
    # When all browsers but one were signed out; those known before are strange again (board.accounts.devices).
    signed_out_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.user)


class LoginThrottle(models.Model):
    """Failed attempts to log in, of one kind, within an hour of the first (board.accounts.throttling).

    Under keys of their own also: that log-ins came by a proxy that TRUSTED_PROXIES does not count, and which secrets that
    work once were used.
    """

    # The SHA-256 of who tried from where, in hex: people type their passwords into the wrong field.
    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.expires_at}"
