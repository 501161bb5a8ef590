"""The hub of the process: it polls the database once for all connections and sends each its next frame.

The database is the source of truth. A notification only makes the hub poll earlier than once a second. Everything runs
on the event loop, except the poller's queries, which run in a separate thread.
"""

import asyncio
import time
from contextlib import suppress

from channels.layers import get_channel_layer
from django.db import DatabaseError, InterfaceError

from board.actions import Look

from . import notifications
from .bells import Bells
from .connection import Client, Clock, Connection
from .frames import LockAction, ProcessMessage, RoomReport
from .locks import CardLocks
from .looks import Looks
from .loop import Loop
from .poller import Poller
from .presence import Presence
from .registry import Registry
from .relay import Relay
from .sender import TRY_LATER, Sender
from .store import DatabaseStore, Store
from .waiters import Waiters

POLL_EVERY = 1
# Seconds per connection that the hub pauses after sending frames. Meanwhile, acknowledgements arrive and requests run,
# and the changes made are sent together.
PAUSE_PER_CONNECTION = 0.0004
# Seconds that a process that stops waits until what people saw is saved.
SAVE_WITHIN = 1

RESTARTING = 1012
LOG_IN = 4401
# Closes a hidden page in favour of another page of the same login. It reconnects when it is shown.
GIVE_WAY = 4408


