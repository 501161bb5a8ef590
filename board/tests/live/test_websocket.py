"""The sockets of `manage.py serve`: one frame for all, and a limit on what a client leaves unread."""

import asyncio

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory

from board.live.consumers import LiveConsumer
from board.live.sender import TRY_LATER
from board.management.websocket import CLOSE_WITHIN, MAX_UNREAD, Socket, with_send


class Transport:
    """The connection of a socket, which signals when the client reads slowly."""

    def __init__(self):
        self.is_paused = False
        self.sent = []

    def write(self, data):
        self.sent.append(data)

    def pauseProducing(self):  # noqa: N802
        self.is_paused = True

    def resumeProducing(self):  # noqa: N802
        self.is_paused = False

    def unregisterProducer(self):  # noqa: N802
        self.is_unregistered = True


@pytest.fixture
def open_socket(monkeypatch):
    """Open a socket that records the codes it was `closed` with; its transport records the bytes `sent`."""
    factory = WebSocketServerFactory()

    def open_one():
        socket = Socket()
        socket.factory, socket.transport, socket.state = factory, Transport(), Socket.STATE_OPEN
        socket.closed = []
        monkeypatch.setattr(socket, "sendCloseFrame", lambda code: socket.closed.append(code))
        return socket

    return open_one


def test_a_text_becomes_one_frame_for_all_sockets(open_socket):
    sockets = [open_socket() for _ in range(3)]
    for socket in sockets:
        socket.serverSend("zweitens: ü")
    (one, *others) = [frame for socket in sockets for frame in socket.transport.sent]
    assert one == b"\x81\x0c" + "zweitens: ü".encode()
    assert [other is one for other in others] == [True, True]


async def test_a_consumer_sends_by_the_servers_extension(open_socket):
    socket, consumer = open_socket(), LiveConsumer()
    consumer.scope = with_send(socket, {"type": "websocket"})
    await consumer.send_text("one")
    assert socket.transport.sent == [b"\x81\x03one"]


async def test_a_consumer_sends_through_channels_on_other_servers():
    consumer, sent = LiveConsumer(), asyncio.Queue()
    consumer.scope, consumer.base_send = with_send(object(), {"type": "websocket"}), sent.put
    await consumer.send_text("one")
    assert sent.get_nowait() == {"type": "websocket.send", "text": "one"}


def test_a_client_that_leaves_too_much_unread_is_closed(open_socket):
    socket = open_socket()
    socket.serverSend("a" * MAX_UNREAD * 2)
    assert socket.closed == [], "the client reads"
    socket.pauseProducing()
    assert socket.transport.is_paused
    socket.serverSend("a" * MAX_UNREAD)
    # The transport calls this again for each waiting text.
    socket.pauseProducing()
    assert socket.closed == []
    socket.serverSend("a")
    assert socket.closed == [TRY_LATER]
    assert len(socket.transport.sent) == 2
    assert socket.closeHandshakeTimeout == CLOSE_WITHIN


def test_the_unread_count_restarts_when_the_client_catches_up(open_socket):
    socket = open_socket()
    for _ in range(2):
        socket.pauseProducing()
        socket.serverSend("a" * MAX_UNREAD)
        socket.resumeProducing()
    assert (socket.closed, socket.transport.is_paused) == ([], False)


def test_a_socket_that_is_closing_gets_nothing_more(open_socket):
    socket = open_socket()
    socket.state = Socket.STATE_CLOSING
    socket.serverSend("late")
    socket.resumeProducing()
    assert socket.transport.sent == []
    assert socket.transport.is_unregistered


def test_a_socket_closes_with_the_codes_of_the_standard(open_socket):
    socket = open_socket()
    socket.serverClose(1012)
    socket.serverClose()
    assert socket.closed == [1012, 1000]
