"""Requests that wait for new events."""

import asyncio
import contextlib


class Waiters:
    """The requests that wait for new events, and the newest known sequence number."""

    def __init__(self) -> None:
        self.newest: int | None = None
        self._is_released = False
        self._condition = asyncio.Condition()

    async def wait(self, since: int, seconds: float) -> None:
        """Wait for an event after number `since`, for at most `seconds`."""

        def is_over() -> bool:
            return self._is_released or (self.newest is not None and self.newest > since)

        async with self._condition:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._condition.wait_for(is_over), seconds)

    async def announce(self, newest: int) -> None:
        """Wake the requests that wait for an event up to `newest`."""
        self.newest = newest
        async with self._condition:
            self._condition.notify_all()

    async def release(self) -> None:
        """Wake all requests. Later requests don't wait."""
        self._is_released = True
        async with self._condition:
            self._condition.notify_all()
