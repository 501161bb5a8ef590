"""Who a client of the API is: a person, by a token of theirs (the other ways are REST framework's own)."""

from contextlib import suppress

from django.db import DatabaseError
from rest_framework import authentication, permissions
from rest_framework.exceptions import AuthenticationFailed

from .models import Token


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token lb_…`."""

    def authenticate_credentials(self, key):
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

    message = "This token may only read."

    def has_permission(self, request, view):
        may_write = not isinstance(request.auth, Token) or request.auth.may_write
        return may_write or request.method in permissions.SAFE_METHODS
