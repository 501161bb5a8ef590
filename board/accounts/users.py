"""What an account says about its user: role, profile, whether an invitation is open."""

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
    """A request of a logged-in user. The middleware sends everyone else to the log-in page."""

    user: User
    htmx: "HtmxDetails"


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    READER = "reader", _("Viewer")
    STAFF = "staff", _("Admin")


def role_of(user: AnyUser) -> Role:
    """Return the `Role` of a user."""
    if profile_of(user).is_reader:
        return Role.READER
    return Role.STAFF if user.is_staff else Role.MEMBER


def may_write(user: AnyUser) -> bool:
    """Tell whether a user may change anything but their own account."""
    return role_of(user) is not Role.READER


def auth_fingerprint(user: User) -> str:
    """Return text that changes with the password or the role; a socket is closed when it does."""
    return f"{user.get_session_auth_hash()}:{may_write(user)}"


def profile_of(user: AnyUser) -> Profile:
    """Return the user's `Profile`, a new and unsaved one when there is none."""
    # Everything that asks this needs a log-in.
    person = cast(User, user)
    try:
        return person.profile
    except Profile.DoesNotExist:
        return Profile(user=person)


def is_invited(user: User) -> bool:
    """Tell whether a user never had a password: the invitation is open, or none was made yet."""
    return user.last_login is None and not user.has_usable_password()


def last_seen(user: User) -> datetime | None:
    """Return when the user was last here, give or take an hour; None for never."""
    return max(filter(None, [user.last_login, profile_of(user).seen_at]), default=None)


def has_accounts() -> bool:
    """Tell whether anybody can log in here, or is invited."""
    return get_user_model().objects.exists()


def has_demo_accounts() -> bool:
    """Tell whether the demo's first account is there with the demo's password."""
    demo = get_user_model().objects.filter(username="demo").first()
    return demo is not None and demo.check_password("demo")


def user_named(username: str) -> User | None:
    """Return the user with this username, whatever its case; None when there is none."""
    return find_user(username, get_user_model().objects.all())


def has_tokens(user: User) -> bool:
    """Tell whether a program can act for a user now."""
    return user.tokens.valid().exists()