class Hub:
    """The owner of the parts below. On each turn of its loop it expires locks, polls, and sends frames."""

    def __init__(self, store: Store | None = None, clock: Clock = time.monotonic) -> None:
        self.is_stopping = False
        self._clock = clock
        self._registry = Registry()
        self._locks = CardLocks(clock, self._lock_changed)
        self._presence = Presence(clock, self._locks)
        self._bells = Bells(clock)
        store = store or DatabaseStore()
        self._poller = Poller(store, clock)
        self._looks = Looks(self._registry, store, clock)
        self._sender = Sender(self)
        self._waiters = Waiters()
        self._relay: Relay | None = None
        self._loop = Loop("hub", self._tick, POLL_EVERY, clock)

    # Start and stop

    def start(self) -> None:
        """Start the loop on the running event loop, unless it runs there already."""
        if self._loop.is_running():
            return
        for connection in self._registry:
            self.leave(connection)
        self._waiters = Waiters()
        self._loop.start()
        self._looks.loop.start()
        if layer := get_channel_layer("notifications"):
            self._relay = Relay(layer, self)
            self._loop.run_beside(self._relay.run())
        notifications.subscribe(self._notify)

    async def stop(self) -> None:
        notifications.unsubscribe(self._notify)
        await self._looks.loop.stop()
        await self._loop.stop()

    @property
    def polled_at(self) -> float | None:
        """The clock's time when the hub last began to poll, or None before the start."""
        return self._loop.turned_at

    async def drain(self) -> None:
        """Close all connections, wake waiting requests, and reject new connections. Called when the process stops."""
        self.is_stopping = True
        for connection in self._registry:
            self.dismiss(connection, RESTARTING)
        with suppress(DatabaseError, InterfaceError, TimeoutError):
            await asyncio.wait_for(self._looks.flush(), SAVE_WITHIN)
        await self._waiters.release()

    async def wait_for_event(self, since: int, seconds: float) -> None:
        """Wait for an event after number `since`, for at most `seconds`."""
        await self._waiters.wait(since, seconds)

    # Connections

    def join(self, client: Client, since: int | None = None) -> Connection:
        """Add a connection for a client, or close it if there are too many.

        The client gets its first frame after it has acknowledged a number. `since` counts as such.
        """
        connection = Connection(client, self._clock)
        if since is not None:
            connection.acknowledge(since)
        if self.is_stopping:
            self._sender.close(connection, RESTARTING)
        elif not self._registry.has_room_for(client.credential):
            self._sender.close(connection, TRY_LATER)
        else:
            if displaced := self._registry.find_displaced(client.credential):
                self.dismiss(displaced, GIVE_WAY)
            self._registry.add(connection)
            self._presence.join(connection)
            self._loop.wake()
        return connection

    def leave(self, connection: Connection) -> None:
        """Remove a connection and release its locks."""
        if connection in self._registry:
            self._looks.end(connection)
        self._registry.discard(connection)
        self._presence.leave(connection)
        self._locks.release_all(connection)
        self._loop.wake()

    def dismiss(self, connection: Connection, code: int) -> None:
        """Remove a connection and close it."""
        self.leave(connection)
        self._sender.close(connection, code)

    def acknowledge(self, connection: Connection, seq: int) -> None:
        """Record that a client shows number `seq`, and send the next frame if it is not up to date."""
        connection.acknowledge(seq)
        if connection.wants_reply or self._is_outdated(connection):
            self._loop.wake()

    def _is_outdated(self, connection: Connection) -> bool:
        room = self._presence.rooms.get(connection.board)
        return connection.cursor != self._waiters.newest or connection.room_shown is not room

    def set_hidden(self, connection: Connection, is_hidden: bool) -> None:
        """Record whether the page of a connection is hidden."""
        if is_hidden:
            self._looks.end(connection)
        connection.set_hidden(is_hidden)

    def see(self, look: Look) -> None:
        """Note what a page without a socket shows. May be called from any thread."""
        self._loop.call_from_thread(self._looks.add, look)

    # Locks

    def acquire_lock(self, connection: Connection, task_id: int) -> bool:
        """Lock a card or renew its lock. Returns False if another connection holds it."""
        return self._locks.acquire(connection, task_id)

    def release_lock(self, connection: Connection, task_id: int, action: LockAction = "dragend") -> None:
        """Release a lock, if the connection holds it."""
        self._locks.release(connection, task_id, action)

    def _lock_changed(self, holder: Connection, task_id: int, action: LockAction) -> None:
        self._send_lock(holder.board, task_id, action, holder)
        if self._relay:
            self._relay.add_lock(holder.board, task_id, action)
        self._loop.wake()

    def _send_lock(self, board: int, task_id: int, action: LockAction, holder: Connection | None = None) -> None:
        for one in self._registry:
            if one.board == board and one is not holder:
                text = one.client.format.serialize_lock(task_id, action)
                self._sender.send(one, [text] if text else [])

    # Notifications

    def _notify(self, topic: notifications.Topic) -> None:
        """Receive a notification of this process. Called from any thread."""
        self._loop.call_from_thread(self._receive_topic, topic)

    def _receive_topic(self, topic: notifications.Topic) -> None:
        self._handle_topics([topic])
        if self._relay:
            self._relay.add_topic(topic)

    def receive(self, message: ProcessMessage) -> None:
        """Handle a message of another process."""
        self._presence.receive(message["process"], message["rooms"])
        for board, task_id, action in message["locks"]:
            self._send_lock(board, task_id, action)
        self._handle_topics(message["topics"])

    def _handle_topics(self, topics: list[notifications.Topic]) -> None:
        if notifications.REVOKE in topics:
            self._poller.request_check()
        if notifications.NOTIFICATION in topics:
            self._bells.request_count()
        self._loop.wake()

    def report_rooms(self) -> list[RoomReport]:
        """Return this process's rooms for the other processes."""
        return self._presence.report()

    # A turn of the loop

    async def _tick(self) -> float:
        """Expire locks and connections, poll the database, and send each connection its next frame.

        Returns the seconds to pause before the next turn.
        """
        self._locks.expire()
        self._refresh_presence()
        self._dismiss_silent()
        # A revoked session must not get this frame. The regular check below runs after sending, to delay no frame.
        if self._poller.is_check_requested():
            await self._dismiss_revoked()
        places = {one: one.place for one in self._registry if one.place}
        (newest, people), frames = await self._poller.poll(set(places.values()))
        await self._count_unread()
        ready = {one for one in places if one in self._registry}
        sent = self._sender.send_frames(ready, frames, self._presence.rooms)
        await self._send_people_changes(people)
        await self._announce(newest, ready)
        if self._poller.is_check_due():
            await self._dismiss_revoked()
        return len(self._registry) * PAUSE_PER_CONNECTION if sent else 0

    def _refresh_presence(self) -> None:
        if self._presence.refresh() and self._relay:
            self._relay.wake()

    def _dismiss_silent(self) -> None:
        for connection in self._registry:
            if connection.is_silent():
                self.dismiss(connection, TRY_LATER)

    async def _count_unread(self) -> None:
        if due := self._bells.take_due(self._registry):
            counts = await self._poller.count_unread(set(due.values()))
            for connection, person in due.items():
                connection.unread = counts.get(person, 0)

    async def _dismiss_revoked(self) -> None:
        for connection in await self._poller.find_revoked(list(self._registry)):
            self.dismiss(connection, LOG_IN)

    async def _send_people_changes(self, count: int) -> None:
        for action, user in await self._poller.find_people_changes(count):
            for one in self._registry:
                text = one.client.format.serialize_person(action, user)
                self._sender.send(one, [text] if text else [])

    async def _announce(self, newest: int, polled: set[Connection]) -> None:
        if newest == self._waiters.newest:
            return
        await self._waiters.announce(newest)
        # A connection that acknowledged during the poll was compared with the previous number.
        if any(one.place and one.cursor != newest for one in self._registry if one not in polled):
            self._loop.wake()


hub = Hub()
