"""Daphne's websockets, for a thousand clients of which some do not read.

The hub sends the same text to many sockets, so a text becomes a frame once: autobahn's prepared messages are made for
that. The transport tells, as it does any Twisted producer, when a client reads more slowly than we send; from then on
what waits is counted, and the socket is closed when that is too much. Only public functions of Twisted,
autobahn and Daphne are used.
"""

import socket
from functools import lru_cache
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from board.live.sender import MAX_UNREAD, TRY_LATER

SEND_BUFFER = 256 * 1024
# Seconds that a client has to reply to a close.
CLOSE_WITHIN = 30


class Socket(WebSocketProtocol):  # type: ignore[misc]  # without annotations
    """A socket that closes with any code, and that waits for no client that does not read."""

    # Characters that wait beside what fills the transport's own buffer; None while the client reads.
    unread: int | None = None

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        # Else the connection keeps the request that it began as.
        self.unregisterProducer()
        self.registerProducer(self, True)
        # The system would let each grow to some megabytes.
        self.transport.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def pauseProducing(self) -> None:  # noqa: N802
        """Called by the transport when the client reads more slowly than we send: nothing more is read of theirs."""
        # Called anew with each text that waits.
        self.unread = self.unread or 0
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        self.unread = None
        if self.state != self.STATE_OPEN:
            # Else the transport would wait for more to send before it closes.
            self.unregisterProducer()
        self.transport.resumeProducing()

    def stopProducing(self) -> None:  # noqa: N802
        """Called by the transport when the connection is lost. The consumer is told of that anyway."""

    def serverSend(self, content: str, binary: bool = False) -> None:  # noqa: N802
        """Send a text, or close the socket when its client has left too much unread."""
        if self.unread is not None:
            self.unread += len(content)
            if self.unread > MAX_UNREAD:
                self.closeHandshakeTimeout = CLOSE_WITHIN
                self.serverClose(TRY_LATER)
                return
        if self.state == self.STATE_OPEN:
            self.sendPreparedMessage(prepare(self.factory, content))

    # With the standard's own codes, too (1008, 1012, 1013), which `sendClose` refuses to a program.
    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        self.sendCloseFrame(code=code or 1000)


@lru_cache(maxsize=8)
def prepare(factory: Any, text: str) -> Any:
    """Return a text as a frame. Nothing that we send is binary."""
    return factory.prepareMessage(text.encode(), doNotCompress=True)
