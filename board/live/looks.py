"""What people see on the pages that are shown, saved beside the hub's loop, which never waits for it."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.utils import timezone

from board.actions import Look

from .connection import Clock, Connection
from .loop import Loop
from .store import Store, with_connection

SAVE_EVERY = 60
# Seconds after saving. Meanwhile, more pages are hidden and closed, as when a process stops.
PAUSE = 1


class Looks:
    """Saves what a page showed when it is hidden or closed, and once a minute what all pages show.

    A hidden page shows nobody anything, nor does a program.
    """

    def __init__(self, connections: Iterable[Connection], store: Store, clock: Clock) -> None:
        self._connections = connections
        self._store = store
        self._clock = clock
        self._saved_at = clock()
        self._looks: list[Look] = []
        self._thread = ThreadPoolExecutor(1, "looks")
        self.loop = Loop("recorder of looks", self.flush, SAVE_EVERY, clock)

    def end(self, connection: Connection) -> None:
        """Note that the page of a connection is about to be hidden or was closed."""
        if look := look_of(connection):
            self.add(look)
            self.loop.wake()

    def add(self, look: Look) -> None:
        """Add a look, which is saved within a minute."""
        self._looks.append(look)

    async def flush(self) -> float:
        looks, self._looks = self._looks, []
        if self._clock() - self._saved_at >= SAVE_EVERY:
            self._saved_at = self._clock()
            looks += filter(None, map(look_of, self._connections))
        if not looks:
            return 0
        work = asyncio.get_running_loop().run_in_executor
        await work(self._thread, with_connection, self._store.save_looks, looks)
        return PAUSE


def look_of(connection: Connection) -> Look | None:
    """Return what a person sees now on the page of a connection, or None if nobody does."""
    client = connection.client
    if not client.is_present or connection.hidden_since is not None or connection.cursor is None:
        return None
    return Look(client.person["id"], client.board, connection.cursor, timezone.now())
