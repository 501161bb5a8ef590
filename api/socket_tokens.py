"""Signed channel names, which give access to the JSON socket of a sprint for a limited time."""

import secrets
from dataclasses import astuple, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from board.accounts import throttling

LIFETIME = timedelta(minutes=30)
# For log-ins, whose channel names open one socket each.
LOG_IN_LIFETIME = timedelta(seconds=30)
_signer = signing.TimestampSigner(salt="api.channel.of-holder-and-password")


@dataclass(frozen=True)
class Holder:
    """The user of a channel name, and the credentials that it depends on: the password, and a token or a session.

    A channel name can be read, so it contains the session auth hash and a digest of the session key.
    """

    user_id: int
    auth_hash: str
    token_id: int | None = None
    session_digest: str | None = None

    def session_key(self) -> str | None:
        """Return the key of the session, None if it has ended. A team has few sessions, so all are read."""
        keys = Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)
        return next((key for key in keys if _digest(key) == self.session_digest), None)


def holder_of(request: Request) -> Holder | None:
    """Return the holder of a request's credentials, None for an anonymous request."""
    if request.user.is_anonymous:
        return None
    if isinstance(request.successful_authenticator, SessionAuthentication):
        return _holder(request.user, session_digest=_digest(request.session.session_key or ""))
    return _holder(request.user, token_id=getattr(request.auth, "pk", None))


def _holder(user: User, **kwargs: Any) -> Holder:
    return Holder(user.pk, user.get_session_auth_hash(), **kwargs)


def _digest(session_key: str) -> str:
    return sha256(session_key.encode()).hexdigest()[:32]


def channel_for(holder: Holder, sprint_id: int) -> str:
    """Return a channel name that is valid for `LIFETIME`.

    The channel name of a log-in is valid for `LOG_IN_LIFETIME` and only once, see `consume`.
    """
    nonce = secrets.token_urlsafe(12) if holder.session_digest else None
    return _signer.sign_object([*astuple(holder), sprint_id, nonce])


def read_channel(value: str) -> tuple[Holder, int]:
    """Return (`Holder`, sprint id) of a channel name.

    Raises `signing.SignatureExpired` if it has expired, otherwise `signing.BadSignature` if it is not ours.
    """
    *values, sprint_id, _nonce = _signer.unsign_object(value, max_age=LIFETIME)
    holder = Holder(*values)
    if holder.session_digest:
        _signer.unsign(value, max_age=LOG_IN_LIFETIME)
    return holder, sprint_id


def consume(name: str, holder: Holder) -> bool:
    """Use a channel name, and return whether it may open a socket. That of a log-in may once, in all processes."""
    return holder.session_digest is None or throttling.use_once(name)
