"""Daphne's HTTP protocol with limits on slow and large requests and on slow readers."""

from http import HTTPStatus
from typing import Any
from weakref import WeakSet

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from board.ops.request_limits import BODY_WITHIN, HEAD_WITHIN, body_limit, refusal

# Seconds for a client to continue reading, and to receive the response that rejects its body.
READ_WITHIN = 60
LINGER = 2


class Request(WebRequest):  # type: ignore[misc]  # without annotations
    """A request with a limit on its body. It waits until the client has read earlier responses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django parses forms. Twisted would parse them as well, on the event loop.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self.channel.is_refused:
            return
        if self.content.tell() + len(data) > self.channel.body_limit:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        super().handleContentChunk(data)

    def process(self) -> None:
        if self.channel.is_congested:
            self.channel.delayed = self
            return
        super().process()


class Channel(HTTPChannel):
    """An HTTP/1.1 connection that is closed if the client is too slow, with backpressure on requests."""

    is_refused = is_congested = _is_processing = _is_in_body = False
    # Whether a request may be on its way: from the connection or its first byte until it is done.
    is_request_pending = False
    # Set by Twisted, whose annotations are too loose.
    transport: Any
    _path: Any
    delayed: Request | None = None
    _deadline: Any = None
    _seconds: float | None = None
    body_limit = 0

    # The head and the body

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        self.is_request_pending = True
        self._set_deadline(HEAD_WITHIN)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.is_refused:
            return
        self.is_request_pending = True
        super().dataReceived(data)
        # The call above may reject the request.
        if not (self._is_processing or self.is_refused or self.is_congested):  # type: ignore[redundant-expr]
            self._set_deadline(BODY_WITHIN if self._is_in_body else HEAD_WITHIN)

    def allHeadersReceived(self) -> None:  # noqa: N802
        # The public attribute for the path is only set after the body has arrived.
        self.body_limit = body_limit(self._path.partition(b"?")[0].decode("latin1"))
        if (self.length or 0) > self.body_limit:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._is_in_body = True
        super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.is_refused:
            super().rawDataReceived(data)

    def allContentReceived(self) -> None:  # noqa: N802
        if self.is_refused:
            return
        self._is_processing, self._is_in_body = True, False
        self._set_deadline(READ_WITHIN if self.is_congested else None)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:  # noqa: N802
        self._is_processing = self.is_request_pending = False
        super().requestDone(request)

    def refuse(self, status: HTTPStatus) -> None:
        """Send a response that rejects the body, then close after a moment, discarding further data.

        Closing immediately would reset the connection before the client has read the response.
        """
        self.is_refused = True
        headers, body = refusal(self._path.decode("latin1"), status)
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.setTimeout(None)
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin1") + body)
        self._networkProducer.unregisterProducer()
        self.transport.loseWriteConnection()
        self._set_deadline(LINGER)

    def _set_deadline(self, seconds: float | None) -> None:
        """Start a deadline of so many seconds, or none. The same value again doesn't extend it."""
        if seconds == self._seconds:
            return
        if self._deadline:
            self._deadline.cancel()
        self._seconds = seconds
        self._deadline = self.callLater(seconds, self._deadline_passed) if seconds else None

    def _deadline_passed(self) -> None:
        self._deadline = self._seconds = None
        if self.is_refused or self.is_congested:
            self.transport.abortConnection()
        elif self._is_in_body:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.loseConnection()

    # The responses

    def pauseProducing(self) -> None:  # noqa: N802
        """Called by the transport when its buffer is full because the client doesn't read."""
        self.is_congested = True
        super().pauseProducing()
        self._set_deadline(READ_WITHIN)

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_congested = False
        self._set_deadline(None)
        super().resumeProducing()
        if self.delayed:
            request, self.delayed = self.delayed, None
            request.process()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._set_deadline(None)
        self.is_request_pending = False
        self.delayed = None
        super().connectionLost(reason)


class Factory(HTTPFactory):  # type: ignore[misc]  # without annotations
    protocol = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._channels: WeakSet[Channel] = WeakSet()

    def buildProtocol(self, addr: IAddress | None) -> Channel:  # noqa: N802
        channel: Channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        self._channels.add(channel)
        return channel

    def is_request_pending(self) -> bool:
        """Return whether an open connection may be sending a request. WebSockets have left their channel."""
        return any(channel.transport and channel.is_request_pending for channel in self._channels)
