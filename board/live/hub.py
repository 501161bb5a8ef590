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
from dataclasses import dataclass, field

from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from board.accounts import users
from board.history import log
from board.ops.site_url import set_script_name

from . import notifications

logger = logging.getLogger(__name__)

LOOK_EVERY = 1
BEAT_EVERY = 15
ACKNOWLEDGE_WITHIN = 15
CHECK_SESSIONS_EVERY = 5
HOLD_LASTS = 15
TELL_EVERY = 4
REMEMBER_FOR = 9
SOCKETS_PER_LOG_IN = 10
MESSAGES_PER_SECOND = 20
SOCKETS = 2000
PEOPLE_SHOWN = 12
LAYER_TIMEOUT = 2
# After frames went out, this long a pause for each socket there is: the acknowledgements come in, pages and the API
# get their turn, and the changes of meanwhile go out together.
PAUSE_PER_SOCKET = 0.0004
GROUP = "lightboard"

RESTARTING = 1012
TRY_LATER = 1013
LOG_IN = 4401
# A page that nobody sees makes room for another of the same log-in; it connects again when it is shown.
GIVE_WAY = 4408


@dataclass(eq=False)
class Listener:
    """A socket as the hub sees it.

    `look(board, since, state)` runs in the hub's thread and returns the next frame, a dict with "seq" or "reset";
    `texts(frame)` returns the frame as the texts to send; both are shared by all sockets of a kind.
    `send(text)` and `close(code)` are coroutines of the one socket; `write(text)` sends at once, never waits and raises
    nothing, where the server has it (`manage.py serve`). `person` is who opened it, as JSON values
    with "id"; `session` is the one it belongs to, if any. `log_in` is what the socket stands and falls with, and
    `ended(log-ins)`, which runs in the hub's thread, returns which of them are over. A socket that does not acknowledge
    has its frames for shown once they are sent; one with `hold_text(task id, action)` also gets that text
    when somebody else picks up a card or puts it down, and one with `person_text(action, user)` that
    when there is a new person ("add"), or one is called otherwise, deactivated, active again ("update") or gone ("remove").
    """

    board: int
    person: dict
    session: str | None
    log_in: tuple
    ended: callable
    look: callable
    texts: callable
    send: callable
    close: callable
    write: callable = None
    acknowledges: bool = True
    hold_text: callable = None
    person_text: callable = None
    cursor: int | None = None
    sent_at: float = field(default_factory=time.monotonic)
    in_flight: bool = True
    asked: bool = False
    room_shown: dict | None = None
    messages: tuple = (0, 0)
    hidden_since: float | None = None

    def shows(self, seq):
        """The socket says that it shows sequence number `seq`: an acknowledgement, or else a question."""
        self.cursor = seq
        self.asked = not self.in_flight
        self.in_flight = False

    def floods(self):
        """Count a message of the socket and tell whether it sends too many."""
        second = int(time.monotonic())
        of_second, count = self.messages
        self.messages = second, count + 1 if second == of_second else 1
        return self.messages[1] > MESSAGES_PER_SECOND


