"""The hub of a process: hears the bell, looks at the database once for all sockets, and wakes them.

The database is the truth, the bell only makes it faster: the hub looks once a second anyway. A socket has a
cursor, the sequence number that it shows; it gets what changed since then, acknowledges, and only then gets more.
Everything here runs on the event loop, but for the look at the database, which has a thread of its own.

What is not in the database, who is here and who holds which card, is a courtesy: it lives in the hubs, which
tell each other through the channel layer and forget what they do not hear again.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone

from . import doorbell, history

log = logging.getLogger(__name__)

LOOK_EVERY = 1
BEAT_EVERY = 15
ACKNOWLEDGE_WITHIN = 15
CHECK_SESSIONS_EVERY = 5
HOLD_LASTS = 15
TELL_EVERY = 4
REMEMBER_FOR = 9
SOCKETS_PER_SESSION = 10
SOCKETS = 2000
LAYER_TIMEOUT = 2
GROUP = "lightboard"

TRY_LATER = 1013
LOG_IN = 4401


@dataclass(eq=False)
class Listener:
    """A socket as the hub sees it.

    `look(board, since)` runs in the hub's thread and returns the next frame, a dict with "seq" or "reset";
    `texts(frame)` returns the frame as the texts to send; both are shared by all sockets of a kind.
    `send(text)` and `close(code)` are coroutines of the one socket.
    """

    board: int
    person: dict
    session: str
    session_hash: str
    look: callable
    texts: callable
    send: callable
    close: callable
    acknowledges: bool = True
    cursor: int | None = None
    sent_at: float = 0
    in_flight: bool = False
    asked: bool = False
    room_shown: dict | None = None

    def shows(self, seq):
        """The socket says that it shows sequence number `seq`: an acknowledgement, or else a question."""
        self.cursor = seq
        self.asked = not self.in_flight
        self.in_flight = False


class Hub:
    def __init__(self):
        self.name = uuid.uuid4().hex
        self.listeners = set()
        self.holds = {}
        self.remote_rooms = {}
        self.newest = None
        self._loop = None
        self._bells = set()
        self._thread = ThreadPoolExecutor(1, "hub")

    # Sockets come and go

    def start(self):
        """Start working on the running event loop, once."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        self.listeners.clear()
        self.holds.clear()
        self._wake = asyncio.Event()
        self._tell = asyncio.Event()
        self._moved = asyncio.Condition()
        self._told_at = self._checked_at = time.monotonic()
        self._tasks = [loop.create_task(self._work())]
        self._sending = set()
        doorbell.listen(self._hear)
        layer = get_channel_layer("doorbell")
        if layer:
            self._tasks += [
                loop.create_task(self._listen_to_others(layer)),
                loop.create_task(self._tell_others(layer)),
            ]

    async def stop(self):
        """Stop working; for tests, which change event loops."""
        doorbell.leave(self._hear)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._loop = None

    def has_room_for(self, session):
        """Tell whether one more socket of this session may be opened."""
        of_session = sum(1 for listener in self.listeners if listener.session == session)
        return len(self.listeners) < SOCKETS and of_session < SOCKETS_PER_SESSION

    def join(self, listener):
        """Let a socket in; it hears something once it `shows` a sequence number."""
        self.listeners.add(listener)
        self.wake()

    def leave(self, listener):
        """Let a socket go, and with it what it holds."""
        self.listeners.discard(listener)
        for key in [key for key, (holder, _) in self.holds.items() if holder is listener]:
            del self.holds[key]
        self.wake()

    def wake(self):
        """Look now. To be called on the event loop; `doorbell.ring` is for everybody else."""
        self._tell.set()
        self._wake.set()

    # Holds

    def hold(self, listener, task_id):
        """Hold a card for a socket, or renew its hold; returns False when somebody else holds it."""
        key = listener.board, task_id
        holder, until = self.holds.get(key, (listener, 0))
        if holder is not listener and until > time.monotonic():
            return False
        self.holds[key] = listener, time.monotonic() + HOLD_LASTS
        if not until:
            self.wake()
        return True

    def release(self, listener, task_id):
        """End a socket's hold of a card, if it has one."""
        if self.holds.get((listener.board, task_id), (None,))[0] is listener:
            del self.holds[listener.board, task_id]
            self.wake()

    def room(self, board):
        """Return who is on a board and who holds which card, in all processes, as JSON values."""
        people, held = self._own_room(board)
        for (_, other_board), (other, _) in self.remote_rooms.items():
            if other_board == board:
                people.update({person["id"]: person for person in other["people"]})
                held.update(other["held"])
        return {"people": [people[pk] for pk in sorted(people)], "held": held}

    def _own_room(self, board):
        people = {one.person["id"]: one.person for one in self.listeners if one.board == board}
        held = {
            str(task_id): holder.person["name"]
            for (of_board, task_id), (holder, _) in self.holds.items()
            if of_board == board
        }
        return people, held

    # Hearing

    def _hear(self, bell):
        self._loop.call_soon_threadsafe(self._rung, bell)

    def _rung(self, bell):
        self._bells.add(bell)
        if bell == doorbell.REVOKE:
            self._checked_at = 0
        self.wake()

    async def _listen_to_others(self, layer):
        """Hear the hubs of other processes; a layer that is away is tried again, the look never stops."""
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    self._hear_other(await layer.receive(channel))
            except Exception as error:
                log.warning("The channel layer is away (%s): other processes are heard once a second.", error)
                await asyncio.sleep(LOOK_EVERY)

    def _hear_other(self, message):
        if message["from"] == self.name:
            return
        for board in message["rooms"]:
            self.remote_rooms[message["from"], board["board"]] = board, time.monotonic() + REMEMBER_FOR
        if doorbell.REVOKE in message["bells"]:
            self._checked_at = 0
        self._wake.set()

    async def _tell_others(self, layer):
        """Ring at the other processes. Only this task waits for the layer, never a request or the look."""
        told = []
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._tell.wait(), TELL_EVERY)
            self._tell.clear()
            bells, self._bells = self._bells, set()
            rooms = self._rooms_to_tell(told)
            if not bells and not rooms:
                continue
            told = [room["board"] for room in rooms if room["people"]]
            message = {"type": "bell", "from": self.name, "bells": sorted(bells), "rooms": rooms}
            try:
                await asyncio.wait_for(layer.group_send(GROUP, message), LAYER_TIMEOUT)
            except Exception as error:
                log.warning("The channel layer is away (%s): other processes look once a second.", error)

    def _rooms_to_tell(self, told):
        boards = {listener.board for listener in self.listeners}
        rooms = {board: self._own_room(board) for board in boards.union(told)}
        return [
            {"board": board, "people": list(people.values()), "held": held}
            for board, (people, held) in rooms.items()
        ]

    # Working

    async def _work(self):
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY)
            self._wake.clear()
            try:
                await self._turn()
            except (DatabaseError, InterfaceError) as error:
                log.warning("The hub could not look at the database and tries again: %s", error)
                await asyncio.sleep(LOOK_EVERY)
            except Exception:
                log.exception("The hub failed at a turn and goes on.")
                await asyncio.sleep(LOOK_EVERY)

    async def _turn(self):
        """Forget what is over, look once at the database for everybody, and send each socket its next frame."""
        now = time.monotonic()
        self._forget(now)
        await self._close_the_silent(now)
        if now - self._checked_at >= CHECK_SESSIONS_EVERY:
            self._checked_at = now
            await self._check_sessions()
        ready = [one for one in self.listeners if one.cursor is not None and not one.in_flight]
        places = {(one.look, one.board, one.cursor) for one in ready}
        newest, frames = await self._in_thread(_look, places)
        self._send_frames(ready, frames, now)
        if newest != self.newest:
            self.newest = newest
            async with self._moved:
                self._moved.notify_all()

    def _forget(self, now):
        self.holds = {key: (holder, until) for key, (holder, until) in self.holds.items() if until > now}
        self.remote_rooms = {key: (room, until) for key, (room, until) in self.remote_rooms.items() if until > now}

    async def _close_the_silent(self, now):
        for listener in list(self.listeners):
            if listener.in_flight and now - listener.sent_at > ACKNOWLEDGE_WITHIN:
                await self._dismiss(listener, TRY_LATER)

    async def _check_sessions(self):
        sessions = {one.session: (one.person["id"], one.session_hash) for one in self.listeners}
        ended = await self._in_thread(_ended, sessions) if sessions else set()
        for listener in [one for one in self.listeners if one.session in ended]:
            await self._dismiss(listener, LOG_IN)

    async def _dismiss(self, listener, code):
        self.leave(listener)
        await listener.close(code)

    def _send_frames(self, ready, frames, now):
        rooms = {board: self.room(board) for board in {listener.board for listener in ready}}
        texts = {}
        for listener in ready:
            frame = frames.get((listener.look, listener.board, listener.cursor))
            room = rooms[listener.board]
            news = room if room != listener.room_shown else None
            if not (frame or news or listener.asked or now - listener.sent_at >= BEAT_EVERY):
                continue
            key = listener.texts, listener.board, listener.cursor, bool(news)
            if key not in texts:
                whole = dict(frame or {"seq": listener.cursor})
                if news:
                    whole["room"] = room
                texts[key] = listener.texts(whole)
            self._send(listener, texts[key], frame, room, now)

    def _send(self, listener, texts, frame, room, now):
        listener.sent_at, listener.room_shown, listener.asked = now, room, False
        if listener.acknowledges:
            listener.in_flight = True
        elif frame:
            listener.cursor = frame.get("seq", listener.cursor)
        task = self._loop.create_task(self._deliver(listener, texts))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, listener, texts):
        """Send in a task of its own, so that a socket that does not take it holds up nobody else."""
        try:
            for text in texts:
                await listener.send(text)
        except Exception:
            self.leave(listener)

    async def moved_beyond(self, since, seconds):
        """Wait until there is a change after `since`, at most so many seconds."""
        async with self._moved:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    self._moved.wait_for(lambda: self.newest is not None and self.newest > since), seconds
                )

    async def _in_thread(self, work, argument):
        return await self._loop.run_in_executor(self._thread, _with_connection, work, argument)


def _with_connection(work, argument):
    close_old_connections()
    return work(argument)


def _look(places):
    """Return the newest sequence number and {place: frame} for the places that are behind it."""
    newest = history.newest_number()
    return newest, {
        (look, board, cursor): look(board, cursor) for look, board, cursor in places if cursor != newest
    }


def _ended(sessions):
    """Return which of {session key: (user id, session hash)} do not stand for a log-in any more."""
    alive = set(
        Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    users = get_user_model().objects.filter(is_active=True).in_bulk({user for user, _ in sessions.values()})
    hashes = {pk: user.get_session_auth_hash() for pk, user in users.items()}
    return {key for key, (user, hash_) in sessions.items() if key not in alive or hashes.get(user) != hash_}


hub = Hub()
