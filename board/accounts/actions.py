"""All writes of accounts.

Each function runs in a transaction and writes a line to the audit log. `by` is the acting user, or None for a command.
An invalid change raises `ValidationError`, and nothing is saved.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from board.models import Counter, Event, Profile, Task

from .audit_log import name_of, record
from .links import ADMIN_LINK_LASTS, INVITATION_LASTS, find_user_of_link, link_for
from .usernames import mixes_scripts, skeleton_of
from .users import Role, is_invited, role_of

NAME_LENGTH = 150


@transaction.atomic
def invite(by: User | None, username: str, role: Role = Role.MEMBER, email: str = "") -> User:
    """Create a user without a password. `new_link` returns a link to set one.

    Holds the writers' lock until the end of the transaction, so that concurrent invitations can't use the same name.
    """
    Counter.objects.select_for_update().get(pk=1)
    user = get_user_model()(username=get_user_model().normalize_username(username), email=email)
    user.set_unusable_password()
    user.full_clean()
    _validate_username(user.username)
    user.is_staff = role is Role.ADMIN
    user.save()
    if role is Role.VIEWER:
        _save_profile(user, is_viewer=True)
    record("%r was invited as %s by %s", user.username, role, name_of(by))
    return user


def _validate_username(username: str) -> None:
    if mixes_scripts(username):
        raise ValidationError({"username": gettext("Use letters from one alphabet only.")})
    skeleton = skeleton_of(username)
    for name in get_user_model().objects.values_list("username", flat=True):
        if skeleton_of(name) == skeleton:
            text = gettext("This looks too similar to “%(name)s”, which is already taken.")
            raise ValidationError({"username": text % {"name": name}})


@transaction.atomic
def delete_invitation(by: User | None, user: User) -> None:
    """Delete an account that was never used. Raises `ValidationError` unless `can_delete`."""
    user = get_user_model().objects.select_for_update().get(pk=user.pk)
    if not can_delete(user):
        raise ValidationError(gettext("This account has already been used. Deactivate it instead."))
    name = user.username
    user.delete()
    record("the invitation of %r was deleted by %s", name, name_of(by))


def can_delete(user: User) -> bool:
    """Return whether an account was never used: it has no log-in, password, task or event."""
    is_used = Event.objects.filter(actor=user).exists() or Task.objects.filter(assigned=user).exists()
    return is_invited(user) and not is_used


@transaction.atomic
def new_link(by: User | None, user: User) -> tuple[str, timedelta]:
    """Return the token of a password link for a user, and its validity. For an invited user, earlier links expire."""
    is_new = is_invited(user)
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    lasts = INVITATION_LASTS if is_new else ADMIN_LINK_LASTS
    record("a password link for %r was made by %s", user.username, name_of(by))
    return link_for(user, lasts), lasts


@transaction.atomic
def use_link(token: str, password: str, name: str | None = None, with_tokens: bool = False) -> User:
    """Set the password of a link's user, and the name if given, and end all their sessions.

    Also revokes their tokens if `with_tokens` is set. Raises `InvalidLink`, also if the link was used before, and
    `ValidationError` for a password that is too easy to guess.
    """
    user = find_user_of_link(token, get_user_model().objects.select_for_update())
    if name is not None:
        _set_name(user, name)
        user.save(update_fields=["first_name", "last_name"])
    _set_password(user, password)
    record("%r set a password with a link", user.username)
    if with_tokens:
        _revoke_tokens(user)
    return user


# Users' changes of their own account


@transaction.atomic
def change_profile(user: User, *, name: str, email: str, **fields: Any) -> None:
    """Change the name, the email and other fields of the profile."""
    if email != user.email:
        record("%r changed the e-mail address", user.username)
    _set_name(user, name)
    user.email = email
    user.save(update_fields=["first_name", "last_name", "email"])
    _save_profile(user, **fields)


@transaction.atomic
def stop_mails(user: User) -> None:
    """Send a user no more notifications by email."""
    _save_profile(user, mails=Profile.Mails.NONE)
    record("%r unsubscribed from notifications by e-mail", user.username)


@transaction.atomic
def change_password(user: User, password: str, session: str | None, with_tokens: bool = False) -> None:
    """Set a user's password and end their sessions, except the one with the key `session`.

    Also revokes their tokens if `with_tokens` is set.
    """
    _set_password(user, password, session)
    record("%r changed the password", user.username)
    if with_tokens:
        _revoke_tokens(user)


@transaction.atomic
def sign_out(user: User, but: str | None, with_tokens: bool = False) -> int:
    """End a user's sessions, except the one with the key `but`, and forget their known browsers.

    Also revokes their tokens if `with_tokens` is set. Returns the number of sessions ended.
    """
    count = _end_sessions(user, but)
    _save_profile(user, signed_out_at=timezone.now())
    record("%r signed out everywhere else: %s sessions ended", user.username, count)
    if with_tokens:
        _revoke_tokens(user)
    return count


def _revoke_tokens(user: User) -> None:
    tokens = list(user.tokens.valid())
    for token in tokens:
        token.revoke()
    record("%r revoked all tokens: %s", user.username, len(tokens))


def mark_seen(user: User) -> None:
    _save_profile(user, seen_at=timezone.now())


def _set_name(user: User, name: str) -> None:
    """Store the display name as first and last name, which `get_full_name` joins again."""
    first, _, last = name.rpartition(" ")
    user.first_name, user.last_name = (first, last) if first else (last, "")


def _set_password(user: User, password: str, but: str | None = None) -> None:
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _end_sessions(user, but)


def _end_sessions(user: User, but: str | None = None) -> int:
    """Delete a user's sessions. Reads all sessions, because they have no user column, and a team has few."""
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but)
    keys = [row.pk for row in sessions.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    for start in range(0, len(keys), 500):
        Session.objects.filter(pk__in=keys[start : start + 500]).delete()
    return len(keys)


# Admins' changes of accounts


@transaction.atomic
def set_role(by: User | None, user: User, role: Role) -> None:
    if role is not Role.ADMIN:
        _validate_removal_of_admin(
            by, user, gettext("There must be at least one admin. Make someone else an admin first.")
        )
    if role is role_of(user):
        return
    user.is_staff = role is Role.ADMIN
    user.save(update_fields=["is_staff"])
    _save_profile(user, is_viewer=role is Role.VIEWER)
    record("%r was made %s by %s", user.username, role, name_of(by))


@transaction.atomic
def deactivate(by: User | None, user: User) -> None:
    """Deactivate an account and end its sessions. Its tokens stop working. Events and assignments stay."""
    if by == user:
        raise ValidationError(gettext("You can't deactivate your own account. Ask another admin."))
    _validate_removal_of_admin(
        by, user, gettext("You can't deactivate the last admin. Make someone else an admin first.")
    )
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_sessions(user)
    record("%r was deactivated by %s", user.username, name_of(by))


@transaction.atomic
def reactivate(by: User | None, user: User) -> None:
    """Reactivate an account, with its previous password."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("%r was reactivated by %s", user.username, name_of(by))


def _validate_removal_of_admin(by: User | None, user: User, message: str) -> None:
    """Raise `ValidationError` if `user` is the last admin, or if `by` is not another one.

    Locks all admins until the end of the transaction, so that the last two can't demote each other.
    """
    admins = get_user_model().objects.select_for_update().filter(is_staff=True, is_active=True)
    active = {person.pk for person in admins.order_by("pk")}
    if by and by.pk not in active:
        raise ValidationError(gettext("You are no longer an admin."))
    if active == {user.pk}:
        raise ValidationError(message)
    if by == user and user.is_staff:
        raise ValidationError(gettext("You can't remove your own admin role. Ask another admin."))


def _save_profile(user: User, **values: Any) -> None:
    profile, _ = Profile.objects.update_or_create(user=user, defaults=values)
    user.profile = profile
