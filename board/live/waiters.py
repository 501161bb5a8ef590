"""Requests that wait for the next event."""

import asyncio
import contextlib


class Waiters:
    """The requests that wait until the log has grown, and the newest number that is known."""

    def __init__(self) -> None:
        self.newest: int | None = None
        self._is_released = False
        self._condition = asyncio.Condition()

    async def wait(self, since: int, seconds: float) -> None:
        """Wait for an event after number `since`, at most so many seconds."""

        def is_over() -> bool:
            return self._is_released or (self.newest is not None and self.newest > since)

        async with self._condition:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._condition.wait_for(is_over), seconds)

    async def announce(self, newest: int) -> None:
        """Wake the requests that waited for an event up to `newest`."""
        self.newest = newest
        async with self._condition:
            self._condition.notify_all()

    async def release(self) -> None:
        """Wake all requests, and let none wait from now on."""
        self._is_released = True
        async with self._condition:
            self._condition.notify_all()
