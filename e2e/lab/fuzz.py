"""Sends thousands of hostile inputs to a real server, which may refuse them but must not fail, hang or die.

`python -m e2e.lab.fuzz sockets --count 50000` (make fuzz). A surface is a function in `SURFACES` that takes a `Target` and
a count and sends so many inputs; each has to be answered, or else the next page, within `HANG` seconds, and in the end
the server's log must be without a traceback. `--seed` repeats a run.
"""

import argparse
import contextlib
import json
import os
import random
import socket
import string
import struct
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from e2e.integrity import check_data
from e2e.server import Server
from e2e.sessions import log_in

from .fuzz_api import fuzz_api
from .fuzz_images import fuzz_images
from .fuzz_site import fuzz_site

HANG = 2
HANDFUL = 250
ODD = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**63,
    -(2**63),
    10**400,
    "",
    "x" * 5000,
    "\ud83d\ude00",
    [],
    {},
    [[]],
    {"a": {}},
]
WORDS = ["since", "hold", "release", "model", "id", "action", "task", "dragstart", "__proto__", ""]


@dataclass
class Target:
    """A server under fire; `failures` are sentences."""

    server: Server
    sprint: int
    cookie: str
    channel: str
    random: random.Random
    failures: list = field(default_factory=list)
    slowest: float = 0

    def note(self, number, what, took):
        """Note how long something took, and that it failed when `what` says so."""
        self.slowest = max(self.slowest, took)
        if what or took > HANG:
            self.failures.append(f"{number}: {what or 'took'} after {took:.1f} s")

    def send(self, client, request, number):
        """Send a request of httpx and return the answer, None for none; notes what must not be.

        `number` is the request's own, for who repeats the run.
        """
        begun = time.monotonic()
        try:
            answer = client.send(request)
            outcome = f"status {answer.status_code}"
        except httpx.TransportError as error:
            answer, outcome = None, repr(error)
        took = time.monotonic() - begun
        self.slowest = max(self.slowest, took)
        if answer is None or answer.status_code >= 500 or took > HANG:
            self.fail(number, request, f"{outcome} after {took:.1f} s")
        return answer

    def fail(self, number, request, what):
        """Note what a request led to that must not be."""
        said = f"{request.method} {request.url} {request.content[:80]!r} {dict(request.headers)}"
        self.failures.append(f"{number}: {said[:600]}: {what}")

    def check(self, sent):
        """See that the server lives and answers in time."""
        begun = time.monotonic()
        try:
            answer = httpx.get(
                f"{self.server.url}/sprints/{self.sprint}/", headers={"Cookie": self.cookie}, timeout=30
            )
        except httpx.HTTPError as error:
            self.failures.append(f"after {sent}: {error!r}")
            return
        took = time.monotonic() - begun
        self.slowest = max(self.slowest, took)
        if answer.status_code != 200:
            self.failures.append(f"after {sent}: status {answer.status_code}")
        if took > HANG:
            self.failures.append(f"after {sent}: an answer took {took:.1f} s")


def fuzz_sockets(target, count):
    """Send frames that no page sends: odd JSON, odd text, bytes, and what is not a frame at all."""
    sent = 0
    while sent < count:
        if target.random.random() < 0.2:
            sent += raw_frames(target)
        else:
            sent += odd_messages(target)
        if sent % HANDFUL < 20:
            target.check(sent)


def odd_messages(target):
    """Send well-formed frames on a board's or a client's socket until it is closed; returns how many."""
    path, cookie = target.random.choice(
        [
            (f"/sprints/{target.sprint}/live", target.cookie),
            (target.channel, ""),
            (f"/sprints/{2**62}/live", target.cookie),
        ]
    )
    sent = 0
    with (
        contextlib.suppress(WebSocketException, OSError, TimeoutError),
        connect(
            f"{target.server.url.replace('http', 'ws')}{path}",
            additional_headers={"Cookie": cookie},
            origin=target.server.url,
            open_timeout=30,
            close_timeout=1,
        ) as wire,
    ):
        for _ in range(20):
            wire.send(message(target.random))
            sent += 1
    return max(sent, 1)


