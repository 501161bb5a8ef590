"""The JSON socket of a sprint. Clients connect with a signed channel name from `links.channel`."""

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
from .socket_tokens import Holder, consume, read_channel

LOCK_ACTIONS = ("dragstart", "dragend", "drop")


class Refused(Exception):
    """Raised to close a socket with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


@dataclass(frozen=True)
class EventFormat:
    """The format for API clients: one JSON message for each resource that changed, and for each lock."""

    payloads: EventPayloads
    acknowledges: ClassVar[bool] = False

    def render(self, board: int, since: int, state: log.State) -> Frame:
        return cast(Frame, self.payloads(board, since, state))

    def serialize(self, frame: Frame) -> list[str]:
        """Return the messages only. Rooms and heartbeats are for pages."""
        return [json.dumps(message) for message in frame.get("messages", ())]

    def serialize_lock(self, task_id: int, action: LockAction) -> str:
        return json.dumps({"model": "task", "id": task_id, "action": action, "body": None})

    def serialize_person(self, action: PersonAction, user: User) -> str:
        return json.dumps(self.payloads.person(action, user))


class EventConsumer(LiveConsumer):
    """An API client that follows one sprint.

    Messages to the client:
    - changes: {"model": "task" | "comment" | "sprint" | "user", "id", "action": "add" | "update" | "remove", "body": the
      resource as in the API, or null, "seq": absent for users};
    - locks of other clients: {"model": "task", "id", "action": "dragstart" | "dragend" | "drop", "body": null}.

    Messages from the client are its own locks: {"model": "task", "id", "action"}.
    """

    async def connect(self) -> None:
        # The client gets everything that is committed from now on.
        newest = await database_sync_to_async(log.newest_number)()
        await self.accept()
        try:
            name, holder, sprint_id = self.read_channel_name()
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

    def read_channel_name(self) -> tuple[str, Holder, int]:
        """Return (channel name, `Holder`, sprint id) of the request. Raises `Refused`."""
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
        """Return (user, key of the credential, function that finds revoked credentials).

        Raises `Refused` if the token or log-in has ended, the password has changed, or the user was deleted or
        deactivated.
        """
        accounts = get_user_model().objects.select_related("profile")
        user = await accounts.filter(pk=holder.user_id, is_active=True).afirst()
        key: str | int | None = None
        check: FindRevoked = find_revoked_tokens
        token = None
        if holder.session_digest:
            key, check = await database_sync_to_async(holder.session_key)(), find_revoked_sessions
        elif holder.token_id:
            token = await Token.objects.valid().filter(pk=holder.token_id).afirst()
            key = token.pk if token else None
        has_ended = key is None and (holder.session_digest or holder.token_id)
        if user is None or has_ended or holder.auth_hash != user.get_session_auth_hash():
            raise Refused(LOG_IN)
        self.may_lock = users.may_write(user) and (token is None or token.may_write)
        return user, key, check

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.connection is None:
            return
        lock = read_lock(text_data)
        if lock is None or self.connection.is_rate_limited():
            await self.close(BAD_MESSAGE)
        elif not self.may_lock:
            await self.close(NO_ACCESS)
        elif lock["action"] == "dragstart":
            hub.acquire_lock(self.connection, lock["id"])
        else:
            hub.release_lock(self.connection, lock["id"], lock["action"])


def find_revoked_tokens(credentials: set[Credential]) -> set[Credential]:
    """Return the credentials whose token is no longer valid, or whose user has changed. A password has the key None."""
    tokens = Token.objects.valid().filter(pk__in={credential.key for credential in credentials if credential.key})
    return find_revoked(credentials, {None, *tokens.values_list("pk", flat=True)})


def read_lock(text: str | None) -> dict[str, Any] | None:
    """Return a client's message about a lock, None for any other message."""
    message = read_object(text)
    if message is None or message.get("model") != "task" or message.get("action") not in LOCK_ACTIONS:
        return None
    return message if is_number(message.get("id")) else None


def host_of(scope: Scope) -> str:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return headers.get(b"host", b"localhost").decode("latin1")
