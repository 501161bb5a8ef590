"""The signed names of the JSON channels: who may listen to which sprint, and for how long."""

from datetime import timedelta

from django.core import signing

LIFETIME = timedelta(minutes=30)
_signer = signing.TimestampSigner(salt="api.channel.of-token")


def channel_for(user, token, sprint_id):
    """Return the name under which this user may listen to this sprint, for `LIFETIME` from now.

    `token` is the `Token` that the user came with, and that the channel stands and falls with; None without one.
    """
    return _signer.sign_object([user.pk, token and token.pk, sprint_id])


def read_channel(value):
    """Return (user id, token id or None, sprint id) of a channel's name.

    Raises `signing.BadSignature` for a name that `channel_for` did not make, and its subclass
    `signing.SignatureExpired` for one that is older than `LIFETIME`.
    """
    user_id, token_id, sprint_id = _signer.unsign_object(value, max_age=LIFETIME)
    return user_id, token_id, sprint_id