class Hub:
    def __init__(self):
        self.name = uuid.uuid4().hex
        self.listeners = set()
        self.holds = {}
        self.remote_rooms = {}
        self.rooms = {}
        self._hold_news = []
        self.newest = None
        self._people = (None, None)
        self._state, self._frames = None, {}
        self.looked_at = None
        self.is_stopping = False
        self._loop = None
        self._bells = set()
        self._thread = ThreadPoolExecutor(1, "hub", initializer=set_script_name)

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
        self.looked_at = self._told_at = self._checked_at = time.monotonic()
        self._tasks = [loop.create_task(self._work())]
        self._tasks_of_sockets = set()
        notifications.subscribe(self._hear)
        layer = get_channel_layer("doorbell")
        if layer:
            self._tasks += [
                loop.create_task(self._listen_to_others(layer)),
                loop.create_task(self._tell_others(layer)),
            ]

    async def stop(self):
        """Stop working; for tests, which change event loops."""
        notifications.unsubscribe(self._hear)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._loop = None

    async def say_goodbye(self):
        """The process is about to end: close all sockets, let nobody wait any longer, and let no socket in again."""
        self.is_stopping = True
        for listener in list(self.listeners):
            self._dismiss(listener, RESTARTING)
        if self._loop:
            async with self._moved:
                self._moved.notify_all()

    def join(self, listener):
        """Let a socket in, or close it when there are too many; it hears something once it `shows` a sequence number."""
        if self.is_stopping:
            self._dismiss(listener, RESTARTING)
        elif self._make_room_for(listener):
            self.listeners.add(listener)
            self._wake.set()
        else:
            self._dismiss(listener, TRY_LATER)

    def _make_room_for(self, listener):
        """Tell whether one more socket may join. Of a log-in that has too many, the one hidden longest gives way."""
        if len(self.listeners) >= SOCKETS:
            return False
        of_log_in = [one for one in self.listeners if one.log_in == listener.log_in]
        if len(of_log_in) < SOCKETS_PER_LOG_IN:
            return True
        hidden = [one for one in of_log_in if one.hidden_since is not None]
        if not hidden:
            return False
        self._dismiss(min(hidden, key=lambda one: one.hidden_since), GIVE_WAY)
        return True

    def set_hidden(self, listener, is_hidden):
        """Note whether somebody can see the page of a socket."""
        if not is_hidden:
            listener.hidden_since = None
        elif listener.hidden_since is None:
            listener.hidden_since = time.monotonic()

    def leave(self, listener):
        """Let a socket go, and with it what it holds."""
        self.listeners.discard(listener)
        for _board, task_id in [key for key, (holder, _) in self.holds.items() if holder is listener]:
            self.release(listener, task_id)
        self._wake.set()

    def hear(self, listener, seq):
        """Take a socket's word that it shows sequence number `seq`, and send it what it lacks."""
        listener.shows(seq)
        if listener.asked or seq != self.newest or listener.room_shown is not self.rooms.get(listener.board):
            self._wake.set()

    # Holds

    def hold(self, listener, task_id):
        """Hold a card for a socket, or renew its hold; returns False when somebody else holds it."""
        key = listener.board, task_id
        holder, _ = self.holds.get(key, (None, 0))
        if holder not in (None, listener):
            return False
        self.holds[key] = listener, time.monotonic() + HOLD_LASTS
        if holder is None:
            self._note_hold(listener, task_id, "dragstart")
        return True

    def release(self, listener, task_id, action="dragend"):
        """End a socket's hold of a card, if it has one; `action` is how: "dragend" or "drop"."""
        if self.holds.get((listener.board, task_id), (None,))[0] is listener:
            del self.holds[listener.board, task_id]
            self._note_hold(listener, task_id, action)

    def _note_hold(self, holder, task_id, action):
        self._hold_news.append([holder.board, task_id, action])
        self._pass_on_hold(holder.board, task_id, action, holder)
        self._tell.set()
        self._wake.set()

    def _pass_on_hold(self, board, task_id, action, holder=None):
        for one in self.listeners:
            if one.board == board and one is not holder and one.hold_text:
                self._start_sending(one, [one.hold_text(task_id, action)])

    def _furnish(self, boards):
        """Bring `rooms` up to date: who is on each board and who holds which card, in all processes.

        A room in which nothing changed stays the same object.
        """
        rooms = {board: self._room(board) for board in boards}
        old, self.rooms = self.rooms, {}
        for board, room in rooms.items():
            self.rooms[board] = old[board] if old.get(board) == room else room
        if any(self.rooms.get(board) is not old.get(board) for board in boards | old.keys()):
            self._tell.set()

    def _room(self, board):
        people, held = self._own_room(board)
        for (_, other_board), (other, _) in self.remote_rooms.items():
            if other_board == board:
                people.update({person["id"]: person for person in other["people"]})
                held.update(other["held"])
        shown = [people[pk] for pk in sorted(people)[:PEOPLE_SHOWN]]
        return {"people": shown, "more": len(people) - len(shown), "held": held}

    def _own_room(self, board):
        people = {one.person["id"]: one.person for one in self.listeners if one.board == board and one.session}
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
        if bell == notifications.REVOKE:
            self._checked_at = 0
        self._tell.set()
        self._wake.set()

    async def _listen_to_others(self, layer):
        """Hear the hubs of other processes; a layer that is away is tried again, the look never stops."""
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    self._hear_other(await layer.receive(channel))
            except Exception as error:
                logger.warning("The channel layer is away (%s): other processes are heard once a second.", error)
                await asyncio.sleep(LOOK_EVERY)

    def _hear_other(self, message):
        if message["from"] == self.name:
            return
        for board in message["rooms"]:
            self.remote_rooms[message["from"], board["board"]] = board, time.monotonic() + REMEMBER_FOR
        for board, task_id, action in message["holds"]:
            self._pass_on_hold(board, task_id, action)
        if notifications.REVOKE in message["bells"]:
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
            holds, self._hold_news = self._hold_news, []
            rooms = self._rooms_to_tell(told)
            if not (bells or rooms or holds):
                continue
            told = [room["board"] for room in rooms if room["people"]]
            message = {"from": self.name, "bells": sorted(bells), "rooms": rooms, "holds": holds}
            try:
                await asyncio.wait_for(layer.group_send(GROUP, message), LAYER_TIMEOUT)
            except Exception as error:
                logger.warning("The channel layer is away (%s): other processes look once a second.", error)

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
            self.looked_at = time.monotonic()
            try:
                if await self._turn():
                    await asyncio.sleep(len(self.listeners) * PAUSE_PER_SOCKET)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The hub could not look at the database and tries again: %s", error)
                await asyncio.sleep(LOOK_EVERY)
            except Exception:
                logger.exception("The hub failed at a turn and goes on.")
                await asyncio.sleep(LOOK_EVERY)

    async def _turn(self):
        """Forget what is over, look once at the database for everybody, and send each socket its next frame.

        Returns how many frames were sent.
        """
        now = time.monotonic()
        self._forget(now)
        self._furnish({listener.board for listener in self.listeners})
        self._close_the_silent(now)
        # Nobody whose log-in was ended hears more; who only might have lost it keeps nobody waiting.
        if not self._checked_at:
            await self._check_sessions(now)
        ready = [one for one in self.listeners if one.cursor is not None and not one.in_flight]
        places = {(one.look, one.board, one.cursor) for one in ready}
        self._state, self._frames = await self._in_thread(self._look, places)
        newest, people = self._state
        sent = self._send_frames(ready, self._frames, now)
        if people != self._people[0]:
            await self._tell_of_people(people)
        if newest != self.newest:
            self.newest = newest
            async with self._moved:
                self._moved.notify_all()
            # Who acknowledged while we looked was not asked for, and when they did the newest was another.
            if any(
                one.cursor not in (None, newest) for one in self.listeners.difference(ready) if not one.in_flight
            ):
                self._wake.set()
        if now - self._checked_at >= CHECK_SESSIONS_EVERY:
            await self._check_sessions(now)
        return sent

    def _look(self, places):
        """Return the state of the log and {place: frame} for the places that are not at the newest number.

        A frame is made once, though the sockets at its place come for it in several turns.
        """
        state = log.state()
        known = self._frames if state == self._state else {}
        for place in places:
            look, board, cursor = place
            if cursor != state[0] and place not in known:
                known[place] = look(board, cursor, state)
        return state, known

    def _forget(self, now):
        for (_, task_id), (holder, until) in list(self.holds.items()):
            if until < now:
                self.release(holder, task_id)
        self.remote_rooms = {key: (room, until) for key, (room, until) in self.remote_rooms.items() if until > now}

    def _close_the_silent(self, now):
        for listener in list(self.listeners):
            if listener.in_flight and now - listener.sent_at > ACKNOWLEDGE_WITHIN:
                self._dismiss(listener, TRY_LATER)

    async def _check_sessions(self, now):
        self._checked_at = now
        listeners = list(self.listeners)
        log_ins = {}
        for listener in listeners:
            log_ins.setdefault(listener.ended, set()).add(listener.log_in)
        over = {ended: await self._in_thread(ended, of_kind) for ended, of_kind in log_ins.items()}
        for listener in listeners:
            if listener.log_in in over[listener.ended]:
                self._dismiss(listener, LOG_IN)

    async def _tell_of_people(self, count):
        """Tell who wants to hear it what is new about people: they are not in the log, so by comparison."""
        _, before = self._people
        now = await self._in_thread(_everybody, None)
        self._people = count, now
        for action, user in _news_of_people(now if before is None else before, now):
            for one in list(self.listeners):
                if one.person_text:
                    self._start_sending(one, [one.person_text(action, user)])

    def _dismiss(self, listener, code):
        self.leave(listener)
        self._start(listener.close(code))

    def _send_frames(self, ready, frames, now):
        texts = {}
        sent = 0
        for listener in ready:
            frame = frames.get((listener.look, listener.board, listener.cursor))
            room = self.rooms.get(listener.board)
            news = room is not listener.room_shown
            if not (frame or news or listener.asked or now - listener.sent_at >= BEAT_EVERY):
                continue
            key = listener.texts, listener.look, listener.board, listener.cursor, news
            if key not in texts:
                whole = dict(frame or {"seq": listener.cursor})
                if news:
                    whole["room"] = room
                texts[key] = listener.texts(whole)
            self._send(listener, texts[key], frame, room, now)
            sent += 1
        return sent

    def _send(self, listener, texts, frame, room, now):
        listener.sent_at, listener.room_shown, listener.asked = now, room, False
        if listener.acknowledges:
            listener.in_flight = True
        elif frame:
            listener.cursor = frame.get("seq", listener.cursor)
        self._start_sending(listener, texts)

    def _start_sending(self, listener, texts):
        if listener.write is None:
            self._start(self._deliver(listener, texts))
            return
        for text in texts:
            listener.write(text)

    def _start(self, work):
        """Work for one socket in a task of its own, so that a slow one holds up nobody else."""
        # Most can be sent at once: then no turn of the event loop is spent on it.
        task = asyncio.Task(work, loop=self._loop, eager_start=True)
        if task.done():
            self._finish(task)
        else:
            self._tasks_of_sockets.add(task)
            task.add_done_callback(self._finish)

    def _finish(self, task):
        self._tasks_of_sockets.discard(task)
        if not task.cancelled() and task.exception():
            logger.info("A socket went away: %r", task.exception())

    async def _deliver(self, listener, texts):
        try:
            for text in texts:
                await listener.send(text)
        except BaseException:
            self.leave(listener)
            raise

    async def moved_beyond(self, since, seconds):
        """Wait until there is a change after `since`, at most so many seconds."""

        def is_over():
            return self.is_stopping or (self.newest is not None and self.newest > since)

        async with self._moved:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait_for(is_over), seconds)

    async def _in_thread(self, work, argument):
        return await self._loop.run_in_executor(self._thread, with_connection, work, argument)


