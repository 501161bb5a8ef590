"""Authentication of clients by token or password, and the permissions that follow from it."""

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
    """Username and password, throttled like the log-in page."""

    def authenticate_credentials(self, *args: Any, **kwargs: Any) -> tuple[User, None]:
        try:
            return super().authenticate_credentials(*args, **kwargs)
        except throttling.LoginRefused as error:
            raise refusal(error) from None


def refusal(error: throttling.LoginRefused) -> exceptions.APIException:
    """Return the API error for a refused log-in attempt."""
    if isinstance(error, throttling.TooManyAttempts):
        return exceptions.Throttled((error.until - timezone.now()).total_seconds(), str(error))
    return exceptions.PermissionDenied(str(error))


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token lb_…`."""

    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        # The lookup is by hash, so its duration reveals nothing about a key.
        try:
            token = Token.objects.get_by_key(key)
        except Token.DoesNotExist:
            raise AuthenticationFailed("This token is unknown, revoked or expired.") from None
        # A full disk must not stop readers.
        with suppress(DatabaseError):
            token.record_use()
        return token.owner, token


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer lb_…`."""

    keyword = "Bearer"


class TokenScopeAllows(permissions.BasePermission):
    """Rejects changes with a read-only token."""

    message = "This token is read-only."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        may_write = not isinstance(request.auth, Token) or request.auth.may_write
        return may_write or request.method in permissions.SAFE_METHODS


class ViewersReadOnly(permissions.BasePermission):
    """Rejects changes by viewers."""

    message = VIEWERS_READ_ONLY

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in permissions.SAFE_METHODS or may_write(request.user)
