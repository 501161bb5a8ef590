"""The signed names of the JSON channels: who may listen to which sprint, and for how long."""

import secrets
from dataclasses import astuple, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from board.accounts import throttling

LIFETIME = timedelta(minutes=30)
# Of a name for a page, which opens one socket.
LIFETIME_OF_LOG_IN = timedelta(seconds=30)
_signer = signing.TimestampSigner(salt="api.channel.of-holder-and-password")


@dataclass(frozen=True)
class Holder:
    """Whom a channel's name is handed out to, and what it stands and falls with: the password, and a token or a
    log-in of a browser.

    `password` and `log_in` are digests, of the password's hash and of the session's key, since anybody can read a name.
    """

    user_id: int
    password: str
    token_id: int | None = None
    log_in: str | None = None

    def session_key(self) -> str | None:
        """Return the key of the session of the log-in, None when it is over. A team has few enough to read."""
        keys = Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)
        return next((key for key in keys if _digest(key) == self.log_in), None)


def holder_of(request: Request) -> Holder | None:
    """Return who asks the API, None for nobody."""
    if request.user.is_anonymous:
        return None
    if isinstance(request.successful_authenticator, SessionAuthentication):
        return _holder(request.user, log_in=_digest(request.session.session_key or ""))
    return _holder(request.user, token_id=getattr(request.auth, "pk", None))


def _holder(user: User, **kwargs: Any) -> Holder:
    return Holder(user.pk, password_digest(user), **kwargs)


def password_digest(user: User) -> str:
    """Return what changes with the user's password and tells nothing about it."""
    return salted_hmac("api.channels.password", user.password, algorithm="sha256").hexdigest()[:32]


def _digest(session_key: str) -> str:
    return sha256(session_key.encode()).hexdigest()[:32]


def channel_for(holder: Holder, sprint_id: int) -> str:
    """Return the name under which a `Holder` may listen to this sprint, for `LIFETIME` from now.

    A log-in's names last `LIFETIME_OF_LOG_IN`, and each is another one: `consume` takes it once.
    """
    nonce = secrets.token_urlsafe(12) if holder.log_in else None
    return _signer.sign_object([*astuple(holder), sprint_id, nonce])


def read_channel(value: str) -> tuple[Holder, int]:
    """Return (`Holder`, sprint id) of a channel's name.

    Raises `signing.BadSignature` for a name that `channel_for` did not make, and its subclass
    `signing.SignatureExpired` for one that has had its time.
    """
    *values, sprint_id, _nonce = _signer.unsign_object(value, max_age=LIFETIME)
    holder = Holder(*values)
    if holder.log_in:
        _signer.unsign(value, max_age=LIFETIME_OF_LOG_IN)
    return holder, sprint_id


def consume(name: str, holder: Holder) -> bool:
    """Use a name that `read_channel` took; tell whether it opens a socket. A log-in's does so once, in all processes."""
    return holder.log_in is None or throttling.use_once(name)
