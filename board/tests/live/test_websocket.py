"""The sockets of `manage.py serve`: one frame for all, and a limit on what a client leaves unread."""

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory

from board.live.sender import TRY_LATER
from board.management.websocket import CLOSE_WITHIN, MAX_UNREAD, Socket


class Transport:
    """The connection of a socket, which signals when the client reads slowly."""

    def __init__(self):
        self.is_paused = False

    def pauseProducing(self):  # noqa: N802
        self.is_paused = True

    def resumeProducing(self):  # noqa: N802
        self.is_paused = False

    def unregisterProducer(self):  # noqa: N802
        self.is_unregistered = True


@pytest.fixture
def open_socket(monkeypatch):
    """Open a socket that records the messages it `sent` and the codes it was `closed` with."""
    factory = WebSocketServerFactory()

    def open_one():
        socket = Socket()
        socket.factory, socket.transport, socket.state = factory, Transport(), Socket.STATE_OPEN
        socket.sent, socket.closed = [], []
        monkeypatch.setattr(socket, "sendPreparedMessage", socket.sent.append)
        monkeypatch.setattr(socket, "sendCloseFrame", lambda code: socket.closed.append(code))
        return socket

    return open_one


def test_a_text_becomes_one_frame_for_all_sockets(open_socket):
    sockets = [open_socket() for _ in range(3)]
    for socket in sockets:
        socket.serverSend("zweitens: ü")
    (message,) = {message for socket in sockets for message in socket.sent}
    assert message.payloadHybi == b"\x81\x0c" + "zweitens: ü".encode()


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
    assert len(socket.sent) == 2
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
    assert socket.sent == []
    assert socket.transport.is_unregistered


def test_a_socket_closes_with_the_codes_of_the_standard(open_socket):
    socket = open_socket()
    socket.serverClose(1012)
    socket.serverClose()
    assert socket.closed == [1012, 1000]
