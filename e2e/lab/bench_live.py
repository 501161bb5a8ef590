"""Measures how fast a change reaches the pages, and the cost of their sockets: `python -m e2e.lab.bench_live`.

A real server, moves by the API at a steady rate, and so many sockets that each acknowledge every frame. A change's
time runs from its event's own time, taken right before it is saved, to the arrival of the first frame that has
it. One process of ours holds all sockets and needs a core for itself, so the figures are an upper bound. Prints
and keeps figures; judges none.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import random
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from datetime import datetime
from pathlib import Path

from e2e.server import ROOT, Server

from .chaos import STATUSES, STEP, api_of, make_board, read_database

SOCKETS = (40, 500, 1000)
SOCKETS_PER_SESSION = 10
SECONDS = 20
MOVES_PER_SECOND = 20
MOVES_AT_ONCE = 4
SEQ = re.compile(rb'"seq": (\d+)')
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10

# Runs in the server's settings: log-ins through the form would cost a second of hashing each.
MAKE_SESSIONS = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
store = import_module(settings.SESSION_ENGINE).SessionStore
for user in [get_user_model().objects.get_or_create(username=f"bench-{n}")[0] for n in range(%d)]:
    session = store()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
"""


class Socket(asyncio.Protocol):
    """The least that is a page's socket: a thousand of them are to cost their process little.

    Notes the arrival of each frame in `heard`, [(time, sequence number)], and acknowledges it.
    """

    def __init__(self, port, path, session, seq):
        self.port, self.path, self.session, self.seq = port, path, session, seq
        self.data = bytearray()
        self.is_open = False
        self.heard = []
        self.closed = None

    def connection_made(self, transport):
        self.transport = transport
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            f"Cookie: {self.session}",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "", ""),
        ]
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data):
        now = time.time()
        self.data += data
        if not self.is_open:
            head, end, rest = self.data.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head[:16], head
            self.data, self.is_open = rest, True
            self.say()
        while frame := self.next_frame():
            self.hear(*frame, now)

    def next_frame(self):
        """Return the next (opcode, payload) that is there wholly, None before."""
        size, at = (self.data[1], 2) if len(self.data) > 1 else (0, 2)
        if size > 125:
            at = 4 if size == 126 else 10
            size = int.from_bytes(self.data[2:at])
        if len(self.data) < max(at, at + size):
            return None
        frame = self.data[0] & 15, bytes(self.data[at : at + size])
        del self.data[: at + size]
        return frame

    def hear(self, opcode, payload, now):
        if opcode == TEXT:
            found = SEQ.search(payload)
            self.seq = int(found[1]) if found else self.seq
            self.heard.append((now, self.seq))
            self.say()
        elif opcode == PING:
            self.send(PONG, payload)
        elif opcode == CLOSE:
            self.closed = int.from_bytes(payload[:2])

    def say(self):
        self.send(TEXT, b'{"since": %d}' % self.seq)

    def send(self, opcode, payload):
        # A mask of zeros leaves the payload as it is.
        self.transport.write(bytes([128 | opcode, 128 | len(payload), 0, 0, 0, 0]) + payload)

    def connection_lost(self, error):
        self.closed = self.closed or 1006


