"""Reads the whole body of a request, within limits of size and time, before the application is called."""

import asyncio

from board.ops.asgi_tools import Application, Receive, Scope, Send, header, refuse, replaying
from board.ops.request_limits import BODY_WITHIN, body_limit, has_too_many_parts


class BodyTooLargeError(Exception):
    """The body is larger than the limit of its path."""


class DisconnectedError(Exception):
    """The client disconnected before its request was complete."""


def with_complete_body(application: Application) -> Application:
    """Call `application` once the body of a request is complete. Refuse bodies that are too large or too slow."""

    async def application_with_body(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await read_body(scope, receive, body_limit(path))
        except DisconnectedError:
            return
        except BodyTooLargeError:
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


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return the body of a request. Raises `BodyTooLargeError` or `DisconnectedError`."""
    declared = header(scope, b"content-length")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise BodyTooLargeError
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return b"".join(parts)
