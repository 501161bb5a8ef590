"""Known devices: browsers in which an account has logged in before."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from board.text.usernames import key_of

from . import users

DEVICE_KNOWN_FOR = timedelta(days=180)
_device_signer = signing.TimestampSigner(salt="board.logins.device")


def remember_device[R: HttpResponseBase](response: R, user: User) -> R:
    """Set the cookie that identifies the browser as a known device of `user`, and return `response`.

    The device is known until the password changes, or until the user signs it out from another browser.
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
    """Return whether the browser is a known device of the user with this name (`usernames.key_of`)."""
    try:
        cookie = request.COOKIES.get(_device_cookie(), "")
        known, fingerprint = _device_signer.unsign_object(cookie, max_age=DEVICE_KNOWN_FOR)
    except signing.BadSignature:
        return False
    user = users.user_named(name) if known == name else None
    return user is not None and any(constant_time_compare(fingerprint, one) for one in _device_fingerprints(user))


def _device_fingerprints(user: User) -> list[str]:
    """Return a fingerprint for each secret key, the current one first.

    They change with the password and when the user signs out everywhere else.
    """
    signed_out_at = users.profile_of(user).signed_out_at
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return [f"{auth_hash} {signed_out_at and signed_out_at.isoformat()}" for auth_hash in hashes]


def _device_cookie() -> str:
    # Named after the session cookie, to have the same prefix (`__Host-`) with HTTPS.
    return f"{settings.SESSION_COOKIE_NAME}_device"
