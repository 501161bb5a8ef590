"""Breaks a running server repeatedly, and compares every page with the truth afterwards.

`python -m e2e.lab.chaos --minutes 2` (make chaos MINUTES=2). Forty pages without a browser (live_client.py) follow a
board through a proxy while four people change it by the API; then something breaks, and once it is whole again
every page is compared with a fresh one and with the API, and the log with what was acknowledged. Everything
runs on 127.0.0.1 and ends by itself.
"""

import argparse
import asyncio
import contextlib
import json
import random
import signal
import sqlite3
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import psycopg

from e2e.integrity import check_data
from e2e.live_client import LiveClient, Wire, cards_of, fetch_page
from e2e.server import Server, has_tls
from e2e.services import Postgres, Redis
from e2e.sessions import log_in

CLIENTS = 40
SOCKETS_PER_SESSION = 5
MOVERS = 4
PAUSE = (0.1, 0.4)
CARDS = 60
FAULTS = 10
EQUAL_WITHIN = 30
STATUSES = (1, 2, 3, 4)
STEP = 2**20


@dataclass
class Outcome:
    """What came of one fault."""

    fault: str
    acknowledged: int = 0
    refused: int = 0
    http_errors: int = 0
    broken_requests: int = 0
    slowest_request: float = 0
    sockets_closed: int = 0
    stale: int = 0
    lost: int = 0
    doubled: int = 0
    seconds_to_recover: float | None = None
    remarks: list = field(default_factory=list)


class Ledger:
    """What the movers were told, to be compared with the log: each change carries a text of its own."""

    def __init__(self):
        self.acknowledged = {}
        self.unknown = set()
        self.removed = set()
        self.tally = Counter()
        self.slowest = 0
        self.under_way = 0

    def start(self):
        """Begin a new fault's count."""
        self.tally.clear()
        self.slowest = 0

    def compare(self, log):
        """Return (lost, doubled): acknowledged changes that the log lacks, and changes that it has twice."""
        seen = Counter(text for _, _, text in log if text)
        removals = Counter(task for kind, task, _ in log if kind == "remove")
        lost = sum(not seen[text] for text in self.acknowledged) + sum(not removals[pk] for pk in self.removed)
        doubled = sum(seen[text] > 1 for text in [*self.acknowledged, *self.unknown])
        return lost, doubled + sum(count > 1 for count in removals.values())


class Mover:
    """A person who changes the board by the API, one request after the other, never the same one twice."""

    def __init__(self, api, sprint, cards, ledger, moving):
        self.api, self.sprint, self.cards, self.ledger, self.moving = api, sprint, cards, ledger, moving

    async def run(self):
        while True:
            await self.moving.wait()
            act = random.choices([self.move, self.edit, self.add, self.remove], [6, 2, 1, 1])[0]
            await act()
            await asyncio.sleep(random.uniform(*PAUSE))

    async def move(self):
        status, order = random.choice(STATUSES), random.randrange(STEP * CARDS)
        await self.change("PATCH", f"/tasks/{self.some_card()}", status=status, order=order)

    async def edit(self):
        await self.change("PATCH", f"/tasks/{self.some_card()}", name=f"Card {random.randrange(1000)}")

    async def add(self):
        if len(self.cards) < CARDS:
            answer = await self.change("POST", "/tasks", name="New", sprint=self.sprint)
            if answer:
                self.cards.append(answer.json()["id"])

    async def remove(self):
        if len(self.cards) > CARDS / 2:
            pk = self.cards.pop(random.randrange(len(self.cards)))
            answer = await self.request("DELETE", f"/tasks/{pk}")
            if answer:
                self.ledger.removed.add(pk)

    def some_card(self):
        return random.choice(self.cards)

    async def change(self, method, path, **body):
        text = uuid.uuid4().hex
        answer = await self.request(method, path, json={**body, "description": text})
        if answer:
            self.ledger.acknowledged[text] = answer.json()["id"]
        elif answer is None:
            self.ledger.unknown.add(text)
        return answer

    async def request(self, method, path, **body):
        """Return the answer if it acknowledges, False for a refusal, None when nobody knows what came of it."""
        begun = time.monotonic()
        self.ledger.under_way += 1
        try:
            answer = await self.api.request(method, path, **body)
        except httpx.HTTPError:
            self.ledger.tally["broken_requests"] += 1
            return None
        finally:
            self.ledger.under_way -= 1
        self.ledger.slowest = max(self.ledger.slowest, time.monotonic() - begun)
        if answer.status_code >= 500:
            self.ledger.tally["http_errors"] += 1
            return None
        self.ledger.tally["acknowledged" if answer.is_success else "refused"] += 1
        return answer if answer.is_success else False


