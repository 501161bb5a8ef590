"""Who a client of the API is: a person, by a token of theirs or a password, and what that lets them do."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone
from rest_framework import authentication, exceptions, permissions
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from board.accounts import throttling
from board.accounts.middleware import VIEWERS_READ_ONLY
from board.accounts.users import may_write

from .models import Token

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports the classes of the settings, these among them


class BasicAuthentication(authentication.BasicAuthentication):
    """Name and password, judged like a log-in by the page."""

    def authenticate_credentials(self, *args: Any, **kwargs: Any) -> tuple[User, None]:
        try:
            return super().authenticate_credentials(*args, **kwargs)
        except throttling.Refused as error:
            raise refusal(error) from None


def refusal(error: throttling.Refused) -> exceptions.APIException:
    """Return what a client is told that may not log in now: later, or not from there."""
    if isinstance(error, throttling.TooManyAttempts):
        return exceptions.Throttled((error.until - timezone.now()).total_seconds(), str(error))
    return exceptions.PermissionDenied(str(error))


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token lb_…`."""

    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        # The look-up is by hash, so how long it takes tells nothing about any key.
        try:
            token = Token.objects.of_key(key)
        except Token.DoesNotExist:
            raise AuthenticationFailed("This token is unknown, revoked or expired.") from None
        # A disk that is full stops no reader.
        with suppress(DatabaseError):
            token.note_use()
        return token.owner, token


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer lb_…`, the same by its newer name."""

    keyword = "Bearer"


class ScopeAllows(permissions.BasePermission):
    """A token that may only read changes nothing."""

    message = "This token is read-only."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        may_write = not isinstance(request.auth, Token) or request.auth.may_write
        return may_write or request.method in permissions.SAFE_METHODS


class ReadersRead(permissions.BasePermission):
    """Who may only read sends nothing that changes anything."""

    message = VIEWERS_READ_ONLY

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in permissions.SAFE_METHODS or may_write(request.user)
