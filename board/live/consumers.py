"""The sockets of pages. The hub decides what they are sent; clients may only acknowledge, lock cards and say they are hidden."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User

from board.accounts import languages, users
from board.history.log import State
from board.live import batches
from board.ops.hosts import is_allowed
from board.templatetags.people import colour, full_name, initials

from .connection import Client, Connection, Credential
from .frames import Frame, LockAction, Person, PersonAction
from .hub import LOG_IN, hub
from .store import find_revoked_sessions

BAD_MESSAGE = 1008
NO_ACCESS = 4403
MESSAGE_BYTES = 1024

type Scope = Mapping[str, Any]


class LiveConsumer(AsyncWebsocketConsumer):
    """A socket that the hub sends to. There may be a thousand of them in a process."""

    connection: Connection | None = None
    may_hold = False

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler of a message.

        Channels' own visits a thread before each message, to close old database connections. `database_sync_to_async`
        does that too, and nothing else here asks the database.
        """
        await getattr(self, get_handler_name(message))(message)

    def join(self, client: Client, since: int | None = None) -> None:
        """Join the hub. With `since`, the client is known to have everything up to that number."""
        hub.start()
        self.connection = hub.join(client, since)

    async def disconnect(self, code: int) -> None:
        if self.connection:
            hub.leave(self.connection)


@dataclass(frozen=True)
class BoardFormat:
    """What pages in a language get."""

    language: str
    acknowledges: ClassVar[bool] = True

    def render(self, board: int, since: int, state: State) -> Frame:
        return batches.batches(self.language)(board, since, state)

    def serialize(self, frame: Frame) -> list[str]:
        return [json.dumps(batches.for_page(frame))]

    def serialize_lock(self, task_id: int, action: LockAction) -> None:
        """Return nothing: pages get the locks with the room."""

    def serialize_person(self, action: PersonAction, user: User) -> None:
        """Return nothing: a card shows a new name when it is rendered next."""


class BoardConsumer(LiveConsumer):
    """A page that shows a board, in the language that it names in the query: `?language=de`.

    From the page: `{"since": n}`, it shows sequence number n (first as a greeting, then as the acknowledgement of each
    frame, or as a question), `{"hold": task id}` and `{"release": task id}`, and `{"hidden": 1 or 0}` when its tab
    is hidden or shown.
    To the page: frames as in `batches.batch`, with "room" when that changed, and with "format", which the page has to
    agree on; at least every 15 s, even when nothing changed.
    """

    async def connect(self) -> None:
        await self.accept()
        code = self.refusal()
        if code:
            await self.close(code)
            return
        session, user = self.scope["session"], cast(User, self.scope["user"])
        self.may_hold = users.may_write(user)
        self.join(
            Client(
                board=self.scope["url_route"]["kwargs"]["sprint_id"],
                person=person(user),
                is_present=True,
                credential=Credential(session.session_key, user.pk, users.auth_fingerprint(user)),
                find_revoked=find_revoked_sessions,
                format=BoardFormat(language_of(self.scope)),
                transport=self,
            )
        )

    def refusal(self) -> int | None:
        """Return the code to close with at once, None when the socket may stay."""
        if not is_own_origin(self.scope):
            return NO_ACCESS
        user = cast(User | AnonymousUser, self.scope["user"])
        return None if user.is_authenticated else LOG_IN

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        connection = self.connection
        if connection is None:
            return
        message = read(text_data)
        # Acknowledgements are not limited: there are as many as there are changes.
        is_acknowledgement = message is not None and "since" in message and connection.in_flight
        if message is None or (not is_acknowledgement and connection.is_rate_limited()):
            await self.close(BAD_MESSAGE)
        elif "since" in message:
            hub.acknowledge(connection, message["since"])
        elif "hidden" in message:
            connection.set_hidden(bool(message["hidden"]))
        elif not self.may_hold:
            await self.close(NO_ACCESS)
        elif "hold" in message:
            hub.hold(connection, message["hold"])
        else:
            hub.release(connection, message["release"])


def read(text: str | None) -> dict[str, int] | None:
    """Return the message of a page, None when no page of ours sends that."""
    message = read_object(text)
    if message is None or len(message) != 1 or not message.keys() <= {"since", "hold", "release", "hidden"}:
        return None
    return message if all(is_number(value) for value in message.values()) else None


def read_object(text: str | None) -> dict[str, Any] | None:
    """Return the JSON object that came over a socket, None for anything else or a long one."""
    if text is None or len(text) > MESSAGE_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def is_number(value: object) -> bool:
    """Tell whether a value from outside can be an id or a sequence number."""
    return type(value) is int and 0 <= value < 2**63


def is_own_origin(scope: Scope) -> bool:
    """Tell whether a socket was opened by a page of ours: same scheme, host and port, or a trusted origin."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    if origin == f"{scheme}://{host}":
        return is_allowed(host, settings.ALLOWED_HOSTS)
    return origin in settings.CSRF_TRUSTED_ORIGINS


def language_of(scope: Scope) -> str:
    """Return the language of the page that opened a socket: a person may have pages in two."""
    query = parse_qs(scope["query_string"].decode("latin1"))
    return languages.supported_language(query.get("language", [""])[0]) or settings.LANGUAGE_CODE


def person(user: User) -> Person:
    """Return a user as the others on a board see them."""
    return {"id": user.pk, "name": full_name(user), "initials": initials(user), "colour": colour(user)}
