"""The WebSocket consumers of pages. Clients may only acknowledge frames, lock cards and report that they are hidden."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import override

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
# The extension in a scope with a function that sends a text without waiting.
SEND_TEXT = "lightboard.send_text"

type Scope = Mapping[str, Any]


class LiveConsumer(AsyncWebsocketConsumer):
    """A consumer that is connected to the hub. A process may have a thousand of them."""

    connection: Connection | None = None
    may_lock = False

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler of a message.

        The inherited method switches to a thread before each message to close old database connections. That is not
        needed here: `database_sync_to_async` does it, and nothing else uses the database.
        """
        await getattr(self, get_handler_name(message))(message)

    async def send_text(self, text: str) -> None:
        """Send a text by the server's extension, if it has one, or else through Channels."""
        extension = cast(Scope, self.scope.get("extensions") or {}).get(SEND_TEXT)
        if extension:
            extension["send"](text)
        else:
            await self.send(text)

    def join(self, client: Client, since: int | None = None) -> None:
        """Join the hub. `since` is the number up to which the client has all changes, if that is known."""
        hub.start()
        self.connection = hub.join(client, since)

    async def disconnect(self, code: int) -> None:
        if self.connection:
            hub.leave(self.connection)


@dataclass(frozen=True)
class BoardFormat:
    """The messages for pages in a language."""

    language: str
    acknowledges: ClassVar[bool] = True

    def render(self, board: int, since: int, state: State) -> Frame:
        return batches.batches(self.language)(board, since, state)

    def serialize(self, frame: Frame) -> list[str]:
        with override(self.language):
            return [json.dumps(batches.for_page(frame))]

    def serialize_lock(self, task_id: int, action: LockAction) -> None:
        """Return None, because pages get the locks with the room."""

    def serialize_person(self, action: PersonAction, user: User) -> None:
        """Return None. A card shows the new name when it is rendered the next time."""


class BoardConsumer(LiveConsumer):
    """The socket of a board page, in the language of the query (`?language=de`).

    Messages from the page: `{"since": n}` reports that it shows sequence number n (once after connecting, then to
    acknowledge each frame or to ask for changes), `{"hold": task id}` and `{"release": task id}` lock and unlock a card,
    and `{"hidden": 1 or 0}` reports that the tab is hidden or shown.
    Messages to the page: frames as in `batches.batch`, with "room" if it changed and "format", which must match the
    page's; at least every 15 s, even if nothing changed.
    """

    async def connect(self) -> None:
        await self.accept()
        code = self.refusal()
        if code:
            await self.close(code)
            return
        session, user = self.scope["session"], cast(User, self.scope["user"])
        self.may_lock = users.may_write(user)
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
        """Return the code to close a rejected socket with, or None."""
        if not is_own_origin(self.scope):
            return NO_ACCESS
        user = cast(User | AnonymousUser, self.scope["user"])
        return None if user.is_authenticated else LOG_IN

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        connection = self.connection
        if connection is None:
            return
        message = read(text_data)
        # Acknowledgements have no rate limit, because their number follows from the number of changes.
        is_acknowledgement = message is not None and "since" in message and connection.in_flight
        if message is None or (not is_acknowledgement and connection.is_rate_limited()):
            await self.close(BAD_MESSAGE)
        elif "since" in message:
            hub.acknowledge(connection, message["since"])
        elif "hidden" in message:
            hub.set_hidden(connection, bool(message["hidden"]))
        elif not self.may_lock:
            await self.close(NO_ACCESS)
        elif "hold" in message:
            hub.acquire_lock(connection, message["hold"])
        else:
            hub.release_lock(connection, message["release"])


def read(text: str | None) -> dict[str, int] | None:
    """Return the parsed message of a page, or None if it is invalid."""
    message = read_object(text)
    if message is None or len(message) != 1 or not message.keys() <= {"since", "hold", "release", "hidden"}:
        return None
    return message if all(is_number(value) for value in message.values()) else None


def read_object(text: str | None) -> dict[str, Any] | None:
    """Return the parsed JSON object, or None if the text is too long or not a JSON object."""
    if text is None or len(text) > MESSAGE_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def is_number(value: object) -> bool:
    """Return whether an untrusted value is valid as an id or sequence number."""
    return type(value) is int and 0 <= value < 2**63


def is_own_origin(scope: Scope) -> bool:
    """Return whether a socket was opened by a page with the same origin or a trusted one."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    if origin == f"{scheme}://{host}":
        return is_allowed(host, settings.ALLOWED_HOSTS)
    return origin in settings.CSRF_TRUSTED_ORIGINS


def language_of(scope: Scope) -> str:
    """Return the language of the page that opened a socket. A person may have pages in several."""
    query = parse_qs(scope["query_string"].decode("latin1"))
    return languages.supported_language(query.get("language", [""])[0]) or settings.LANGUAGE_CODE


def person(user: User) -> Person:
    """Return the public data of a user on a board."""
    return {"id": user.pk, "name": full_name(user), "initials": initials(user), "colour": colour(user)}