class Chaos:
    """The whole run: servers, clients, movers, and the faults in turn."""

    def __init__(self, servers, redis, wires, database, sprint, clients):
        self.servers, self.redis, self.wires, self.database = servers, redis, wires, database
        self.sprint, self.clients = sprint, clients
        self.ledger = Ledger()
        self.moving = asyncio.Event()
        self.moving.set()
        self.faults = {
            "server killed (-9)": self.kill_server,
            "Redis killed": self.kill_redis,
            "server ended (SIGTERM)": self.end_server,
            "sockets cut": self.cut_sockets,
            "Redis paused": self.pause_redis,
            "half-open sockets": self.half_open,
            "Redis flushed": self.flush_redis,
            "readers stopped": self.stop_readers,
        }

    async def run(self, minutes, faults):
        """Hurt in turn until the minutes are over, and at least so many times; yields an `Outcome` each time."""
        until = time.monotonic() + minutes * 60
        for number, (name, fault) in enumerate(cycle(self.faults.items())):
            if number >= faults and time.monotonic() >= until:
                return
            yield await self.hurt(name, fault)

    async def hurt(self, name, fault):
        self.ledger.start()
        closed = sum(len(client.closed) for client in self.clients)
        self.moving.set()
        await asyncio.sleep(1)
        back_at = await fault()
        self.moving.clear()
        outcome = Outcome(name, seconds_to_recover=await self.recovery(back_at))
        await self.compare(outcome)
        outcome.sockets_closed = sum(len(client.closed) for client in self.clients) - closed
        outcome.slowest_request = round(self.ledger.slowest, 3)
        for what, count in self.ledger.tally.items():
            setattr(outcome, what, count)
        return outcome

    async def recovery(self, back_at):
        """Wait until every page is live and at the newest number; returns the seconds since `back_at`, or None."""
        deadline = time.monotonic() + EQUAL_WITHIN
        while time.monotonic() < deadline:
            newest = await asyncio.to_thread(newest_number, self.database)
            if not self.ledger.under_way and all(
                one.is_live and one.picture.seq == newest for one in self.clients
            ):
                return round(time.monotonic() - back_at, 2)
            await asyncio.sleep(0.02)
        return None

    async def compare(self, outcome):
        """Compare each page with a fresh one and with the API, and the log with what was acknowledged."""
        one = self.clients[0]
        fresh = cards_of(await fetch_page(self.servers[0].url + one.path, one.cookie))
        truth = dict(fresh)
        by_api = await self.cards_by_api()
        if {pk: card[0] for pk, card in fresh} != by_api:
            outcome.remarks.append("a fresh page and the API differ")
            outcome.stale += 1
        for number, client in enumerate(self.clients):
            if client.picture.cards != truth:
                outcome.stale += 1
                outcome.remarks.append(f"client {number} at {client.picture.seq}: {difference(client, truth)}")
        lost, outcome.doubled = self.ledger.compare(await asyncio.to_thread(read_log, self.database))
        outcome.lost = lost
        outcome.doubled += len(fresh) - len(truth)

    async def cards_by_api(self):
        """Return {id: version} of the board by the API: the sprint's tasks and the backlog's."""
        versions = {}
        async with api_of(self.servers[0].url) as api:
            url = "/tasks?page_size=100"
            while url:
                page = (await api.get(url)).raise_for_status().json()
                for task in page["results"]:
                    if task["sprint"] in (self.sprint, None):
                        versions[task["id"]] = task["version"]
                url = page["next"]
        return versions

    # Faults: each returns the moment at which everything was whole again.

    async def kill_server(self):
        return await self.restart(signal.SIGKILL)

    async def end_server(self):
        return await self.restart(signal.SIGTERM)

    async def restart(self, with_signal):
        server = self.servers[0]
        await asyncio.to_thread(server.stop, with_signal)
        await asyncio.to_thread(server.start)
        return time.monotonic()

    async def kill_redis(self):
        await asyncio.to_thread(self.redis.kill)
        await asyncio.sleep(4)
        await asyncio.to_thread(self.redis.start)
        return time.monotonic()

    async def pause_redis(self):
        self.redis.pause()
        await asyncio.sleep(4)
        self.redis.resume()
        return time.monotonic()

    async def flush_redis(self):
        await asyncio.to_thread(self.redis.flush)
        await asyncio.sleep(2)
        return time.monotonic()

    async def cut_sockets(self):
        for wire in self.wires:
            wire.cut()
        return time.monotonic()

    async def half_open(self):
        """Until each page gave its dead socket up by itself and is live on a new one."""
        dead = [client.socket for client in self.clients]
        for wire in self.wires:
            wire.go_dead()
        await self.until(lambda: all(one.is_live and one.socket not in dead for one in self.clients))
        return time.monotonic()

    async def stop_readers(self):
        """A quarter of the pages take nothing until the server closed on them, which it does after 15 s."""
        stopped = self.clients[::4]
        for client in stopped:
            client.stop_reading()
        await asyncio.sleep(18)
        for client in stopped:
            client.read_again()
        return time.monotonic()

    async def until(self, is_so, seconds=60):
        deadline = time.monotonic() + seconds
        while not is_so() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)


