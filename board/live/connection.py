"""A socket as the hub sees it: who opened it, how it is spoken to, and how far it has come."""

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
    """What a connection depends on: a session's key or a token's id, its user, and `users.auth_fingerprint`."""

    key: str | int | None
    user_id: int
    fingerprint: str


class FindRevoked(Protocol):
    """Returns which credentials are no longer valid. Asks the database."""

    def __call__(self, credentials: set[Credential]) -> set[Credential]: ...


class MessageFormat(Hashable, Protocol):
    """What a kind of client gets. Connections with equal formats share what is rendered."""

    @property
    def acknowledges(self) -> bool:
        """Whether clients acknowledge each frame; the others are taken to show what was sent."""

    def render(self, board: int, since: int, state: State) -> Frame:
        """Return what changed on a board after number `since`. Asks the database."""

    def serialize(self, frame: Frame) -> list[str]: ...

    def serialize_lock(self, task_id: int, action: LockAction) -> str | None:
        """Return the message about a lock of another connection, None when this client gets none."""

    def serialize_person(self, action: PersonAction, user: User) -> str | None:
        """Return the message about a changed account, None when this client gets none."""


class Transport(Protocol):
    """The consumer of the socket."""

    async def send(self, text_data: str) -> None: ...

    async def close(self, code: int) -> None: ...


class Place(NamedTuple):
    """Where in the log a connection is. Connections at one place need the same frame."""

    format: MessageFormat
    board: int
    cursor: int


@dataclass(frozen=True, eq=False)
class Client:
    """The other end of a connection. Only one with `is_present` is listed among the people on the board."""

    board: int
    person: Person
    is_present: bool
    credential: Credential
    find_revoked: FindRevoked
    format: MessageFormat
    transport: Transport


class Connection:
    """A cursor into the log, with at most one frame in flight.

    Nothing is sent before the client says which sequence number it shows.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self.client = client
        self.cursor: int | None = None
        self.in_flight = True
        self.wants_reply = False
        self.room_shown: Room | None = None
        self.hidden_since: float | None = None
        # Characters that wait for the client to read on.
        self.unread = 0
        self._clock = clock
        self._sent_at = clock()
        self._rate = 0, 0

    @property
    def board(self) -> int:
        return self.client.board

    @property
    def place(self) -> Place | None:
        """The place that the next frame starts from, None while there is a frame in flight."""
        if self.cursor is None or self.in_flight:
            return None
        return Place(self.client.format, self.client.board, self.cursor)

    def acknowledge(self, seq: int) -> None:
        """Note that the client shows `seq`. Without a frame in flight that is a question, which wants a reply."""
        self.cursor = seq
        self.wants_reply = not self.in_flight
        self.in_flight = False

    def mark_sent(self, frame: Frame | None, room: Room | None) -> None:
        self._sent_at = self._clock()
        self.room_shown, self.wants_reply = room, False
        if self.client.format.acknowledges:
            self.in_flight = True
        elif frame:
            self.cursor = frame.get("seq", self.cursor)

    def is_silent(self) -> bool:
        return self.in_flight and self._clock() - self._sent_at > ACKNOWLEDGE_WITHIN

    def is_heartbeat_due(self) -> bool:
        return self._clock() - self._sent_at >= HEARTBEAT_EVERY

    def is_rate_limited(self) -> bool:
        """Count a message from the client, and tell whether it sends too many."""
        now = int(self._clock())
        second, count = self._rate
        self._rate = now, count + 1 if second == now else 1
        return self._rate[1] > MESSAGES_PER_SECOND

    def set_hidden(self, is_hidden: bool) -> None:
        """Note whether anyone can see the page, and since when nobody can."""
        if not is_hidden:
            self.hidden_since = None
        elif self.hidden_since is None:
            self.hidden_since = self._clock()
