"""What `manage.py serve` sends to a socket past the event loop."""

import pytest
from twisted.internet import main

from board.management.commands import serve


class Reader:
    """A connection that takes so many bytes at once; what is left waits for the event loop."""

    def __init__(self, takes):
        self.takes = takes
        self.taken = self.waits = b""

    def writeSomeData(self, data):  # noqa: N802
        if isinstance(self.takes, Exception):
            return self.takes
        self.taken += data[: self.takes]
        return min(self.takes, len(data))

    def write(self, data):
        self.waits += data


@pytest.fixture
def socket_of(monkeypatch):
    """Return an open socket on a connection."""

    def socket_of(reader):
        monkeypatch.setattr(serve.reactor, "getWriters", lambda: [reader] if reader.waits else [])
        socket = serve.Socket()
        socket.state, socket.transport = socket.STATE_OPEN, reader
        return socket

    return socket_of


@pytest.mark.parametrize("takes", [0, 3, 100, main.CONNECTION_LOST], ids=["none", "some", "all", "lost"])
def test_what_a_reader_does_not_take_at_once_follows_in_order(socket_of, takes):
    reader = Reader(takes)
    socket = socket_of(reader)
    for text in ("first", "zweitens: ü"):
        socket.write(text)
    assert reader.taken + reader.waits == b"\x81\x05first" + b"\x81\x0c" + "zweitens: ü".encode()


def test_a_socket_that_is_closing_gets_nothing_more(socket_of):
    reader = Reader(100)
    socket = socket_of(reader)
    socket.state = socket.STATE_CLOSING
    socket.write("late")
    assert reader.taken + reader.waits == b""