def message(chance):
    """Return a text or bytes that a socket may be sent."""
    kind = chance.randrange(6)
    if kind == 0:
        return chance.randbytes(chance.randrange(2000))
    if kind == 1:
        return "".join(chance.choices(string.printable + "\x00\u2028\ufeff", k=chance.randrange(1500)))
    if kind == 2:
        return chance.choice("[{") * chance.randrange(1, 1024)
    if kind == 3:
        text = json.dumps({"since": chance.choice([0, 1, 2**62])})
        cut = chance.randrange(len(text))
        return text[:cut] + chance.choice(string.printable) + text[cut + 1 :]
    if kind == 4:
        return json.dumps({chance.choice(WORDS): chance.choice(ODD) for _ in range(chance.randrange(4))})
    body = {"model": "task", "id": chance.choice([1, *ODD]), "action": chance.choice(["dragstart", "drop", *ODD])}
    return json.dumps(body if chance.random() < 0.5 else {"since": chance.choice(ODD)})


def raw_frames(target):
    """Send bytes after a proper handshake: reserved bits, wrong lengths, no mask, bad UTF-8, half a frame."""
    chance = target.random
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", target.server.port), timeout=30) as wire,
    ):
        wire.sendall(
            f"GET /sprints/{target.sprint}/live HTTP/1.1\r\nHost: 127.0.0.1:{target.server.port}\r\n"
            f"Origin: {target.server.url}\r\nCookie: {target.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        wire.recv(4096)
        for _ in range(5):
            body = chance.randbytes(chance.choice([0, 1, 2, 125, 126, 1000]))
            length = chance.choice([min(len(body), 125), 0, 125, 126, 127])
            more = {
                126: struct.pack("!H", chance.randrange(2**16)),
                127: struct.pack("!Q", chance.randrange(2**64)),
            }
            head = bytes([chance.randrange(256), chance.choice([0x80, 0]) | length]) + more.get(length, b"")
            wire.sendall(head + chance.randbytes(4) + body)
    return 5


SURFACES = {"sockets": fuzz_sockets, "api": fuzz_api, "images": fuzz_images, "site": fuzz_site}


@contextlib.contextmanager
def target_of(folder, seed):
    """Start a server and give it as `Target`. In the end it must be alive, with a log and a database that are in order."""
    # No limit is in the way of who sends so much.
    server = Server(folder, API_RATE="1000000/second", API_RATE_UNKNOWN="1000000/second").start()
    try:
        cookie = log_in(server.url, "demo")
        sprint = httpx.get(f"{server.url}/api/sprints", auth=("demo", "demo"), timeout=30).json()["results"][0]
        channel = sprint["links"]["channel"].removeprefix(server.url.replace("http", "ws"))
        target = Target(server, sprint["id"], cookie, channel, random.Random(seed))
        yield target
        if server.process.poll() is not None:
            target.failures.append(f"the server died with {server.process.returncode}")
        if "Traceback" in server.log.read_text():
            target.failures.append(f"a traceback in the log:\n{server.log.read_text()[-3000:]}")
    finally:
        server.stop()
    check_data(server.env["DATABASE_URL"], folder)


def fire(surface, count, target):
    """Send `count` inputs to a surface of a target."""
    SURFACES[surface](target, count)
    target.check(count)


def run():
    """The command; ends with 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("surface", choices=SURFACES)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    options = parser.parse_args()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="lightboard-fuzz-") as folder,
        target_of(Path(folder), options.seed) as target,
    ):
        fire(options.surface, options.count, target)
    for failure in target.failures:
        print(failure)
    print(
        f"{options.surface}: {options.count} inputs in {time.monotonic() - begun:.0f} s (seed {options.seed}), "
        f"{len(target.failures)} failures, the slowest answer {target.slowest:.2f} s"
    )
    sys.exit(bool(target.failures))


if __name__ == "__main__":
    run()
