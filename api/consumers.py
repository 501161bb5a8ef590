"""Who may listen to a sprint as JSON: with a signed channel name, as in `links.channel`."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing

from board.accounts import users
from board.history import log
from board.live.connection import Client, Credential, FindRevoked
from board.live.consumers import (
    BAD_MESSAGE,
    NO_ACCESS,
    LiveConsumer,
    Scope,
    is_number,
    is_own_origin,
    person,
    read_object,
)
from board.live.frames import Frame, LockAction, PersonAction
from board.live.hub import LOG_IN, hub
from board.live.store import find_revoked, find_revoked_sessions

from .event_payloads import EventPayloads
from .models import Token
from .socket_tokens import Holder, consume, password_digest, read_channel

LOCK_ACTIONS = ("dragstart", "dragend", "drop")


class Refused(Exception):
    """A socket that may not stay; `code` is what it is closed with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


@dataclass(frozen=True)
class EventFormat:
    """What clients of the API get: one JSON message for each resource that changed, and the locks of others."""

    payloads: EventPayloads
    acknowledges: ClassVar[bool] = False

    def render(self, board: int, since: int, state: log.State) -> Frame:
        return cast(Frame, self.payloads(board, since, state))

    def serialize(self, frame: Frame) -> list[str]:
        """Return the messages alone: rooms and heartbeats are for pages."""
        return [json.dumps(message) for message in frame.get("messages", ())]

    def serialize_lock(self, task_id: int, action: LockAction) -> str:
        return json.dumps({"model": "task", "id": task_id, "action": action, "body": None})

    def serialize_person(self, action: PersonAction, user: User) -> str:
        return json.dumps(self.payloads.person(action, user))


class EventConsumer(LiveConsumer):
    """A client of the API that listens to one sprint.

    To the client: {"model": "task" | "sprint", "id", "action": "add" | "update" | "remove", "body": the resource as in
    the API, or null, "seq"}; people alike, as "user", without "seq"; and the holds of others: {"model": "task", "id",
    "action": "dragstart" | "dragend" | "drop", "body": null}. From the client: its own holds, {"model": "task", "id",
    "action"}.
    """

    async def connect(self) -> None:
        # A client gets everything that is committed after it was let in.
        newest = await database_sync_to_async(log.newest_number)()
        await self.accept()
        try:
            name, holder, sprint_id = self.read_name()
            user, key, check = await self.admit(holder)
            if not await database_sync_to_async(consume)(name, holder):
                raise Refused(LOG_IN)
        except Refused as refusal:
            await self.close(refusal.code)
            return
        payloads = EventPayloads(host_of(self.scope), self.scope.get("scheme") == "wss", holder)
        self.join(
            Client(
                board=sprint_id,
                person=person(user),
                is_present=False,
                credential=Credential(key, user.pk, users.auth_fingerprint(user)),
                find_revoked=check,
                format=EventFormat(payloads),
                transport=self,
            ),
            since=newest,
        )

    def read_name(self) -> tuple[str, Holder, int]:
        """Return (channel's name that the socket came with, its `Holder`, sprint id). Raises `Refused`."""
        has_origin = any(name == b"origin" for name, _ in self.scope["headers"])
        if has_origin and not is_own_origin(self.scope):
            raise Refused(NO_ACCESS)
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        name = query.get("channel", [""])[0]
        try:
            return name, *read_channel(name)
        except signing.SignatureExpired:
            raise Refused(LOG_IN) from None
        except signing.BadSignature:
            raise Refused(NO_ACCESS) from None

    async def admit(self, holder: Holder) -> tuple[User, str | int | None, FindRevoked]:
        """Return (user, key of the credential, the check that finds it revoked).

        Raises `Refused` when that has ended, the password has changed, or the user is gone or deactivated.
        """
        accounts = get_user_model().objects.select_related("profile")
        user = await accounts.filter(pk=holder.user_id, is_active=True).afirst()
        key: str | int | None = None
        check: FindRevoked = find_revoked_tokens
        token = None
        if holder.log_in:
            key, check = await database_sync_to_async(holder.session_key)(), find_revoked_sessions
        elif holder.token_id:
            token = await Token.objects.valid().filter(pk=holder.token_id).afirst()
            key = token.pk if token else None
        is_over = key is None and (holder.log_in or holder.token_id)
        if user is None or is_over or holder.password != password_digest(user):
            raise Refused(LOG_IN)
        self.may_hold = users.may_write(user) and (token is None or token.may_write)
        return user, key, check

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.connection is None:
            return
        lock = read_lock(text_data)
        if lock is None or self.connection.is_rate_limited():
            await self.close(BAD_MESSAGE)
        elif not self.may_hold:
            await self.close(NO_ACCESS)
        elif lock["action"] == "dragstart":
            hub.hold(self.connection, lock["id"])
        else:
            hub.release(self.connection, lock["id"], lock["action"])


def find_revoked_tokens(credentials: set[Credential]) -> set[Credential]:
    """Return which credentials belong to a token that is no longer valid, or to a user who has changed.

    The key is None for a password.
    """
    tokens = Token.objects.valid().filter(pk__in={credential.key for credential in credentials if credential.key})
    return find_revoked(credentials, {None, *tokens.values_list("pk", flat=True)})


def read_lock(text: str | None) -> dict[str, Any] | None:
    """Return a client's message about a lock, None for anything else."""
    message = read_object(text)
    if message is None or message.get("model") != "task" or message.get("action") not in LOCK_ACTIONS:
        return None
    return message if is_number(message.get("id")) else None


def host_of(scope: Scope) -> str:
    """Return the host that the client asked for."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return headers.get(b"host", b"localhost").decode("latin1")
