"""Daphne's WebSocket protocol for many clients, some of which may be slow.

The hub sends the same text to many sockets, so each text is encoded once, as a prepared message of autobahn. Consumers
find `serverSend` in the scope, as an extension of ASGI, because a send through the layers of Channels takes twice as
long (docs/performance.md). The transport notifies the socket, as any Twisted producer, when the client reads more slowly
than we send. From then on, unread text is counted, and the socket is closed at a limit. Uses only public functions of
Twisted, autobahn and Daphne.
"""

import socket
from functools import lru_cache
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from board.live.consumers import SEND_TEXT
from board.live.sender import TRY_LATER

SEND_BUFFER = 256 * 1024
# The maximum number of characters that a client may leave unread beyond that.
MAX_UNREAD = 512 * 1024
# Seconds for a client to reply to a close frame.
CLOSE_WITHIN = 30


class Socket(WebSocketProtocol):  # type: ignore[misc]  # without annotations
    """A WebSocket that doesn't wait for slow clients, and that can be closed with any code."""

    # The number of characters that wait after the transport's buffer was full. None while the client keeps up.
    unread: int | None = None

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        # Otherwise the connection keeps a reference to its initial request.
        self.unregisterProducer()
        self.registerProducer(self, True)
        # By default, the buffer of each socket could grow to several megabytes.
        self.transport.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def pauseProducing(self) -> None:  # noqa: N802
        """Called by the transport when the client reads more slowly than we send. Stops reading from the client."""
        # Called again for each waiting text.
        self.unread = self.unread or 0
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        self.unread = None
        if self.state != self.STATE_OPEN:
            # Otherwise the transport would wait for more data before it closes.
            self.unregisterProducer()
        self.transport.resumeProducing()

    def stopProducing(self) -> None:  # noqa: N802
        """Called by the transport when the connection is lost. The consumer is notified in another way."""

    def serverSend(self, content: str, binary: bool = False) -> None:  # noqa: N802
        """Send a text, or close the socket if its client has too much unread."""
        if self.unread is not None:
            self.unread += len(content)
            if self.unread > MAX_UNREAD:
                self.closeHandshakeTimeout = CLOSE_WITHIN
                self.serverClose(TRY_LATER)
                return
        if self.state == self.STATE_OPEN:
            self.transport.write(prepare(self.factory, content).payloadHybi)

    # `sendClose` rejects codes such as 1008, 1012 and 1013.
    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        self.sendCloseFrame(code=code or 1000)


def with_send(protocol: Any, scope: dict[str, Any]) -> dict[str, Any]:
    """Return the scope of a request, for a WebSocket with the extension that sends a text."""
    if not isinstance(protocol, Socket):
        return scope
    return {**scope, "extensions": {SEND_TEXT: {"send": protocol.serverSend}}}


@lru_cache(maxsize=8)
def prepare(factory: Any, text: str) -> Any:
    """Encode a text as a frame."""
    return factory.prepareMessage(text.encode(), doNotCompress=True)
