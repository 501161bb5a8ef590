"""A loop that takes a turn when it is woken, and otherwise after a number of seconds: of the hub and of the webhook worker."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from django.db import DatabaseError, InterfaceError

from .connection import Clock

logger = logging.getLogger(__name__)


class Loop:
    """Calls `tick` repeatedly. `tick` returns the seconds to pause after it.

    After an error the loop logs it under its name, waits and continues.
    """

    def __init__(
        self, name: str, tick: Callable[[], Awaitable[float]], every: float, clock: Clock = time.monotonic
    ) -> None:
        self.every = every
        # The clock's time when the last turn began.
        self.turned_at: float | None = None
        self._name = name
        self._tick = tick
        self._clock = clock
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def is_running(self) -> bool:
        """Return whether it runs on the running event loop."""
        return bool(self._tasks) and self._tasks[0].get_loop() is asyncio.get_running_loop()

    def start(self) -> None:
        """Start on the running event loop."""
        self._wake = asyncio.Event()
        self.turned_at = self._clock()
        self._tasks = []
        self.run_beside(self._run())

    def run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine as well, until the loop is stopped."""
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def wake(self) -> None:
        """Take the next turn now."""
        self._wake.set()

    def call_from_thread[*Args](self, function: Callable[[*Args], object], *args: *Args) -> None:
        """Call a function on the event loop, from any thread. Does nothing if the loop isn't running."""
        for task in self._tasks[:1]:
            task.get_loop().call_soon_threadsafe(function, *args)

    async def stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.every)
            self._wake.clear()
            self.turned_at = self._clock()
            await asyncio.sleep(await self._take_turn())

    async def _take_turn(self) -> float:
        try:
            return await self._tick()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The %s could not query the database and will retry: %s", self._name, error)
        except Exception:
            logger.exception("The %s failed and continues.", self._name)
        return self.every
