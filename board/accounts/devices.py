"""Browsers in which an account has logged in before."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from . import users
from .usernames import key_of

DEVICE_KNOWN_FOR = timedelta(days=180)
_device_signer = signing.TimestampSigner(salt="board.logins.device")


def remember_device[R: HttpResponseBase](response: R, user: User) -> R:
    """Return `response`, which lets its browser be known as one in which `user` logged in.

    It stays known until the password changes or the user signs out everywhere else from another browser.
    """
    response.set_cookie(
        _device_cookie(),
        _device_signer.sign_object([key_of(user.username), _device_fingerprints(user)[0]]),
        max_age=DEVICE_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def is_known_device(request: HttpRequest, name: str) -> bool:
    """Tell whether the user with that name (`usernames.key_of`) logged in with this browser, and it still counts."""
    try:
        cookie = request.COOKIES.get(_device_cookie(), "")
        known, fingerprint = _device_signer.unsign_object(cookie, max_age=DEVICE_KNOWN_FOR)
    except signing.BadSignature:
        return False
    user = users.user_named(name) if known == name else None
    return user is not None and any(constant_time_compare(fingerprint, one) for one in _device_fingerprints(user))


def _device_fingerprints(user: User) -> list[str]:
    """Return a text for each secret key, the current one first. It changes with the password and the last sign-out."""
    signed_out_at = users.profile_of(user).signed_out_at
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return [f"{auth_hash} {signed_out_at and signed_out_at.isoformat()}" for auth_hash in hashes]


def _device_cookie() -> str:
    # Named after the session's, so that it has the same prefix behind HTTPS.
    return f"{settings.SESSION_COOKIE_NAME}_device"
