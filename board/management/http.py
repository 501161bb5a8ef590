"""Daphne's HTTP with limits: heads, bodies and readers that are slow or endless hold nothing."""

from http import HTTPStatus
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from board.ops.request_limits import BODY_WITHIN, HEAD_WITHIN, body_limit, refusal

# Seconds for a client to read on after it stopped, and to hear why its body was refused.
READ_WITHIN = 60
LINGER = 2


class Request(WebRequest):  # type: ignore[misc]  # without annotations
    """A request whose body is counted while it arrives, and that waits for the client to read the responses before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django reads forms; Twisted would do so too, on the event loop.
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
    """A connection of HTTP/1.1 that ends when the client is too slow, and reads no more than it can answer."""

    is_refused = is_congested = _is_at_work = _is_in_body = False
    # Set by Twisted, whose annotations say too little.
    transport: Any
    _path: Any
    delayed: Request | None = None
    _deadline: Any = None
    _seconds: float | None = None
    body_limit = 0

    # The head and the body

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        self._expect(HEAD_WITHIN)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.is_refused:
            return
        super().dataReceived(data)
        # The call above may refuse.
        if not (self._is_at_work or self.is_refused or self.is_congested):  # type: ignore[redundant-expr]
            self._expect(BODY_WITHIN if self._is_in_body else HEAD_WITHIN)

    def allHeadersReceived(self) -> None:  # noqa: N802
        # Public names for the path come too late: when the body is there.
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
        self._is_at_work, self._is_in_body = True, False
        self._expect(READ_WITHIN if self.is_congested else None)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:  # noqa: N802
        self._is_at_work = False
        super().requestDone(request)

    def refuse(self, status: HTTPStatus) -> None:
        """Answer that the body is refused, and close; what still comes for a moment is thrown away unread.

        To close at once would reset the connection, and the client would not get to see the answer.
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
        self._expect(LINGER)

    def _expect(self, seconds: float | None) -> None:
        """Let what is awaited happen within so many seconds, None for any; the same again changes nothing."""
        if seconds == self._seconds:
            return
        if self._deadline:
            self._deadline.cancel()
        self._seconds = seconds
        self._deadline = self.callLater(seconds, self._end) if seconds else None

    def _end(self) -> None:
        self._deadline = self._seconds = None
        if self.is_refused or self.is_congested:
            self.transport.abortConnection()
        elif self._is_in_body:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.loseConnection()

    # The responses

    def pauseProducing(self) -> None:  # noqa: N802
        """The client does not read: called by the transport when a response waits in its buffer."""
        self.is_congested = True
        super().pauseProducing()
        self._expect(READ_WITHIN)

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_congested = False
        self._expect(None)
        super().resumeProducing()
        if self.delayed:
            request, self.delayed = self.delayed, None
            request.process()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._expect(None)
        self.delayed = None
        super().connectionLost(reason)


class Factory(HTTPFactory):  # type: ignore[misc]  # without annotations
    protocol = Channel

    def buildProtocol(self, addr: IAddress | None) -> Channel:  # noqa: N802
        channel: Channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        return channel
