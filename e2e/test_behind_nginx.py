"""Two processes behind the nginx of the manual, on PostgreSQL and Redis: what is noticed when one goes."""

import asyncio
import random
import re
import signal
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack

import httpx
import pytest
from playwright.sync_api import expect

from e2e.lab.chaos import PAUSE, Chaos, Mover, api_of, make_board, newest_number

from .board_page import Person, unused_end_date
from .live_client import LiveClient, cards_of, fetch_page
from .server import INSTANCE, SERVE, Server
from .services import Nginx
from .sessions import log_in

SOCKETS_PER_SESSION = 10
MOVERS = 2
READERS = 1
PAGES = 6
# So many have to be acknowledged before it counts as going on.
CHANGES = 20


def run(coroutine):
    """Return what a coroutine returns, run in a thread of its own: Playwright has an event loop in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class Farm:
    """Two processes, the nginx in front of them, a board, and people who are logged in."""

    def __init__(self, processes, nginx, redis, database):
        self.processes, self.nginx, self.redis, self.database = processes, nginx, redis, database
        self.url = nginx.url
        self.cookies = [log_in(self.url, name) for name in ["demo", "guest"] * 2]
        self.sprint, self.cards = run(make_board(self.url))

    def pages(self, count):
        """Return so many pages that show the board, ten to a session."""
        cookies = [self.cookies[number // SOCKETS_PER_SESSION] for number in range(count)]
        return [LiveClient(self.url, cookie, self.sprint) for cookie in cookies]

    async def hurt(self, fault, pages):
        """Follow the board on these pages, change and read it all the time, and let `fault(chaos)` happen meanwhile.

        Returns chaos.py's `Outcome`: what failed, and whether each page shows the truth afterwards.
        """
        async with AsyncExitStack() as stack:
            chaos = Chaos([self.nginx], self.redis, [], self.database, self.sprint, pages)
            tasks = [asyncio.create_task(page.run()) for page in pages]
            for _ in range(MOVERS):
                api = await stack.enter_async_context(api_of(self.url))
                mover = Mover(api, self.sprint, self.cards, chaos.ledger, chaos.moving)
                tasks.append(asyncio.create_task(mover.run()))
            for cookie in self.cookies[:READERS]:
                tasks.append(asyncio.create_task(self.read(cookie, chaos)))
            await chaos.until(lambda: all(page.is_live for page in pages))
            outcome = await chaos.hurt("", lambda: fault(chaos))
            assert not [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return outcome

    async def read(self, cookie, chaos):
        """Load the board every now and then, and count in the ledger what fails."""
        async with httpx.AsyncClient(base_url=self.url, headers={"Cookie": cookie}, timeout=20) as browser:
            while True:
                await chaos.moving.wait()
                await asyncio.sleep(random.uniform(*PAUSE))
                try:
                    answer = await browser.get(f"/sprints/{self.sprint}/")
                    chaos.ledger.tally["http_errors"] += answer.status_code != 200
                except httpx.HTTPError:
                    chaos.ledger.tally["broken_requests"] += 1


@pytest.fixture(scope="module")
def farm(tmp_path_factory, postgres, redis):
    with ExitStack() as stack:
        database = postgres.new_database("farm")
        folder = tmp_path_factory.mktemp("farm")
        nginx = Nginx([])
        env = {"DATABASE_URL": database, "REDIS_URL": redis.url, "SITE_URL": nginx.url, "DEMO_ANYWHERE": "1"}
        processes = [Server(folder, steps=steps, **env) for steps in (SERVE, INSTANCE)]
        for server in processes:
            stack.callback(server.stop)
            server.start()
        nginx.ports = [server.port for server in processes]
        stack.enter_context(nginx)
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("SSL_CERT_FILE", str(nginx.authority))
        yield Farm(processes, nginx, redis, database)


@pytest.fixture
def farm_whole_again(farm):
    """The farm; a server that a test before ended is started."""
    for server in farm.processes:
        if server.process.poll() is not None:
            server.start()
    return farm


def assert_nothing_is_wrong(outcome):
    wrong = outcome.stale, outcome.lost, outcome.doubled, outcome.remarks
    assert wrong == (0, 0, 0, [])
    assert outcome.seconds_to_recover is not None
    assert outcome.acknowledged > CHANGES


def test_a_rolling_restart_under_load_fails_no_request_and_loses_nothing(farm):
    async def restart_one_after_the_other(chaos):
        for server in farm.processes:
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
        return time.monotonic()

    pages = farm.pages(PAGES)
    outcome = run(farm.hurt(restart_one_after_the_other, pages))
    assert (outcome.http_errors, outcome.broken_requests) == (0, 0)
    assert_nothing_is_wrong(outcome)
    # Each server said that it restarts to the pages it had, and they came back.
    assert {code for page in pages for code in page.closed} == {1012}
    assert all(page.closed for page in pages)


def test_when_a_worker_is_killed_its_pages_go_on_with_the_other_and_lose_nothing(farm_whole_again):
    farm = farm_whole_again
    pages = farm.pages(PAGES)

    async def kill(chaos):
        await asyncio.to_thread(farm.processes[0].stop, signal.SIGKILL)
        await chaos.until(lambda: any(page.closed for page in pages))
        await chaos.until(lambda: all(page.is_live for page in pages))
        acknowledged = chaos.ledger.tally["acknowledged"]
        await chaos.until(lambda: chaos.ledger.tally["acknowledged"] > acknowledged + CHANGES)
        return time.monotonic()

    outcome = run(farm.hurt(kill, pages))
    assert_nothing_is_wrong(outcome)
    assert 0 < sum(bool(page.closed) for page in pages) < len(pages)
    # What the server had in hand failed, nothing later.
    assert outcome.http_errors + outcome.broken_requests <= MOVERS


def test_after_forty_pages_drop_and_return_at_once_the_next_change_reaches_each(farm_whole_again):
    farm = farm_whole_again

    async def storm():
        pages = farm.pages(40)
        tasks = [asyncio.create_task(page.run()) for page in pages]
        async with api_of(farm.url) as api, asyncio.timeout(60):
            await until(lambda: all(page.is_live for page in pages))
            for page in pages:
                page.is_live = False
                page.socket.transport.abort()
            missed = await api.post("/tasks", json={"name": "Missed", "sprint": farm.sprint})
            await until(lambda: all(page.is_live for page in pages))
            following = await api.post("/tasks", json={"name": "Next", "sprint": farm.sprint})
            newest = await asyncio.to_thread(newest_number, farm.database)
            await until(lambda: all(page.picture.seq >= newest for page in pages))
        fresh = dict(cards_of(await fetch_page(f"{farm.url}/sprints/{farm.sprint}/", farm.cookies[0])))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return pages, fresh, [answer.json()["id"] for answer in (missed, following)]

    pages, fresh, added = run(storm())
    assert set(added) <= fresh.keys()
    assert [page.picture.cards == fresh for page in pages] == [True] * 40
    assert all(len(page.closed) == 1 for page in pages)


async def until(is_so):
    while not is_so():
        await asyncio.sleep(0.01)


@pytest.fixture
def arrive(farm, someone):
    """Return a person at a browser who is logged in, as the number-th session of the farm."""

    def at_browser(number):
        person = someone(None, farm.url, ignore_https_errors=True)
        pairs = (pair.split("=", 1) for pair in farm.cookies[number].split("; "))
        person.page.context.add_cookies(
            [{"name": name, "value": value, "url": farm.url, "secure": True} for name, value in pairs]
        )
        return person

    return at_browser


def test_people_on_two_workers_see_each_others_moves_and_go_on_when_one_is_killed(farm_whole_again, arrive):
    farm = farm_whole_again
    one, other = arrive(0), arrive(1)
    sprint = one.add_sprint("Shared")
    killed = worker_of_socket(one, sprint, farm)
    while worker_of_socket(other, sprint, farm) is killed:
        # nginx takes turns, and the board may take an even number of requests.
        assert other.page.request.get(f"{farm.url}/healthz").ok
    for person in (one, other):
        person.page.evaluate("() => (window.stayed = true)")
    one.add_task("Across")
    one.drag("Across", "active")
    other.see("active", ["Across"])
    other.drag("Across", "testing")
    one.see("testing", ["Across"])
    killed.stop(signal.SIGKILL)
    other.drag("Across", "done")
    one.see("done", ["Across"])
    one.drag("Across", "active")
    other.see("active", ["Across"])
    assert all(person.page.evaluate("() => window.stayed") for person in (one, other))


def test_over_https_a_tab_from_before_a_fresh_log_in_still_saves(farm, arrive):
    one = arrive(2).go("/")
    one.page.get_by_role("button", name="Add sprint").click()
    one.page.get_by_label("Name").fill("Two tabs")
    one.page.get_by_label("End date").fill(unused_end_date().isoformat())
    later = Person(one.page.context.new_page(), farm.url).go("/")
    later.page.get_by_role("button", name="Log out").click()
    later.log_in("demo", "demo")
    assert all(cookie["name"].startswith("__Host-") for cookie in one.page.context.cookies())
    one.page.get_by_role("button", name="Create").click()
    expect(one.page.get_by_role("heading", name="Two tabs", level=1)).to_be_visible()


def worker_of_socket(person, sprint, farm):
    """Open the board and return the server that has the page's socket."""
    upstreams = []
    devtools = person.page.context.new_cdp_session(person.page)
    devtools.send("Network.enable")
    devtools.on(
        "Network.webSocketHandshakeResponseReceived",
        lambda event: upstreams.append(event["response"]["headers"]["X-Upstream"]),
    )
    person.open_board(sprint)
    devtools.detach()
    return next(server for server in farm.processes if upstreams[-1].endswith(f":{server.port}"))


