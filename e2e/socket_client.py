"""The messages of a socket, as a program without a browser sends and receives them."""

import json
import time

from websockets.exceptions import ConnectionClosed

NOT_ACCEPTED, TRY_LATER, LOG_IN, NO_ACCESS = 1008, 1013, 4401, 4403


def send(socket, **message):
    socket.send(json.dumps(message))


def receive(socket, until=lambda frame: True, acknowledge=True):
    """Receive and acknowledge frames until one satisfies `until`; returns it."""
    while True:
        frame = json.loads(socket.recv(timeout=30))
        if acknowledge:
            send(socket, since=frame["seq"])
        if until(frame):
            return frame


def newest_number(api):
    return api.get("/events", params={"since": 0}).json()["newest"]


def close_code(socket, timeout=30):
    """Wait until the server closes the socket; returns its code."""
    deadline = time.monotonic() + timeout
    try:
        while True:
            socket.recv(timeout=deadline - time.monotonic())
    except ConnectionClosed as closed:
        return closed.rcvd.code
