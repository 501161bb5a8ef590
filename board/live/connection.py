"""The hub's view of a socket: its client, its message format, and its position in the log."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.contrib.auth.models import User

from board.history.log import State

from .frames import Frame, LockAction, Person, PersonAction, Room

type Clock = Callable[[], float]

ACKNOWLEDGE_WITHIN = 15
HEARTBEAT_EVERY = 15
MESSAGES_PER_SECOND = 20


class Credential(NamedTuple):
    """The authentication of a connection: a session key or token id, its user, and `users.auth_fingerprint`."""

    key: str | int | None
    user_id: int
    fingerprint: str


class FindRevoked(Protocol):
    """A function that returns the credentials that are no longer valid. Queries the database."""

    def __call__(self, credentials: set[Credential]) -> set[Credential]: ...


class MessageFormat(Hashable, Protocol):
    """The messages for a kind of client. Connections with equal formats share rendered frames."""

    @property
    def acknowledges(self) -> bool:
        """Whether clients acknowledge each frame. If not, a sent frame counts as shown."""

    def render(self, board: int, since: int, state: State) -> Frame:
        """Return the frame with the changes of a board after number `since`. Queries the database."""

    def serialize(self, frame: Frame) -> list[str]: ...

    def serialize_lock(self, task_id: int, action: LockAction) -> str | None:
        """Return the message about a lock of another connection, or None if this client gets none."""

    def serialize_person(self, action: PersonAction, user: User) -> str | None:
        """Return the message about a changed account, or None if this client gets none."""


class Transport(Protocol):
    """The consumer of the socket."""

    async def send_text(self, text: str) -> None: ...

    async def close(self, code: int) -> None: ...


class Place(NamedTuple):
    """The position of a connection in the log. Connections with equal places need the same frame."""

    format: MessageFormat
    board: int
    cursor: int


@dataclass(frozen=True, eq=False)
class Client:
    """The remote end of a connection. If `is_present` is set, its person is listed as present on the board."""

    board: int
    person: Person
    is_present: bool
    credential: Credential
    find_revoked: FindRevoked
    format: MessageFormat
    transport: Transport


class Connection:
    """A cursor into the log, with at most one frame in flight.

    Nothing is sent until the client reports which sequence number it shows.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self.client = client
        self.cursor: int | None = None
        self.in_flight = True
        self.wants_reply = False
        self.room_shown: Room | None = None
        # The number of the person's unread notifications, None if it is unknown, and the one that the page shows.
        self.unread: int | None = None
        self.unread_shown: int | None = None
        self.hidden_since: float | None = None
        self._clock = clock
        self._sent_at = clock()
        self._rate = 0, 0

    @property
    def board(self) -> int:
        return self.client.board

    @property
    def place(self) -> Place | None:
        """The place that the next frame starts from, or None while a frame is in flight."""
        if self.cursor is None or self.in_flight:
            return None
        return Place(self.client.format, self.client.board, self.cursor)

    def acknowledge(self, seq: int) -> None:
        """Record that the client shows `seq`. If no frame is in flight, the client is asking for a reply."""
        self.cursor = seq
        self.wants_reply = not self.in_flight
        self.in_flight = False

    def mark_sent(self, frame: Frame | None, room: Room | None) -> None:
        self._sent_at = self._clock()
        self.room_shown, self.unread_shown, self.wants_reply = room, self.unread, False
        if self.client.format.acknowledges:
            self.in_flight = True
        elif frame:
            self.cursor = frame.get("seq", self.cursor)

    def is_silent(self) -> bool:
        return self.in_flight and self._clock() - self._sent_at > ACKNOWLEDGE_WITHIN

    def is_heartbeat_due(self) -> bool:
        return self._clock() - self._sent_at >= HEARTBEAT_EVERY

    def is_rate_limited(self) -> bool:
        """Count a message from the client and return whether it exceeds the limit."""
        now = int(self._clock())
        second, count = self._rate
        self._rate = now, count + 1 if second == now else 1
        return self._rate[1] > MESSAGES_PER_SECOND

    def set_hidden(self, is_hidden: bool) -> None:
        """Record whether the page is hidden, and since when."""
        if not is_hidden:
            self.hidden_since = None
        elif self.hidden_since is None:
            self.hidden_since = self._clock()