@pytest.fixture(scope="module", params=["server", "nginx"])
def static_files(request, farm):
    """A client of an nginx that passes static files on, or reads them from the disk itself."""
    with ExitStack() as stack:
        nginx = farm.nginx
        if request.param == "nginx":
            nginx = stack.enter_context(Nginx(farm.nginx.ports, reads_static=True))
        context = ssl.create_default_context(cafile=nginx.authority)
        yield stack.enter_context(httpx.Client(base_url=nginx.url, verify=context))


def test_static_files_are_compressed_and_kept_for_ever(static_files, farm_whole_again):
    farm = farm_whole_again
    cookie = {"Cookie": farm.cookies[0]}
    page = static_files.get(f"/sprints/{farm.sprint}/", headers=cookie).raise_for_status().text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)
    assert len(addresses) >= 2
    for address in addresses:
        plain, gzip = (
            static_files.get(address, headers={"Accept-Encoding": coding}).raise_for_status()
            for coding in ("identity", "gzip")
        )
        assert "Content-Encoding" not in plain.headers
        assert gzip.headers["Content-Encoding"] == "gzip"
        assert gzip.text == plain.text
        assert int(gzip.headers["Content-Length"]) < int(plain.headers["Content-Length"])
        for answer in (plain, gzip):
            assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert static_files.get("/static/board/none.js").status_code == 404


def test_http_leads_to_https(farm):
    answer = httpx.get(f"http://127.0.0.1:{farm.nginx.plain_port}/sprints/1/?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://127.0.0.1/sprints/1/?x=1")
