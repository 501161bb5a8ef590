"""Helpers for ASGI applications."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .request_limits import refusal

type Scope = dict[str, Any]
type Message = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str:
    """Return the last value of a header, or ""."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[-1].decode("latin1") if values else ""


def route_of(scope: Scope) -> str:
    """Return the path of a request without FORCE_SCRIPT_NAME, as the URL patterns see it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def replaying(message: Message, then: Receive | asyncio.Future[Message]) -> Receive:
    """Return a `receive` that returns `message` first, then the results of `then`.

    `then` is the original `receive`, or a future of its next message.
    """
    messages = [message]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        return await (asyncio.shield(then) if isinstance(then, asyncio.Future) else then())

    return receive


def collecting(messages: list[Message]) -> Send:
    """Return a `send` that appends to this list."""

    async def send(message: Message) -> None:
        messages.append(message)

    return send


async def refuse(send: Send, path: str, status: int) -> None:
    """Send the response of `request_limits.refusal`."""
    headers, body = refusal(path, status)
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