async def measure(count, seconds, rate):
    """Return the figures of so many sockets."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lightboard-bench-")))
        server = Server(folder)
        stack.callback(server.stop, signal.SIGKILL)
        await asyncio.to_thread(server.start)
        database = server.env["DATABASE_URL"]
        sprint, cards = await make_board(server.url)
        api = await stack.enter_async_context(api_of(server.url))
        empty = memory(server)
        seq = read_database(database, "SELECT value FROM board_counter")[0][0]
        sockets = await open_sockets(server, sprint, seq, count)
        filled = memory(server)
        begun, busy, own = time.monotonic(), cpu_seconds(server), time.process_time()
        answers = await move(api, cards, seconds, rate)
        await caught_up(sockets, database)
        passed = time.monotonic() - begun
        saved = times_of_events(database, seq)
        of_sockets = [list(delays_of(one, saved, seq)) for one in sockets]
        delays = sorted(delay for one in of_sockets for delay in one)
        last = sorted(max(of_change) for of_change in zip(*of_sockets, strict=True))
        return {
            "sockets": count,
            "closed": sum(one.closed is not None for one in sockets),
            "moves": len(saved),
            "moves_per_second": round(len(saved) / passed, 1),
            "request_median_ms": round(statistics.median(answers) * 1000),
            "frames": sum(len(one.heard) for one in sockets),
            "median_ms": percentile(delays, 50),
            "p95_ms": percentile(delays, 95),
            "most_ms": percentile(delays, 100),
            "last_socket_median_ms": percentile(last, 50),
            "server_cpu": round((cpu_seconds(server) - busy) / passed, 2),
            "client_cpu": round((time.process_time() - own) / passed, 2),
            "rss_empty_mb": round(empty / 1024),
            "rss_mb": round(memory(server) / 1024),
            "rss_kb_per_socket": round((filled - empty) / count),
        }


async def open_sockets(server, sprint, seq, count):
    """Open the sockets, a few at a time, and wait until each was greeted."""
    sessions = make_sessions(server, -(-count // SOCKETS_PER_SESSION))
    loop = asyncio.get_running_loop()
    sockets = []
    for number in range(count):
        make = Socket(server.port, f"/sprints/{sprint}/live", sessions[number // SOCKETS_PER_SESSION], seq)
        sockets.append((await loop.create_connection(lambda make=make: make, "127.0.0.1", server.port))[1])
        if number % 20 == 19:
            await until(lambda: all(one.heard for one in sockets))
    await until(lambda: all(one.heard for one in sockets))
    return sockets


def make_sessions(server, count):
    """Log so many new users in, past the form, and return their cookies."""
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", MAKE_SESSIONS % count]
    done = subprocess.run(command, cwd=ROOT, env=server.env, capture_output=True, text=True, check=True)
    return done.stdout.split()


async def move(api, cards, seconds, rate):
    """Move cards at a steady rate; returns the seconds that each request took."""
    places = asyncio.Semaphore(MOVES_AT_ONCE)
    took = []

    async def move_one():
        async with places:
            begun = time.monotonic()
            body = {"status": random.choice(STATUSES), "order": random.randrange(STEP * 100)}
            (await api.patch(f"/tasks/{random.choice(cards)}", json=body)).raise_for_status()
            took.append(time.monotonic() - begun)

    begun = time.monotonic()
    async with asyncio.TaskGroup() as moves:
        for number in range(int(seconds * rate)):
            await asyncio.sleep(max(0, begun + number / rate - time.monotonic()))
            moves.create_task(move_one())
    return took


async def caught_up(sockets, database):
    newest = read_database(database, "SELECT value FROM board_counter")[0][0]
    await until(lambda: all(one.seq == newest or one.closed for one in sockets))


async def until(is_so, seconds=120):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("The sockets did not come to where they should within two minutes.")
        await asyncio.sleep(0.02)


def times_of_events(database, since):
    """Return the times of the events after a number, in order."""
    rows = read_database(database, f"SELECT created_at FROM board_event WHERE seq > {since} ORDER BY seq")
    return [datetime.fromisoformat(f"{at}+00:00").timestamp() for (at,) in rows]


def delays_of(socket, saved, since):
    """Return for each event how long it took to the first frame that had it, in seconds."""
    numbers = [seq for _, seq in socket.heard]
    for number, at in enumerate(saved, since + 1):
        frame = bisect_right(numbers, number - 1)
        if frame < len(numbers):
            yield socket.heard[frame][0] - at


def percentile(values, percent):
    """Return a percentile in milliseconds."""
    return round(values[min(len(values) - 1, len(values) * percent // 100)] * 1000)


def memory(server):
    """Return the resident memory of the server's process in KB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def cpu_seconds(server):
    """Return the processor time that the server's process has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="*", default=SOCKETS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--rate", type=float, default=MOVES_PER_SECOND, help="moves a second")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    rows = []
    for count in options.sockets:
        rows.append(asyncio.run(measure(count, options.seconds, options.rate)))
        if len(rows) == 1:
            print("  ".join(rows[0]))
        print("  ".join(f"{value:>{len(name)}}" for name, value in rows[-1].items()), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
