"""The outbox: rows to be sent, and the worker that sends them. Webhooks and mails use it.

Nothing is lost when a process dies: what is to be sent is a row, saved before anything is sent. Every process has a
worker. A worker postpones a row to claim it.
"""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, ClassVar, Protocol
from weakref import WeakValueDictionary

from django.db import DatabaseError, InterfaceError
from django.db.models import F, QuerySet
from django.utils import timezone

from board.live import notifications
from board.live.loop import Loop
from board.live.store import with_connection
from board.models import Dispatch
from board.ops.site_url import set_script_name

logger = logging.getLogger(__name__)

POLL_EVERY = 5
# Seconds after each turn, so that the next one collects the changes of this time.
PAUSE = 0.3
LEASE = timedelta(minutes=1)
# After the first attempt, which is made at once, and after each retry but the last.
RETRY_AFTER = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
]
PRUNE_EVERY = 3600


class Outcome(Protocol):
    """The result of an attempt: the beginning of the response, or an error message."""

    @property
    def response(self) -> str: ...

    @property
    def is_success(self) -> bool: ...


class OutboxWorker[Row: Dispatch, Result: Outcome](ABC):
    """Makes and sends rows on the running event loop. Database queries run in a thread.

    The rows of a recipient are sent in order, until an attempt fails.
    """

    name: ClassVar[str]
    # Concurrent attempts in all and per owner, so that slow receivers do not delay those of other owners.
    max_concurrent: ClassVar[int]
    max_concurrent_per_owner: ClassVar[int]

    def __init__(self) -> None:
        self._loop = Loop(self.name, self._tick, POLL_EVERY)
        self._thread = ThreadPoolExecutor(1, self.name, initializer=set_script_name)

    @abstractmethod
    def make(self) -> None:
        """Make the rows of new events."""

    @abstractmethod
    def find_due(self) -> list[tuple[int, int]]:
        """Return [(recipient's id, owner's id)] of those with due rows."""

    @abstractmethod
    def claim(self, recipient: int) -> Row | None:
        """Claim the oldest due row of a recipient. Return None if there is none."""

    @abstractmethod
    async def send(self, row: Row) -> Result:
        """Send a row once. Errors of the other side become a result, too."""

    @abstractmethod
    def record(self, row: Row, outcome: Result) -> None:
        """Record the outcome of an attempt and schedule the next one."""

    @abstractmethod
    def prune(self) -> None:
        """Delete old rows."""

    def start(self) -> None:
        """Start on the running event loop. Further calls do nothing."""
        if self._loop.is_running():
            return
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(self.max_concurrent)
        self._slots_of_owners: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._pruned_at: float | None = None
        self._loop.start()
        notifications.subscribe(self.wake)

    async def stop(self) -> None:
        """Stop, so that the worker can start on another event loop."""
        notifications.unsubscribe(self.wake)
        await self._loop.stop()
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def wake(self, topic: object = None) -> None:
        """Poll now instead of at the next interval. May be called from any thread."""
        self._loop.call_from_thread(self._loop.wake)

    async def _tick(self) -> float:
        await self.in_thread(self.make)
        for recipient, owner in await self.in_thread(self.find_due):
            if recipient not in self._busy:
                self._busy[recipient] = asyncio.get_running_loop().create_task(self._send_all(recipient, owner))
        if self._pruned_at is None or time.monotonic() - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = time.monotonic()
            await self.in_thread(self.prune)
        return PAUSE

    async def _send_all(self, recipient: int, owner: int) -> None:
        """Send the due rows of a recipient in order, until an attempt fails."""
        owner_slots = self._slots_of_owners.setdefault(owner, asyncio.Semaphore(self.max_concurrent_per_owner))
        try:
            while await self._send_next(recipient, owner_slots):
                pass
        except (DatabaseError, InterfaceError) as error:
            logger.warning(
                "The %s could not record an attempt for %s and will repeat it: %s", self.name, recipient, error
            )
        except Exception:
            logger.exception("The %s failed to send something to %s.", self.name, recipient)
        finally:
            del self._busy[recipient]

    async def _send_next(self, recipient: int, owner_slots: asyncio.Semaphore) -> bool:
        """Send the oldest due row of a recipient. Return whether it succeeded, so that there may be more."""
        # The row is claimed only when it can be sent, because a claim lasts for `LEASE`.
        async with owner_slots, self._slots:
            row = await self.in_thread(self.claim, recipient)
            if row is None:
                return False
            outcome = await self.send(row)
        await self.in_thread(self.record, row, outcome)
        return outcome.is_success

    async def in_thread(self, work: Callable[..., Any], *arguments: object) -> Any:
        """Call a function that uses the database."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, with_connection, work, *arguments)


def claim_first[Row: Dispatch](rows: QuerySet[Row]) -> Row | None:
    """Claim the oldest due row for `LEASE`. Return None if there is none."""
    now = timezone.now()
    for row in rows.filter(due_at__lte=now).order_by("pk")[:5]:
        unclaimed = type(row)._default_manager.filter(pk=row.pk, due_at=row.due_at)
        if unclaimed.update(due_at=now + LEASE, attempts=F("attempts") + 1):
            row.attempts += 1
            return row
    return None


def set_outcome(row: Dispatch, outcome: Outcome, *, is_final: bool = False) -> bool:
    """Set the outcome of an attempt on a row, and when the next one is due. Return whether it was the last one.

    It is the last one if it succeeded, if the schedule is over, or if `is_final` is set.
    """
    now = timezone.now()
    is_last = outcome.is_success or is_final or row.attempts > len(RETRY_AFTER)
    row.attempted_at, row.response = now, outcome.response
    row.delivered_at = now if outcome.is_success else None
    row.due_at = None if is_last else now + RETRY_AFTER[row.attempts - 1]
    return is_last


def save_outcome(row: Dispatch, *others: str) -> bool:
    """Save the outcome of an attempt and `others` of its fields. Return whether the row still exists."""
    names = ("attempted_at", "response", "delivered_at", "due_at", *others)
    rows = type(row)._default_manager.filter(pk=row.pk)
    return bool(rows.update(**{name: getattr(row, name) for name in names}))