def difference(client, truth):
    """Return in words in what a page differs from the truth."""
    own = client.picture.cards
    wrong = [pk for pk in own.keys() & truth.keys() if own[pk] != truth[pk]]
    return (
        f"missing {sorted(truth.keys() - own.keys())}, too many {sorted(own.keys() - truth.keys())}, wrong {wrong}"
    )


def newest_number(database):
    """Return the newest sequence number, read past the server."""
    return read_database(database, "SELECT value FROM board_counter")[0][0]


def read_log(database):
    """Return the log, read past the server: [(kind, task, the text that the change set)]."""
    rows = read_database(database, "SELECT kind, task, changes FROM board_event ORDER BY seq")
    log = [
        (kind, task, json.loads(changes) if isinstance(changes, str) else changes) for kind, task, changes in rows
    ]
    return [(kind, task, changes.get("description", (None, None))[1]) for kind, task, changes in log]


def read_database(database, query):
    """Return the rows of a query on a DATABASE_URL."""
    if database.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=20)) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchall()


def api_of(url, username="demo"):
    """Return a client of the API for a demo account."""
    answer = httpx.post(f"{url}/api/token/", json={"username": username, "password": username}, timeout=20)
    headers = {"Authorization": f"Token {answer.raise_for_status().json()['token']}"}
    return httpx.AsyncClient(base_url=f"{url}/api", headers=headers, timeout=20, verify=has_tls(url))


