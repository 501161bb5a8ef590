"""Queries about users: role, profile, and state of the account."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from board.models import Profile

from .usernames import find_user

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

type AnyUser = User | AnonymousUser


class UserRequest(HttpRequest):
    """A request of a logged-in user. The middleware redirects everyone else to the log-in page."""

    user: User
    htmx: "HtmxDetails"


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    VIEWER = "viewer", _("Viewer")
    ADMIN = "admin", _("Admin")


def role_of(user: AnyUser) -> Role:
    if profile_of(user).is_viewer:
        return Role.VIEWER
    return Role.ADMIN if user.is_staff else Role.MEMBER


def may_write(user: AnyUser) -> bool:
    """Return whether a user may change more than their own account."""
    return role_of(user) is not Role.VIEWER


def auth_fingerprint(user: User) -> str:
    """Return a string that changes with the password or the role. Sockets are closed when it does."""
    return f"{user.get_session_auth_hash()}:{may_write(user)}"


def profile_of(user: AnyUser) -> Profile:
    """Return the user's profile, or a new unsaved one."""
    # All callers require a log-in.
    person = cast(User, user)
    try:
        return person.profile
    except Profile.DoesNotExist:
        return Profile(user=person)


def is_invited(user: User) -> bool:
    """Return whether a user has never set a password."""
    return user.last_login is None and not user.has_usable_password()


def last_seen(user: User) -> datetime | None:
    """Return when the user was last active, accurate to an hour, or None for never."""
    return max(filter(None, [user.last_login, profile_of(user).seen_at]), default=None)


def has_accounts() -> bool:
    return get_user_model().objects.exists()


def has_demo_accounts() -> bool:
    """Return whether the account `demo` exists with the demo's password."""
    demo = get_user_model().objects.filter(username="demo").first()
    return demo is not None and demo.check_password("demo")


def user_named(username: str) -> User | None:
    """Return the user with this username, ignoring case, or None (see `find_user`)."""
    return find_user(username, get_user_model().objects.all())


def has_tokens(user: User) -> bool:
    """Return whether a user has valid API tokens."""
    return user.tokens.valid().exists()
