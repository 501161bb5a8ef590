"""The hub's database queries."""

from collections.abc import Callable, Collection
from typing import Protocol

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from board import actions
from board.accounts import users
from board.history import log
from board.models import Notification

from .connection import Credential


class Store(Protocol):
    def read_state(self) -> log.State:
        """Return the newest sequence number and the number of account changes."""

    def read_people(self) -> dict[int, User]:
        """Return {id: user} of all accounts."""

    def count_unread(self, people: Collection[int]) -> dict[int, int]:
        """Return {person's id: number of unread notifications}, without those who have none."""

    def save_looks(self, looks: list[actions.Look]) -> None:
        """Save what people saw."""


class DatabaseStore:
    """The store used outside of tests."""

    def read_state(self) -> log.State:
        return log.state()

    def read_people(self) -> dict[int, User]:
        return User.objects.in_bulk()

    def count_unread(self, people: Collection[int]) -> dict[int, int]:
        return Notification.objects.count_unread(people)

    def save_looks(self, looks: list[actions.Look]) -> None:
        actions.record_looks(looks)


def with_connection[*A, T](work: Callable[[*A], T], *arguments: *A) -> T:
    """Call `work` with this thread's database connection, which stays open unless there is an error."""
    try:
        return work(*arguments)
    except (DatabaseError, InterfaceError):
        connection.close()
        raise


def find_revoked_sessions(credentials: set[Credential]) -> set[Credential]:
    """Return the credentials whose session has ended or whose user has changed."""
    keys = {credential.key for credential in credentials}
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return find_revoked(credentials, set(sessions.values_list("session_key", flat=True)))


def find_revoked(credentials: set[Credential], valid_keys: set[str | int | None]) -> set[Credential]:
    """Return the credentials whose key is not valid, or whose user is inactive or has a new password or role."""
    active = User.objects.filter(is_active=True).select_related("profile")
    fingerprints = {
        pk: users.auth_fingerprint(user)
        for pk, user in active.in_bulk({credential.user_id for credential in credentials}).items()
    }
    return {
        credential
        for credential in credentials
        if credential.key not in valid_keys or credential.fingerprint != fingerprints.get(credential.user_id)
    }
