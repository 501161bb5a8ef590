from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Profile(models.Model):
    """Fields of an account that Django's `User` lacks. A user without a profile has the default values."""

    class Mails(models.TextChoices):
        AT_ONCE = "once", _("Mentions and assignments at once")
        DAILY = "daily", _("Everything once a day")
        NONE = "none", _("None")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    is_viewer = models.BooleanField(default=False)
    # Empty for the team's time zone and the browser's language.
    time_zone = models.CharField(max_length=50, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    mails = models.CharField(
        _("notifications by email"), max_length=6, choices=Mails, default=Mails.AT_ONCE, db_default=Mails.AT_ONCE
    )
    # The hour of the day's mail, in the user's time zone.
    mail_hour = models.PositiveSmallIntegerField(default=8, db_default=8, validators=[MaxValueValidator(23)])
    seen_at = models.DateTimeField(null=True, editable=False)
    # When the user signed out everywhere else. Browsers known before that are forgotten (board.accounts.devices).
    signed_out_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.user)


class LoginThrottle(models.Model):
    """A counter of failed log-in attempts within an hour of the first (board.accounts.throttling).

    Two other facts are stored under keys of their own: that log-ins came through a proxy that TRUSTED_PROXIES does not
    count, and which one-time secrets have been used.
    """

    # SHA-256 in hex of the username and address. Hashed because people type passwords into the wrong field.
    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.expires_at}"
