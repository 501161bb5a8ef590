"""Who a client of the API is, as REST framework has it; what board.logins refuses is an answer, not an error."""

from django.utils import timezone
from rest_framework import authentication, exceptions

from board import logins


class BasicAuthentication(authentication.BasicAuthentication):
    def authenticate_credentials(self, *args, **kwargs):
        try:
            return super().authenticate_credentials(*args, **kwargs)
        except logins.Refused as error:
            raise refusal(error) from None


def refusal(error):
    """Return what a client is told that may not log in now: later, or not from there."""
    if isinstance(error, logins.TooManyTries):
        return exceptions.Throttled((error.until - timezone.now()).total_seconds(), str(error))
    return exceptions.PermissionDenied(str(error))
