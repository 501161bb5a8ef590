"""The poller, which queries the database once for all connections, in a separate thread."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django.contrib.auth.models import User

from board.history.log import State
from board.ops.site_url import set_script_name

from .connection import Clock, Connection, Credential, FindRevoked, Place
from .frames import Frame, PersonAction
from .store import Store, with_connection

CHECK_SESSIONS_EVERY = 5


class PersonChange(NamedTuple):
    action: PersonAction
    user: User


class Poller:
    """The hub's queries: changes since each cursor, changed accounts, and revoked credentials.

    Database errors are passed on. The next call queries again.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._state: State | None = None
        self._frames: dict[Place, Frame] = {}
        self._people_count: int | None = None
        self._people: dict[int, User] | None = None
        self._checked_at = clock()
        self._is_check_requested = False
        self._thread = ThreadPoolExecutor(1, "hub", initializer=set_script_name)

    async def poll(self, places: Collection[Place]) -> tuple[State, dict[Place, Frame]]:
        """Return the state of the log, and the frames of the places that are behind it.

        A frame is rendered once, even if the connections at its place ask for it in different polls.
        """
        state, frames = await self._run(self._read, places)
        self._state, self._frames = state, frames
        return state, frames

    def _read(self, places: Collection[Place]) -> tuple[State, dict[Place, Frame]]:
        state = self._store.read_state()
        frames = self._frames if state == self._state else {}
        for place in places:
            if place.cursor != state[0] and place not in frames:
                frames[place] = place.format.render(place.board, place.cursor, state)
        return state, frames

    async def find_people_changes(self, count: int) -> list[PersonChange]:
        """Return the changes of accounts since the last call, if `count` (`State.people`) has changed.

        Accounts are not in the log, so they are compared with those of the last call.
        """
        if count == self._people_count:
            return []
        people = await self._run(self._store.read_people)
        before, self._people, self._people_count = self._people, people, count
        return [] if before is None else compare_people(before, people)

    async def count_unread(self, people: Collection[int]) -> dict[int, int]:
        return await self._run(self._store.count_unread, people)

    def request_check(self) -> None:
        """Request a check of all credentials before the next frames are sent."""
        self._is_check_requested = True

    def is_check_requested(self) -> bool:
        return self._is_check_requested

    def is_check_due(self) -> bool:
        return self._is_check_requested or self._clock() - self._checked_at >= CHECK_SESSIONS_EVERY

    async def find_revoked(self, connections: Collection[Connection]) -> list[Connection]:
        """Return the connections whose credentials are no longer valid."""
        self._checked_at, self._is_check_requested = self._clock(), False
        credentials: dict[FindRevoked, set[Credential]] = defaultdict(set)
        for one in connections:
            credentials[one.client.find_revoked].add(one.client.credential)
        revoked = {check: await self._run(check, of_kind) for check, of_kind in credentials.items()}
        return [one for one in connections if one.client.credential in revoked[one.client.find_revoked]]

    async def _run[*A, T](self, work: Callable[[*A], T], *arguments: *A) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, with_connection, work, *arguments)


def compare_people(before: dict[int, User], now: dict[int, User]) -> list[PersonChange]:
    """Return the publicly visible differences between two {id: user}."""
    both = sorted(now.keys() & before.keys())
    return [
        *(PersonChange("add", now[pk]) for pk in sorted(now.keys() - before.keys())),
        *(PersonChange("update", now[pk]) for pk in both if _public_fields(now[pk]) != _public_fields(before[pk])),
        *(PersonChange("remove", before[pk]) for pk in sorted(before.keys() - now.keys())),
    ]


def _public_fields(user: User) -> tuple[str, str, bool]:
    return user.get_username(), user.get_full_name(), user.is_active
