"""The sender, which sends each connection its next frame without waiting for slow clients."""

import asyncio
import logging
from collections.abc import Collection, Coroutine
from typing import Any, Protocol

from .connection import Connection, Place
from .frames import Frame, Room

logger = logging.getLogger(__name__)

TRY_LATER = 1013


class ConnectionOwner(Protocol):
    """The interface of the hub to the sender."""

    def leave(self, connection: Connection) -> None: ...


class Sender:
    """Sends to each connection in a separate task, so that a slow client doesn't delay others."""

    def __init__(self, owner: ConnectionOwner) -> None:
        self._owner = owner
        self._tasks: set[asyncio.Task[None]] = set()

    def send_frames(
        self, connections: Collection[Connection], frames: dict[Place, Frame], rooms: dict[int, Room]
    ) -> int:
        """Send a frame to each connection that needs one, and return the number of frames sent.

        A frame is serialized once for all connections at the same place.
        """
        serialized: dict[tuple[Place, bool, int | None], list[str]] = {}
        sent = 0
        for connection in connections:
            place = connection.place
            if place is None:
                continue
            frame, room = frames.get(place), rooms.get(place.board)
            has_new_room = room is not connection.room_shown
            unread = connection.unread if connection.unread != connection.unread_shown else None
            if not (
                frame
                or has_new_room
                or unread is not None
                or connection.wants_reply
                or connection.is_heartbeat_due()
            ):
                continue
            key = place, has_new_room, unread
            if key not in serialized:
                serialized[key] = _serialize(place, frame, room if has_new_room else None, unread)
            connection.mark_sent(frame, room)
            self.send(connection, serialized[key])
            sent += 1
        return sent

    def send(self, connection: Connection, texts: list[str]) -> None:
        """Send texts in order. `management.websocket.Socket` limits what a client leaves unread."""
        if texts:
            self._start(self._deliver(connection, texts))

    def close(self, connection: Connection, code: int) -> None:
        self._start(connection.client.transport.close(code))

    async def _deliver(self, connection: Connection, texts: list[str]) -> None:
        try:
            for text in texts:
                await connection.client.transport.send_text(text)
        except BaseException:
            self._owner.leave(connection)
            raise

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # Most texts can be sent immediately, without another iteration of the event loop.
        task = asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
        if task.done():
            self._finish(task)
        else:
            self._tasks.add(task)
            task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.info("A connection was lost: %r", task.exception())


def _serialize(place: Place, frame: Frame | None, room: Room | None, unread: int | None) -> list[str]:
    whole: Frame = {**(frame or {"seq": place.cursor})}
    if room is not None:
        whole["room"] = room
    if unread is not None:
        whole["unread"] = unread
    return place.format.serialize(whole)
