"""The authentication backend.

Pages, Basic authentication and the API's token endpoint all call `django.contrib.auth.authenticate`, which calls
`Backend`. So the limits on failed attempts apply to all of them.
"""

import threading
from typing import Any

from cachetools import TTLCache
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables

from . import audit_log, users
from .client_address import address_of, is_on_this_machine
from .throttling import (
    Limits,
    LoginRefused,
    TooManyAttempts,
    are_exhausted,
    attempt_limits,
    count_attempts,
    delete_expired_throttles,
    uncount_attempts,
)


class DemoAccountRefused(LoginRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext(
                "Demo accounts can only log in on the machine that runs Lightboard. Change the password "
                "there, or set DEMO_ANYWHERE=1."
            )
        )


class Backend(ModelBackend):
    """A `ModelBackend` with limits on failed attempts. Raises `LoginRefused` if it did not check the password."""

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        limits = attempt_limits(request, username)
        # Failed attempts of others at the same address don't lock out clients with a recently verified password.
        user = recently_verified(username, password, limits[:1])
        if user is None:
            user = self._verify(request, username, password, limits)
        # Only demo accounts have such passwords, because forms reject them.
        if user and password == user.username and not (settings.DEMO_ANYWHERE or is_on_this_machine(request)):
            raise DemoAccountRefused
        return user

    @sensitive_variables("password")
    def _verify(self, request: HttpRequest, username: str, password: str, limits: Limits) -> User | None:
        try:
            counted = count_attempts(limits)
        except TooManyAttempts:
            audit_log.record("log-in refused: too many attempts from %r", address_of(request))
            raise
        known = users.user_named(username)
        user = super().authenticate(request, known.username if known else username, password)
        if user is None:
            # An unknown name is not logged, because it may be a password.
            audit_log.record(
                "log-in failed: %s from %r", repr(known.username) if known else "unknown name", address_of(request)
            )
            return None
        uncount_attempts(counted)
        with _verified_lock:
            _verified[_mac(user, password)] = True
        return user

    def get_user(self, user_id: Any) -> User | None:
        """Return the active user with this id, or None. Loads the profile in the same query."""
        try:
            user = get_user_model().objects.select_related("profile").get(pk=user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None


def begin(request: Any, user: User, **kwargs: Any) -> None:
    """Start the lifetime of a new session and delete expired sessions. Receiver of `user_logged_in`."""
    request.session.begin()
    request.session.clear_expired()
    audit_log.record("%r logged in from %r", user.username, address_of(request))
    delete_expired_throttles()


def end(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Record a log-out. Receiver of `user_logged_out`."""
    if user:
        audit_log.record("%r logged out from %r", user.username, address_of(request))


# Recently verified passwords. API clients send theirs with each request, and hashing it takes 0.1 s.

_verified: TTLCache[bytes, bool] = TTLCache(maxsize=10_000, ttl=300)
_verified_lock = threading.Lock()


@sensitive_variables("password")
def recently_verified(username: str, password: str, limits: Limits) -> User | None:
    """Return the active user with this password if it was verified recently and has not changed, else None.

    Returns None while one of the limits is exhausted, so the cache can't be used to guess passwords.
    """
    user = get_user_model().objects.select_related("profile").filter(username=username, is_active=True).first()
    if user is None:
        return None
    with _verified_lock:
        is_known = _mac(user, password) in _verified
    return user if is_known and not are_exhausted(limits) else None


@sensitive_variables("password")
def _mac(user: User, password: str) -> bytes:
    """Return the cache key of a user's password. It changes with the stored password hash and the secret key."""
    return salted_hmac(
        "board.logins.verified", f"{user.pk}\0{user.password}\0{password}", algorithm="sha256"
    ).digest()
