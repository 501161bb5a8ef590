"""Two uvicorn workers behind the nginx of the manual, on PostgreSQL and Redis: what is noticed when one goes."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack, ExitStack

import httpx
import pytest
from playwright.sync_api import expect

from .chaos import Chaos, Mover, api_of, make_board, newest_number
from .live_client import LiveClient, cards_of, fetch_page, log_in
from .server import WORKER, Server
from .services import Nginx

SOCKETS_PER_SESSION = 10
MOVERS = 8
READERS = 4


class Farm:
    """Two workers, the nginx in front of them, a board, and people who are logged in."""

    def __init__(self, workers, nginx, redis, database):
        self.workers, self.nginx, self.redis, self.database = workers, nginx, redis, database
        self.url = nginx.url
        self.cookies = [log_in(self.url, name) for name in ["demo", "guest"] * 5]
        self.sprint, self.cards = asyncio.run(make_board(self.url))

    def pages(self, count):
        """Return so many pages that show the board, ten to a session."""
        cookies = [self.cookies[number // SOCKETS_PER_SESSION] for number in range(count)]
        return [LiveClient(self.url, cookie, self.sprint) for cookie in cookies]

    async def hurt(self, fault, pages):
        """Follow the board on these pages, change and read it without a pause, and let `fault()` happen meanwhile.

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
            outcome = await chaos.hurt("", fault)
            assert not [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return outcome

    async def read(self, cookie, chaos):
        """Load the board again and again, and count in the ledger what fails."""
        async with httpx.AsyncClient(base_url=self.url, headers={"Cookie": cookie}, timeout=20) as browser:
            while True:
                await chaos.moving.wait()
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
        env = {"DATABASE_URL": database, "REDIS_URL": redis.url, "TRUSTED_ORIGINS": nginx.url}
        workers = [Server(folder, WORKER, **env) for _ in range(2)]
        for worker in workers:
            stack.callback(worker.stop)
            worker.start()
        nginx.ports = [worker.port for worker in workers]
        stack.enter_context(nginx)
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("SSL_CERT_FILE", str(nginx.authority))
        yield Farm(workers, nginx, redis, database)


@pytest.fixture
def farm_whole_again(farm):
    """The farm; a worker that a test ended is started in the end."""
    yield farm
    for worker in farm.workers:
        if worker.process.poll() is not None:
            worker.start()


def assert_nothing_is_wrong(outcome):
    wrong = outcome.stale, outcome.lost, outcome.doubled, outcome.remarks
    assert wrong == (0, 0, 0, [])
    assert outcome.seconds_to_recover is not None
    assert outcome.acknowledged > MOVERS


def test_a_rolling_restart_under_load_fails_no_request_and_loses_nothing(farm):
    async def restart_one_after_the_other():
        for worker in farm.workers:
            await asyncio.to_thread(worker.stop)
            await asyncio.to_thread(worker.start)
        return time.monotonic()

    pages = farm.pages(40)
    outcome = asyncio.run(farm.hurt(restart_one_after_the_other, pages))
    assert (outcome.http_errors, outcome.broken_requests) == (0, 0)
    assert_nothing_is_wrong(outcome)
    # Each worker said that it restarts to the pages it had, and they came back.
    assert {code for page in pages for code in page.closed} == {1012}
    assert all(page.closed for page in pages)


def test_when_a_worker_is_killed_its_pages_go_on_with_the_other_and_lose_nothing(farm_whole_again):
    farm = farm_whole_again
    pages = farm.pages(40)

    async def kill():
        await asyncio.to_thread(farm.workers[0].stop, signal.SIGKILL)
        return time.monotonic()

    outcome = asyncio.run(farm.hurt(kill, pages))
    assert_nothing_is_wrong(outcome)
    assert 0 < sum(bool(page.closed) for page in pages) < len(pages)
    # What the worker had in hand failed, nothing later.
    assert outcome.http_errors + outcome.broken_requests <= MOVERS


def test_after_a_hundred_pages_drop_and_return_at_once_the_next_change_reaches_each(farm):
    async def storm():
        pages = farm.pages(100)
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

    pages, fresh, added = asyncio.run(storm())
    assert set(added) <= fresh.keys()
    assert [page.picture.cards == fresh for page in pages] == [True] * 100
    assert all(len(page.closed) == 1 for page in pages)


async def until(is_so):
    while not is_so():
        await asyncio.sleep(0.01)
