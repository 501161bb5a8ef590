"""Measures what one malicious client does to everyone else: `make attack`, or `python -m e2e.lab.attack NAME …`.

Each attack runs against a server of its own on the loopback address, bounded in number and time, and prints a ratio, a
count or a figure beside its goal.
"""

import argparse
import base64
import contextlib
import json
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from ..api_client import api_of
from ..board_page import unused_end_date
from ..server import Server
from ..sessions import log_in
from .goals import row, table
from .wire import (
    IN_FLIGHT,
    connect,
    crowd,
    forget_peak,
    head,
    memory,
    open_unread,
    peak_memory,
    seconds_until_closed,
    status_of,
    upload,
)

CARDS = 200
SOCKETS_PER_LOG_IN = 9
VISITS = 40
MOST_TIMES_SLOWER = 5
PARTS = b"--B\r\n\r\n"
MULTIPART = "multipart/form-data; boundary=B"


class Target:
    """A server of its own with a board, and a person who looks at it."""

    def __init__(self, folder, **options):
        # The limit on requests is not what is tried here.
        rates = {"API_RATE": "1000000/minute", "API_RATE_UNKNOWN": "1000000/minute"}
        self.server = Server(folder, **rates, **options).start()
        self.url, self.process_id = self.server.url, self.server.process.pid
        with api_of(self.url) as api:
            sprint = api.post("/sprints", json={"name": "Target", "end": unused_end_date().isoformat()}).json()
            self.sprint = sprint["id"]
            for number in range(CARDS):
                api.post(
                    "/tasks", json={"name": f"Card {number}", "sprint": self.sprint, "status": 1 + number % 4}
                )
        cookie = log_in(self.url, "demo")
        self.person = httpx.Client(base_url=self.url, headers={"Cookie": cookie}, timeout=60)
        self.board()

    def board(self):
        """Return how many seconds the person waited for the board."""
        begun = time.perf_counter()
        response = self.person.get(f"/sprints/{self.sprint}/")
        assert response.status_code == 200, response.text
        return time.perf_counter() - begun

    def channel(self):
        """Return the address of the board's socket of the API, for a new token."""
        name = {"username": "demo", "password": "demo"}
        key = httpx.post(f"{self.url}/api/token/", json=name, timeout=60).raise_for_status().json()["token"]
        headers = {"Authorization": f"Token {key}"}
        sprint = httpx.get(f"{self.url}/api/sprints/{self.sprint}", headers=headers, timeout=60)
        return sprint.raise_for_status().json()["links"]["channel"]

    def median(self, visits=VISITS):
        return statistics.median(self.board() for _ in range(visits))

    def stop(self):
        self.person.close()
        self.server.stop()


# Many requests at once

BASIC, OWN = (base64.b64encode(pair).decode() for pair in (b"guest:guest", b"demo:demo"))
FORM = b"username=demo&password=wrong-NUMBER"
CROWDS = {
    "large pictures": [
        head("/image/4000x2000.avif?bg=NUMBER&pattern=cross"),
        head("/image/4000x2000.webp?bg=NUMBER&blur=9"),
    ],
    "the builder of pictures": [head("/placeholder/?width=4000&height=2000&format=webp&pattern=cross&bg=NUMBER")],
    "the manual's search index": [head("/site/search.json")],
    "the manual's pages": [head("/site/"), head("/site/api/")],
    "/readyz": [head("/readyz")],
    "/healthz": [head("/healthz")],
    "the log-in page": [head("/login/")],
    "wrong log-ins": [
        head("/api/token/", "POST", Content_Type="application/x-www-form-urlencoded", Content_Length=len(FORM))
        + FORM
    ],
    "wrong Basic": [head("/api/tasks", Authorization="Basic " + base64.b64encode(b"demo:wrong").decode())],
    "a member's Basic": [head("/api/sprints", Authorization=f"Basic {BASIC}")],
    "the same person's Basic": [head("/api/sprints", Authorization=f"Basic {OWN}")],
    "a member's searches": [head("/api/tasks?search=NUMBER", Authorization=f"Basic {BASIC}")],
    "forms without a token": [
        head("/login/", "POST", Content_Type="application/x-www-form-urlencoded", Content_Length=len(FORM)) + FORM
    ],
}


def many_at_once(target, names=CROWDS, visits=VISITS):
    """Keep 30 requests in flight at each address in turn, and give how many times slower the person's board is."""
    rows = []
    for name in names:
        quiet = target.median(visits)
        with crowd(target.url, CROWDS[name]) as counts:
            busy = target.median(visits)
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
        print(f"  {name:<30}{quiet * 1000:6.1f} ms → {busy * 1000:6.1f} ms   ({statuses})", flush=True)
        rows.append(row(f"board while {IN_FLIGHT} ask for {name}", MOST_TIMES_SLOWER, [busy / quiet], "x"))
    return rows


# Bodies