def with_connection(work, *arguments):
    """Work on the thread's own connection, which stays open; one that failed is replaced at the next turn."""
    try:
        return work(*arguments)
    except (DatabaseError, InterfaceError):
        connection.close()
        raise


def _everybody(_):
    """Return {id: user} of all people."""
    return get_user_model().objects.in_bulk()


def _news_of_people(before, now):
    """Return [(action, user)] of what others see of people and what differs between two {id: user}."""
    met = now.keys() & before.keys()
    return [
        *(("add", now[pk]) for pk in sorted(now.keys() - before.keys())),
        *(("update", now[pk]) for pk in sorted(met) if _face(now[pk]) != _face(before[pk])),
        *(("remove", before[pk]) for pk in sorted(before.keys() - now.keys())),
    ]


def _face(user):
    return user.get_username(), user.get_full_name(), user.is_active


def ended_sessions(log_ins):
    """Return which of the {(session key, user id, standing)} do not stand for a log-in any more."""
    keys = {key for key, _, _ in log_ins}
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return without(log_ins, set(sessions.values_list("session_key", flat=True)))


def without(log_ins, alive):
    """Return which of the {(key, user id, standing)} have a key that is not `alive`, or a person who left or whose
    standing is another one now."""
    active = get_user_model().objects.filter(is_active=True).select_related("profile")
    standings = {
        pk: users.auth_fingerprint(user) for pk, user in active.in_bulk({pk for _, pk, _ in log_ins}).items()
    }
    return {
        (key, pk, standing) for key, pk, standing in log_ins if key not in alive or standing != standings.get(pk)
    }


hub = Hub()
