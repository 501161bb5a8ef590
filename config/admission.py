"""Admission control: a fair share of threads for every client.

A request gets its thread when its body is complete (request_body.py), and returns it before its response is sent. So slow
clients hold no threads. There is a pool for each kind of request, and the clients of a pool take turns:

- logged-in users share `PEOPLE` threads. There is one more for a browser or program without a running request, and
  another one for a user without one;
- all others share `ANONYMOUS` threads, so that anonymous clients never delay users;
- large pictures have their own pool, in which drawings wait for each other (placeholder/cache.py);
- each probe has one thread, so that it responds even if all other threads wait for a database that hangs.
"""

import asyncio
import hashlib
import io
import os
from collections import Counter, OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from cachetools import TTLCache
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest

from board.ops.asgi_tools import (
    Application,
    Message,
    Receive,
    Scope,
    Send,
    collecting,
    header,
    refuse,
    replaying,
    route_of,
)
from placeholder.responses import drawings
from placeholder.views import needs_heavy_drawing

PEOPLE, ANONYMOUS = 2, 1
# Requests that may wait for a thread, per owner and per pool. Further ones get a 503.
MAX_WAITING_PER_OWNER, MAX_WAITING = 100, 500
PROBES = ("/healthz", "/readyz")
PICTURES = ("/image/", "/placeholder/")
# The keys of a scope under which the handler stores the id of the authenticated user, and the cookie of a new session.
USER_ID, NEW_SESSION = "lightboard.user", "lightboard.session"
MAX_CREDENTIALS, CREDENTIALS_TTL = 10_000, 600


class QueueFullError(Exception):
    """Too many requests are waiting for a thread."""


@dataclass(frozen=True)
class Client:
    """The owner of a request (a user, an IP address, large pictures or a probe), and the hash of its credentials."""

    owner: object
    key: str = ""


class FairThreadPool:
    """A pool of threads in which clients take turns, so that those with many requests do not delay those with few.

    Threads and their database connections are reused. Django's way under ASGI, a thread and a connection for every
    request, costs more than most responses, and many threads that render at once are several times slower than few.
    With `has_reserve`, there is one more thread for a client without a running request, and another one for an owner
    without one.
    """

    def __init__(self, name: str, count: int, has_reserve: bool = False) -> None:
        self._count, self._all = count, count + (2 if has_reserve else 0)
        self._idle = [ThreadPoolExecutor(1, f"{name}-{number}") for number in range(self._all)]
        self._active: Counter[object] = Counter()
        # By owner and client, in the order of their turns.
        self._waiting: OrderedDict[object, OrderedDict[Client, deque[asyncio.Future[ThreadPoolExecutor]]]] = (
            OrderedDict()
        )
        self._waiting_of: Counter[object] = Counter()

    def acquire_nowait(self, client: Client) -> ThreadPoolExecutor | None:
        """Return a thread if a request of `client` may start at once, otherwise None."""
        if not self._may_start(client):
            return None
        self._active[client] += 1
        self._active[client.owner] += 1
        return self._idle.pop()

    async def acquire(self, client: Client, gone: asyncio.Future[Any]) -> ThreadPoolExecutor | None:
        """Return a thread when it is the client's turn, or None if `gone` is done first.

        Raises `QueueFullError`.
        """
        if self._waiting_of[client.owner] >= MAX_WAITING_PER_OWNER or self._waiting_of.total() >= MAX_WAITING:
            raise QueueFullError
        turn: asyncio.Future[ThreadPoolExecutor] = asyncio.get_running_loop().create_future()
        clients = self._waiting.setdefault(client.owner, OrderedDict())
        clients.setdefault(client, deque()).append(turn)
        self._waiting_of[client.owner] += 1
        try:
            await asyncio.wait([turn, gone], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if turn.done():
                self.release(client, turn.result())
            raise
        finally:
            self._waiting_of[client.owner] -= 1
            turn.cancel()
        return None if turn.cancelled() else turn.result()

    def release(self, client: Client, thread: ThreadPoolExecutor) -> None:
        """End a request of `client`, and start the next ones."""
        self._idle.append(thread)
        self._active -= Counter([client, client.owner])
        for owner in list(self._waiting):
            for waiting in list(self._waiting[owner]):
                self._start_next(waiting)
            if not self._waiting[owner]:
                del self._waiting[owner]

    def _may_start(self, client: Client) -> bool:
        busy = self._all - len(self._idle)
        has_reserve = self._all > self._count
        is_new = has_reserve and not self._active[client]
        is_new_owner = has_reserve and not self._active[client.owner]
        return busy < self._count + is_new + is_new_owner

    def _start_next(self, client: Client) -> None:
        """Start the next request of a waiting client, if it may start, and move the client to the end of the queue."""
        queues = self._waiting[client.owner]
        queue = queues[client]
        while queue and queue[0].done():
            queue.popleft()
        if queue and (thread := self.acquire_nowait(client)):
            queue.popleft().set_result(thread)
            queues.move_to_end(client)
            self._waiting.move_to_end(client.owner)
        if not queue:
            del queues[client]


class KnownCredentials:
    """The users of recent session cookies and tokens. They decide only about the order of requests."""

    def __init__(self) -> None:
        self._secret = os.urandom(32)
        self._users: TTLCache[str, int] = TTLCache(MAX_CREDENTIALS, CREDENTIALS_TTL)

    def key(self, given: str) -> str:
        """Return a keyed hash of credentials, "" for none."""
        return hashlib.blake2b(given.encode(), key=self._secret, digest_size=16).hexdigest() if given else ""

    def user(self, key: str) -> int | None:
        """Return the id of the user that credentials belonged to, None for unknown ones."""
        return self._users.get(key)

    def remember(self, key: str, user_id: int | None) -> None:
        """Remember the user of credentials, or forget it if `user_id` is None."""
        if user_id is None:
            self._users.pop(key, None)
        elif key:
            self._users[key] = user_id


def read_credentials(scope: Scope) -> str:
    """Return the credentials of a request: the Authorization header or the session cookie."""
    given = header(scope, b"authorization")
    if given:
        return given
    cookies = (cookie.strip().partition("=") for cookie in header(scope, b"cookie").split(";"))
    return next((value for name, _, value in cookies if name == settings.SESSION_COOKIE_NAME), "")


def client_address(scope: Scope) -> str:
    """Return the IP address of the client. Only our own proxies are trusted."""
    forwarded = header(scope, b"x-forwarded-for").split(",")
    if settings.TRUSTED_PROXIES and forwarded[-1]:
        address = forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))].strip()
    else:
        address = (scope.get("client") or [""])[0]
    return str(address)


