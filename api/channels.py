"""The signed names of the JSON channels: who may listen to which sprint, and for how long."""

from dataclasses import astuple, dataclass
from datetime import timedelta
from hashlib import sha256

from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication

LIFETIME = timedelta(minutes=30)
_signer = signing.TimestampSigner(salt="api.channel.of-holder")


@dataclass(frozen=True)
class Holder:
    """Whom a channel's name is handed out to, and what it stands and falls with: a token, or a log-in of a browser.

    `log_in` is a digest of its session's key, since anybody can read a name. Who came with a password has neither.
    """

    user_id: int
    token_id: int | None = None
    log_in: str | None = None

    def session_key(self):
        """Return the key of the session of the log-in, None when it is over. A team has few enough to read."""
        keys = Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)
        return next((key for key in keys if _digest(key) == self.log_in), None)


def holder_of(request):
    """Return who asks the API, None for nobody."""
    if request.user.is_anonymous:
        return None
    if isinstance(request.successful_authenticator, SessionAuthentication):
        return Holder(request.user.pk, log_in=_digest(request.session.session_key))
    return Holder(request.user.pk, token_id=getattr(request.auth, "pk", None))


def _digest(session_key):
    return sha256(session_key.encode()).hexdigest()[:32]


def channel_for(holder, sprint_id):
    """Return the name under which a `Holder` may listen to this sprint, for `LIFETIME` from now."""
    return _signer.sign_object([*astuple(holder), sprint_id])


def read_channel(value):
    """Return (`Holder`, sprint id) of a channel's name.

    Raises `signing.BadSignature` for a name that `channel_for` did not make, and its subclass
    `signing.SignatureExpired` for one that is older than `LIFETIME`.
    """
    *holder, sprint_id = _signer.unsign_object(value, max_age=LIFETIME)
    return Holder(*holder), sprint_id
