"""Long polling: requests for future events wait on the event loop, without a thread, once the view has authenticated them."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from board.live.hub import hub
from board.ops.asgi_tools import Application, Message, Receive, Scope, Send, collecting, replaying, route_of

from .socket_tokens import Holder

PATH = "/api/events"
LONGEST_WAIT = 25
# For one token or log-in, and in all.
MAX_WAITERS_PER_HOLDER, MAX_WAITERS = 20, 500
# The key of a scope under which the view stores a `LongPoll`.
LONG_POLL = "lightboard.long_poll"
TOO_MANY = 429


@dataclass(frozen=True)
class LongPoll:
    """A request of an authenticated client to wait for an event after `since`, up to `seconds`."""

    holder: Holder
    since: int
    seconds: int


def with_long_polling(application: Application) -> Application:
    """Wrap `application` so that `GET /api/events?since=n&wait=s` waits.

    If there is no event after n, the request is handled twice: first to authenticate it, then for the response, when
    there is an event or after s seconds.
    """
    waiting: Counter[Holder] = Counter()

    async def application_with_waiting(scope: Scope, receive: Receive, send: Send) -> None:
        if route_of(scope).rstrip("/") != PATH or b"wait=" not in scope["query_string"]:
            await application(scope, receive, send)
            return
        body, gone = await receive(), asyncio.ensure_future(receive())
        messages: list[Message] = []
        try:
            await application(scope, replaying(body, gone), collecting(messages))
            poll = scope.pop(LONG_POLL, None)
            if poll is None:
                await _send_all(send, messages)
            elif waiting[poll.holder] >= MAX_WAITERS_PER_HOLDER or waiting.total() >= MAX_WAITERS:
                await _refuse(send)
            elif await _wait(poll, waiting, gone):
                await application(scope, replaying(body, gone), send)
        finally:
            gone.cancel()

    return application_with_waiting


async def _wait(poll: LongPoll, waiting: Counter[Holder], gone: asyncio.Future[Message]) -> bool:
    """Wait for an event or until the time is up. Return whether the client is still connected."""
    event = asyncio.ensure_future(hub.wait_for_event(poll.since, poll.seconds))
    waiting[poll.holder] += 1
    try:
        futures: list[asyncio.Future[Any]] = [event, gone]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
    finally:
        event.cancel()
        waiting[poll.holder] -= 1
        if not waiting[poll.holder]:
            del waiting[poll.holder]
    return not gone.done()


async def _send_all(send: Send, messages: list[Message]) -> None:
    for message in messages:
        await send(message)


async def _refuse(send: Send) -> None:
    body = json.dumps({"detail": "This client already has too many requests waiting for events."}).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": TOO_MANY, "headers": headers})
    await send({"type": "http.response.body", "body": body})
