"""`manage.py worker` by itself: how it ends."""

import json
import signal
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import httpx
import pytest
from websockets.sync.client import connect

from .conftest import token_of
from .live_client import log_in
from .server import WORKER, Server
from .test_live_protocol import close_code, hear, tell

RESTARTING = 1012
GONE_WITHIN = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("worker")


@pytest.fixture
def worker(folder):
    """A worker that the test may end."""
    server = Server(folder, steps=WORKER).start()
    yield server
    server.stop(signal.SIGKILL)


def until_refused(worker):
    """Wait until new connections are refused."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", worker.port), timeout=5).close()
        except ConnectionRefusedError:
            return


def ask(worker, method, path, **body):
    """Send a request and return the connection on which the answer comes."""
    connection = HTTPConnection("127.0.0.1", worker.port, timeout=30)
    headers = {"Authorization": f"Token {token_of(worker.url)}", "Content-Type": "application/json"}
    connection.request(method, f"/api{path}", json.dumps(body) if body else None, headers)
    return closing(connection)


def test_an_accepted_request_that_arrives_after_the_signal_is_answered(worker):
    with closing(HTTPConnection("127.0.0.1", worker.port, timeout=30)) as connection:
        connection.connect()
        worker.process.send_signal(signal.SIGTERM)
        until_refused(worker)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
    worker.process.wait(GONE_WITHIN)


def test_systemd_is_told_when_a_worker_serves(folder):
    address = folder / "systemd"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(180)
        worker = Server(folder, steps=WORKER, NOTIFY_SOCKET=str(address))
        with ThreadPoolExecutor(1) as thread:
            start = thread.submit(worker.start)
            assert systemd.recv(100) == b"READY=1"
            assert httpx.get(f"{worker.url}/healthz").status_code == 200
            start.result().stop()


def test_what_is_at_work_is_finished_and_sockets_are_told_to_come_back(worker):
    token_of(worker.url)
    address = f"{worker.url.replace('http', 'ws')}/sprints/2/live"
    cookie = {"Cookie": log_in(worker.url, "demo")}
    with connect(address, additional_headers=cookie, origin=worker.url) as page:
        tell(page, since=0)
        hear(page, acknowledge=False)
        path = worker.env["DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, autocommit=True)) as database:
            database.execute("BEGIN IMMEDIATE")
            with ask(worker, "POST", "/sprints", name="Last", end="2999-01-01") as connection:
                httpx.get(f"{worker.url}/healthz").raise_for_status()
                worker.process.send_signal(signal.SIGTERM)
                assert close_code(page) == RESTARTING
                database.execute("ROLLBACK")
                assert connection.getresponse().status == 201
    worker.process.wait(GONE_WITHIN)


def test_a_request_that_waits_for_events_is_answered_when_it_ends(worker):
    with ask(worker, "GET", "/events?since=0") as connection:
        newest = json.load(connection.getresponse())["newest"]
    with ask(worker, "GET", f"/events?since={newest}&wait=25") as connection:
        httpx.get(f"{worker.url}/healthz").raise_for_status()
        worker.process.send_signal(signal.SIGTERM)
        worker.process.wait(GONE_WITHIN)
        assert connection.getresponse().status == 200
