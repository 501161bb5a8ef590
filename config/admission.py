"""Who gets a thread, and when: complete requests only, and everybody in turn.

A request takes a place at work when its body is there, and gives it back before its response is sent, so that slow
clients hold none. Places are shared out by kind of request and, within a kind, by client:

- people who are logged in have `PEOPLE` places, one more for a browser or program that has nothing at work yet, and
  another one for a person who has not;
- everybody else has `STRANGERS`, so that those never wait for these;
- large pictures have places of their own, where the drawings wait for each other (placeholder/cache.py);
- each probe has one, so that it is answered though all others wait for a database that hangs.
"""

import asyncio
import hashlib
import io
import os
from collections import Counter, OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from asgiref.sync import ThreadSensitiveContext
from cachetools import TTLCache
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest

from board.asgi import collecting, header, refuse, replaying
from board.limits import BODY_WITHIN, body_limit, has_too_many_parts
from placeholder.views import drawings, needs_heavy_drawing

PEOPLE, STRANGERS = 2, 1
# Of one owner, and of all of a kind, so many requests wait for a place; the others are told to come back.
WAITING_OF_OWNER, WAITING = 100, 500
PROBES = ("/healthz", "/readyz")
PICTURES = ("/image/", "/placeholder/")
# The keys in a scope under which Django leaves the id of the user that a request turned out to be of, and the cookie of a
# session that it began.
USER_ID, NEW_SESSION = "lightboard.user", "lightboard.session"
REMEMBERED, REMEMBERED_FOR = 10_000, 600


class FullError(Exception):
    """Too many requests are waiting already."""


# Bodies


class TooLargeError(Exception):
    """A body has more bytes than its address takes."""


class GoneError(Exception):
    """The client went away before its request was complete."""


def with_complete_body(application):
    """Return `application`, called when the body of a request is there as a whole, in time and within its limits."""

    async def application_with_body(scope, receive, send):
        path = scope["path"]
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await read_body(scope, receive, body_limit(path))
        except GoneError:
            return
        except TooLargeError:
            await refuse(send, path, 413)
        except TimeoutError:
            await refuse(send, path, 408)
        else:
            if body and has_too_many_parts(header(scope, b"content-type"), body):
                await refuse(send, path, 400)
            else:
                message = {"type": "http.request", "body": body, "more_body": False}
                await application(scope, replaying(message, receive), send)

    return application_with_body


async def read_body(scope, receive, limit):
    """Return the body of a request. Raises `TooLargeError` or `GoneError`."""
    declared = header(scope, b"content-length")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise TooLargeError
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise TooLargeError
        if not message.get("more_body", False):
            return b"".join(parts)


# Places


@dataclass(frozen=True)
class Client:
    """Whose turn it is: a person's, or that of an address or large pictures; and the log-in or key that they use."""

    owner: object
    key: str = ""