async def make_board(url):
    """Make a sprint with cards; returns its id and theirs."""
    async with api_of(url) as api:
        sprint = (await api.post("/sprints", json={"name": "Chaos", "end": "2999-01-01"})).raise_for_status()
        pk = sprint.json()["id"]
        cards = [
            (await api.post("/tasks", json={"name": f"Card {n}", "sprint": pk})).raise_for_status().json()["id"]
            for n in range(CARDS * 2 // 3)
        ]
        return pk, cards


async def main(options):
    """Set everything up, run, print, and return the outcomes."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lightboard-chaos-")))
        redis = stack.enter_context(Redis())
        database = f"sqlite:///{folder / 'chaos.sqlite3'}"
        if options.postgres:
            database = stack.enter_context(Postgres()).new_database("chaos")
        servers = []
        for _ in range(options.servers):
            servers.append(Server(folder, DATABASE_URL=database, REDIS_URL=redis.url))
            stack.callback(servers[-1].stop, signal.SIGKILL)
            await asyncio.to_thread(servers[-1].start)
        wires = [await stack.enter_async_context(Wire(server.port)) for server in servers]
        sprint, cards = await make_board(servers[0].url)
        clients = await open_clients(options.clients, wires, servers[0].url, sprint)
        chaos = Chaos(servers, redis, wires, database, sprint, clients)
        tasks = [asyncio.create_task(client.run()) for client in clients]
        for number in range(MOVERS):
            api = await stack.enter_async_context(api_of(servers[number % len(servers)].url))
            tasks.append(asyncio.create_task(Mover(api, sprint, cards, chaos.ledger, chaos.moving).run()))
        await chaos.until(lambda: all(client.is_live for client in clients))
        outcomes = []
        print(f"{len(clients)} clients, {len(servers)} server(s), {database.partition(':')[0]}, Redis")
        print(HEAD)
        async for outcome in chaos.run(options.minutes, options.faults):
            outcomes.append(outcome)
            print(line(outcome), flush=True)
        broken = [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in broken:
            outcomes[-1].remarks.append(f"a client or mover gave up: {task.exception()!r}")
        await asyncio.to_thread(check_data, database, folder)
        return outcomes


async def open_clients(count, wires, url, sprint):
    """Return so many pages, several to a session, of two people in turn, spread over the wires."""
    clients = []
    people = cycle(["demo", "guest"])
    for number in range(count):
        if number % SOCKETS_PER_SESSION == 0:
            cookie = await asyncio.to_thread(log_in, url, next(people))
        clients.append(LiveClient(wires[number % len(wires)].url, cookie, sprint))
    return clients


HEAD = (
    f"{'fault':<24}{'acknowledged':>13}{'5xx':>5}{'broken':>8}{'slowest':>9}{'closed':>8}"
    f"{'stale':>7}{'lost':>6}{'doubled':>9}{'equal after':>13}"
)


def line(outcome):
    """Return an outcome as a line under `HEAD`, its remarks below."""
    after = "never" if outcome.seconds_to_recover is None else f"{outcome.seconds_to_recover:.2f} s"
    remarks = "".join(f"\n    {remark}" for remark in outcome.remarks)
    return (
        f"{outcome.fault:<24}{outcome.acknowledged:>13}{outcome.http_errors:>5}{outcome.broken_requests:>8}"
        f"{outcome.slowest_request:>8.2f}s{outcome.sockets_closed:>8}{outcome.stale:>7}{outcome.lost:>6}"
        f"{outcome.doubled:>9}{after:>13}{remarks}"
    )


def is_good(outcome):
    """Tell whether nothing was wrong: no page stale, nothing lost or doubled, and no request failed by the way."""
    harmed = outcome.stale or outcome.lost or outcome.doubled or outcome.remarks or outcome.http_errors
    failed = outcome.broken_requests and not outcome.fault.startswith("server")
    return not harmed and not failed and outcome.seconds_to_recover is not None


def run():
    """The command; ends with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2, help="how long to go on")
    parser.add_argument("--faults", type=int, default=FAULTS, help="how many at least")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--servers", type=int, default=1, help="processes on one database")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of an SQLite file")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    outcomes = asyncio.run(main(options))
    total = Counter()
    for outcome in outcomes:
        total.update({name: getattr(outcome, name) for name in ("acknowledged", "stale", "lost", "doubled")})
    print(
        f"{options.clients} clients, {total['acknowledged']} changes acknowledged, {len(outcomes)} faults: "
        f"{total['stale']} stale, {total['lost']} lost, {total['doubled']} doubled"
    )
    if options.json:
        options.json.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    sys.exit(not all(map(is_good, outcomes)))


if __name__ == "__main__":
    run()
