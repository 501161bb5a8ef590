"""Links for setting a password: invitations and password resets."""

import hashlib
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User, UserManager
from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone

INVITATION_LASTS = timedelta(days=7)
ADMIN_LINK_LASTS = timedelta(days=1)
MAILED_LINK_LASTS = timedelta(hours=1)

_signer = signing.Signer(salt="board.accounts.link")


class InvalidLink(Exception):
    """The link was used, has expired, or is not valid."""


def link_for(user: User, lasts: timedelta) -> str:
    """Return the token of a link that sets the user's password, once, within `lasts`.

    It also expires if the user logs in, gets a new password in another way, or is deactivated.
    """
    return _signer.sign_object([user.pk, _fingerprint(user), int((timezone.now() + lasts).timestamp())])


def user_of_link(token: str) -> User:
    """Return the user of a link. Raises `InvalidLink`."""
    return find_user_of_link(token, get_user_model().objects)


def find_user_of_link(token: str, users: UserManager[User] | QuerySet[User]) -> User:
    try:
        pk, fingerprint, ends = _signer.unsign_object(token)
    except signing.BadSignature:
        raise InvalidLink from None
    user = users.filter(pk=pk, is_active=True).first()
    if user is None or fingerprint != _fingerprint(user) or ends < timezone.now().timestamp():
        raise InvalidLink
    return user


def _fingerprint(user: User) -> str:
    """Return a digest that changes when the link is used, so that it can't be used again."""
    return hashlib.sha256(f"{user.password} {user.last_login}".encode()).hexdigest()[:32]
