"""The guard that keeps the suites from connecting to another machine (conftest.py)."""

import socket

import pytest

from conftest import OutgoingConnectionError


def test_a_connection_to_another_machine_fails():
    with socket.socket() as wire, pytest.raises(OutgoingConnectionError, match=r"192\.0\.2\.1"):
        wire.connect(("192.0.2.1", 80))


def test_a_connection_to_this_machine_is_allowed():
    with socket.socket() as wire, pytest.raises(ConnectionRefusedError):
        wire.connect(("127.0.0.1", 1))