class Places:
    """Threads for requests, one each, handed out in turns: a client that asks a lot waits for those who ask little.

    Each thread stays, and with it its connection to the database: a thread and a connection for every request, as
    Django has it under ASGI, cost more than most responses, and many threads that render at once are several times
    slower than few. With `has_reserve` there is a thread more for a client that has nothing at work, and another one for
    an owner that has not.
    """

    def __init__(self, name, count, has_reserve=False):
        self._count, self._all = count, count + (2 if has_reserve else 0)
        self._idle = [ThreadPoolExecutor(1, f"{name}-{number}") for number in range(self._all)]
        self._at_work = Counter()
        # {owner: {client: queue of futures}}, those first whose turn it is.
        self._waiting = OrderedDict()
        self._waiting_of = Counter()

    def take(self, client):
        """Return a thread for a request of a `Client`, if it may begin at once, else None."""
        if not self._may_begin(client):
            return None
        self._at_work[client] += 1
        self._at_work[client.owner] += 1
        return self._idle.pop()

    async def wait(self, client, gone):
        """Return a thread as soon as it is the client's turn; None when the future `gone` is done before.

        Raises `FullError`.
        """
        if self._waiting_of[client.owner] >= WAITING_OF_OWNER or self._waiting_of.total() >= WAITING:
            raise FullError
        turn = asyncio.get_running_loop().create_future()
        clients = self._waiting.setdefault(client.owner, OrderedDict())
        clients.setdefault(client, deque()).append(turn)
        self._waiting_of[client.owner] += 1
        try:
            await asyncio.wait([turn, gone], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if turn.done():
                self.give_back(client, turn.result())
            raise
        finally:
            self._waiting_of[client.owner] -= 1
            turn.cancel()
        return None if turn.cancelled() else turn.result()

    def give_back(self, client, thread):
        """End a request of `client`, and let the next ones begin."""
        self._idle.append(thread)
        self._at_work -= Counter([client, client.owner])
        for owner in list(self._waiting):
            for waiting in list(self._waiting[owner]):
                self._call(waiting)
            if not self._waiting[owner]:
                del self._waiting[owner]

    def _may_begin(self, client):
        busy = self._all - len(self._idle)
        has_reserve = self._all > self._count
        is_new = has_reserve and not self._at_work[client]
        is_new_owner = has_reserve and not self._at_work[client.owner]
        return busy < self._count + is_new + is_new_owner

    def _call(self, client):
        """Let the next request of a waiting client begin, if it may; then it is the others' turn."""
        queues = self._waiting[client.owner]
        queue = queues[client]
        while queue and queue[0].done():
            queue.popleft()
        if queue and self._may_begin(client):
            queue.popleft().set_result(self.take(client))
            queues.move_to_end(client)
            self._waiting.move_to_end(client.owner)
        if not queue:
            del queues[client]


class Credentials:
    """Whose the cookies and keys are with which requests came lately. They decide on nothing but whose turn it is."""

    def __init__(self):
        self._secret = os.urandom(32)
        self._users = TTLCache(REMEMBERED, REMEMBERED_FOR)

    def key(self, given):
        """Return what stands for credentials, any text; "" for none."""
        return given and hashlib.blake2b(given.encode(), key=self._secret, digest_size=16).hexdigest()

    def user(self, key):
        """Return the id of the user that credentials were of, None for others."""
        return self._users.get(key)

    def note(self, key, user_id):
        """Remember whose credentials these turned out to be; `user_id` is None for nobody's."""
        if user_id is None:
            self._users.pop(key, None)
        elif key:
            self._users[key] = user_id


def credentials_of(scope):
    """Return the text of what a request comes with to say whose it is: a header, or the cookie of a session."""
    given = header(scope, b"authorization")
    if given:
        return given
    cookies = (cookie.strip().partition("=") for cookie in header(scope, b"cookie").split(";"))
    return next((value for name, _, value in cookies if name == settings.SESSION_COOKIE_NAME), "")


def address_of(scope):
    """Return the address that a request came from, as far as our own proxies say so."""
    forwarded = header(scope, b"x-forwarded-for").split(",")
    if settings.TRUSTED_PROXIES and forwarded[-1]:
        return forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))].strip()
    return (scope.get("client") or [""])[0]


def in_turn(application):
    """Return `application`, each request in a thread that it gets when its turn comes."""
    people, strangers = Places("people", PEOPLE, has_reserve=True), Places("strangers", STRANGERS)
    # One more than draw and wait: it refuses.
    pictures = Places("pictures", drawings.max_pending + 1)
    probes = {path: Places(path.strip("/"), 1) for path in PROBES}
    credentials = Credentials()

    def places_of(scope, key):
        """Return (`Places`, `Client`) of a request."""
        path = scope["path"]
        if path in probes:
            return probes[path], Client(path)
        if path.startswith(PICTURES) and needs_heavy_drawing(bare_request(scope)):
            return pictures, Client("pictures")
        user_id = credentials.user(key)
        return (strangers, Client(address_of(scope), key)) if user_id is None else (people, Client(user_id, key))

    async def application_in_turn(scope, receive, send):
        key = credentials.key(credentials_of(scope))
        places, client = places_of(scope, key)
        body, then = await receive(), receive
        thread = places.take(client)
        if thread is None:
            then = asyncio.ensure_future(receive())
            try:
                thread = await places.wait(client, then)
            except FullError:
                await refuse(send, scope["path"], 503)
            if thread is None:
                then.cancel()
                return
        messages = []
        try:
            async with ThreadSensitiveContext(executor=thread):
                await application(scope, replaying(body, then), collecting(messages))
        finally:
            places.give_back(client, thread)
            if then is not receive:
                then.cancel()
        if USER_ID in scope:
            credentials.note(key, scope[USER_ID])
            credentials.note(credentials.key(scope.get(NEW_SESSION, "")), scope[USER_ID])
        for message in messages:
            await send(message)

    return application_in_turn


def bare_request(scope):
    """Return a request as Django has it, with no other header than the one that may make drawing needless."""
    headers = [(name, value) for name, value in scope["headers"] if name == b"if-none-match"]
    return ASGIRequest({**scope, "headers": headers}, io.BytesIO())