def bodies(target):
    """Send what no form sends: too many parts, too many bytes."""
    rows = []
    for name, size in (("2.9 MB of empty parts", 2_900_000), ("0.9 MB of empty parts", 900_000)):
        begun = time.perf_counter()
        status = upload(target.url, "/login/", MULTIPART, size, PARTS)
        seconds = time.perf_counter() - begun
        print(f"  {name}: {status} after {seconds:.2f} s")
        rows.append(row(f"{name}, until the response", 1, [seconds], "s"))
    forget_peak(target.process_id)
    before = memory(target.process_id)
    for content_type in (MULTIPART, "application/x-www-form-urlencoded", "application/json", "image/png"):
        for path in ("/login/", "/api/tasks"):
            for is_chunked in (False, True):
                status = upload(target.url, path, content_type, 200_000_000, b"a=1&" * 1000, is_chunked)
                assert status in (413, None), status
    grown = peak_memory(target.process_id) - before
    rows.append(row("memory while bodies of 200 MB come", 20, [grown], "MB"))
    return rows


def slow_bodies(target):
    """Begin a hundred bodies and go on with none."""
    quiet = target.median()
    with contextlib.ExitStack() as stack:
        for number in range(100):
            wire = stack.enter_context(connect(target.url))
            path = "/login/" if number % 2 else "/api/tasks"
            wire.sendall(head(path, "POST", Content_Type="application/json", Content_Length=1000) + b"{")
        busy = target.median()
        seconds = seconds_until_closed(wire)
    return [
        row("board while 100 bodies do not come", MOST_TIMES_SLOWER, [busy / quiet], "x"),
        row("a body that does not come is given up after", 40, [seconds], "s"),
    ]


# Connections


def half_heads(target):
    """Send half a head and then a byte a second."""
    with connect(target.url) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: local")
        begun = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - begun < 30:
                wire.settimeout(1)
                wire.sendall(b"h")
                with contextlib.suppress(TimeoutError):
                    if not wire.recv(100):
                        break
    return [row("half a head is given up after", 15, [time.monotonic() - begun], "s")]


def unread_responses(target, connections=20):
    """Ask for a board again and again in one go, and read nothing."""
    request = head(f"/sprints/{target.sprint}/", Cookie=target.person.headers["Cookie"])
    before = memory(target.process_id)
    forget_peak(target.process_id)
    with contextlib.ExitStack() as stack:
        for _ in range(connections):
            wire = stack.enter_context(connect(target.url))
            wire.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                for _ in range(1000):
                    wire.send(request * 100)
        time.sleep(10)
        grown = peak_memory(target.process_id) - before
    return [row(f"memory for responses that {connections} clients do not read", 60, [grown], "MB")]


def unread_sockets(target, count=50, changes=80):
    """Open the sockets of the API, and read nothing while much changes."""
    before = memory(target.process_id)
    forget_peak(target.process_id)
    with contextlib.ExitStack() as stack, api_of(target.url) as api:
        task = api.post("/tasks", json={"name": "Long", "sprint": target.sprint}).raise_for_status().json()
        for number in range(count):
            if number % SOCKETS_PER_LOG_IN == 0:
                channel = target.channel()
            stack.enter_context(open_unread(target.url, channel))
        for number in range(changes):
            fields = {"description": f"{number} " + "ä" * 9000}
            api.patch(f"/tasks/{task['id']}", json=fields).raise_for_status()
        grown = peak_memory(target.process_id) - before
    return [row(f"memory for {count} sockets of the API that nobody reads", 150, [grown], "MB")]


def strangers_polls(target, count=100):
    """Wait for events without a log-in."""
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(connect(target.url)) for _ in range(count)]
        for wire in wires:
            wire.sendall(head("/api/events?since=999999999&wait=25"))
        begun = time.monotonic()
        statuses = [status_of(wire) for wire in wires]
        seconds = time.monotonic() - begun
    return [
        row("long polls of nobody that are refused", count, [statuses.count(401)], at_least=True),
        row("… and until the last one was", 5, [seconds], "s"),
    ]


ATTACKS = {
    "crowds": many_at_once,
    "bodies": bodies,
    "slow": slow_bodies,
    "heads": half_heads,
    "unread": unread_responses,
    "sockets": unread_sockets,
    "polls": strangers_polls,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(ATTACKS)}; without any, all")
    parser.add_argument("--json", type=Path, help="where the goals go, for the table of `make bench`")
    options = parser.parse_args()
    rows = []
    for name in options.names or ATTACKS:
        print(f"\n{name}: {ATTACKS[name].__doc__}", flush=True)
        with tempfile.TemporaryDirectory(prefix="lightboard-attack-") as folder:
            target = Target(Path(folder))
            try:
                found = ATTACKS[name](target)
            finally:
                target.stop()
        print(table(found), flush=True)
        rows += found
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"goals": rows}, indent=1))
    if missed := [one["what"] for one in rows if not one["reached"]]:
        raise SystemExit(f"Missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