def with_fair_threads(application: Application) -> Application:
    """Call `application` for each request in a thread, when it is its turn."""
    people = FairThreadPool("people", PEOPLE, has_reserve=True)
    anonymous = FairThreadPool("anonymous", ANONYMOUS)
    # One more than `drawings` accepts, for the request that it refuses.
    pictures = FairThreadPool("pictures", drawings.max_pending + 1)
    probes = {path: FairThreadPool(path.strip("/"), 1) for path in PROBES}
    credentials = KnownCredentials()

    def find_pool(scope: Scope, key: str) -> tuple[FairThreadPool, Client]:
        path = route_of(scope)
        if path in probes:
            return probes[path], Client(path)
        if path.startswith(PICTURES) and needs_heavy_drawing(drawing_request(scope)):
            return pictures, Client("pictures")
        user_id = credentials.user(key)
        if user_id is None:
            return anonymous, Client(client_address(scope), key)
        return people, Client(user_id, key)

    async def application_in_thread(scope: Scope, receive: Receive, send: Send) -> None:
        key = credentials.key(read_credentials(scope))
        pool, client = find_pool(scope, key)
        body = await receive()
        thread = pool.acquire_nowait(client)
        next_message: asyncio.Future[Message] | None = None
        if thread is None:
            next_message = asyncio.ensure_future(receive())
            try:
                thread = await pool.acquire(client, next_message)
            except QueueFullError:
                await refuse(send, scope["path"], 503)
            if thread is None:
                next_message.cancel()
                return
        messages: list[Message] = []
        try:
            async with ThreadSensitiveContext(executor=thread):
                await application(scope, replaying(body, next_message or receive), collecting(messages))
        finally:
            pool.release(client, thread)
            if next_message is not None:
                next_message.cancel()
        if USER_ID in scope:
            credentials.remember(key, scope[USER_ID])
            credentials.remember(credentials.key(scope.get(NEW_SESSION, "")), scope[USER_ID])
        for message in messages:
            await send(message)

    return application_in_thread


def drawing_request(scope: Scope) -> ASGIRequest:
    """Return a Django request with the only header that matters here: it may make drawing unnecessary."""
    headers = [(name, value) for name, value in scope["headers"] if name == b"if-none-match"]
    return ASGIRequest({**scope, "headers": headers}, io.BytesIO())
