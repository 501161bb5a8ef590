"""The relay, which exchanges notifications with the other processes through the channel layer."""

import asyncio
import contextlib
import logging
import uuid
from typing import Any, Protocol, cast

from channels.layers import BaseChannelLayer

from .frames import LockAction, ProcessMessage, RoomReport

logger = logging.getLogger(__name__)

# Increase the number when the keys of messages change, so that different releases don't read each other's.
GROUP = "lightboard-live-3"
REPORT_EVERY = 4
SEND_WITHIN = 2
TRY_AGAIN_AFTER = 1


class RelayOwner(Protocol):
    """The interface of the hub to the relay."""

    def receive(self, message: ProcessMessage) -> None: ...

    def report_rooms(self) -> list[RoomReport]: ...


class Relay:
    """Sends and receives messages of processes. While the channel layer is down, processes still poll the database."""

    def __init__(self, layer: BaseChannelLayer, owner: RelayOwner) -> None:
        self._process = uuid.uuid4().hex
        self._layer = layer
        self._owner = owner
        self._topics: set[str] = set()
        self._locks: list[tuple[int, int, LockAction]] = []
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Send and receive until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive())
            tasks.create_task(self._send())

    def add_topic(self, topic: str) -> None:
        """Forward a topic that was published in this process."""
        self._topics.add(topic)
        self._wake.set()

    def add_lock(self, board: int, task_id: int, action: LockAction) -> None:
        self._locks.append((board, task_id, action))
        self._wake.set()

    def wake(self) -> None:
        """Report the rooms now."""
        self._wake.set()

    async def _receive(self) -> None:
        while True:
            try:
                channel = await self._layer.new_channel()
                await self._layer.group_add(GROUP, channel)
                while True:
                    message = cast(ProcessMessage, await self._layer.receive(channel))
                    if message["process"] != self._process:
                        self._owner.receive(message)
            except Exception as error:
                logger.warning(
                    "The channel layer is unavailable (%s). Changes of other processes are polled once a second.",
                    error,
                )
                await asyncio.sleep(TRY_AGAIN_AFTER)

    async def _send(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), REPORT_EVERY)
            self._wake.clear()
            if message := self._take_message():
                try:
                    await asyncio.wait_for(
                        self._layer.group_send(GROUP, cast(dict[str, Any], message)), SEND_WITHIN
                    )
                except Exception as error:
                    logger.warning(
                        "The channel layer is unavailable (%s). Other processes poll changes once a second.", error
                    )

    def _take_message(self) -> ProcessMessage | None:
        """Return the next message and clear the queues, or None if there is nothing to send."""
        topics, self._topics = self._topics, set()
        locks, self._locks = self._locks, []
        rooms = self._owner.report_rooms()
        if not (topics or locks or rooms):
            return None
        return {"process": self._process, "topics": sorted(topics), "rooms": rooms, "locks": locks}
