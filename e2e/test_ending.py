"""SIGTERM: no longer ready, sockets closed with 1012, running requests finished, and the process gone."""

import json
import signal
import socket
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected

import httpx
import pytest
from websockets.sync.client import connect

from .api_client import api_of, token_of
from .board_page import unused_end_date
from .server import TIMES, Server, write_lock
from .sessions import log_in
from .socket_client import close_code, receive, send

RESTARTING = 1012
GONE_WITHIN = 10


@pytest.fixture
def systemd(tmp_path):
    """What systemd hears; its address is in NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hearing:
        hearing.bind(str(tmp_path / "systemd"))
        hearing.settimeout(180)
        yield hearing


@pytest.fixture(params=range(TIMES))
def own_server(tmp_path, systemd):
    """A server that the test may end."""
    server = Server(tmp_path, NOTIFY_SOCKET=systemd.getsockname()).start()
    yield server
    server.stop(signal.SIGKILL)


@contextmanager
def running(server, method, path, **body):
    """Send a request that has to wait, and give the connection that its answer comes from once it is at work."""
    headers = {"Authorization": f"Token {token_of(server.url)}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request(method, f"/api{path}", json.dumps(body) if body else None, headers)
        # What came first is read first: an answer to a later question shows that ours was taken up.
        for _ in range(2):
            httpx.get(f"{server.url}/healthz").raise_for_status()
        yield connection


def slow_post(server):
    return running(server, "POST", "/sprints", name="Last", end=unused_end_date().isoformat())


def test_what_runs_is_finished_while_nobody_else_is_sent_here(own_server):
    with api_of(own_server.url) as api:
        sprint = api.post("/sprints", json={"end": unused_end_date().isoformat()}).json()["id"]
    page = connect(
        f"{own_server.url.replace('http', 'ws')}/sprints/{sprint}/live",
        additional_headers={"Cookie": log_in(own_server.url, "demo")},
        origin=own_server.url,
    )
    with page:
        send(page, since=0)
        receive(page, acknowledge=False)
        token_of(own_server.url)
        with ExitStack() as requests:
            with write_lock(own_server):
                slow = requests.enter_context(slow_post(own_server))
                own_server.process.send_signal(signal.SIGTERM)
                assert close_code(page) == RESTARTING
                ready = httpx.get(f"{own_server.url}/readyz")
                assert (ready.status_code, ready.json()["status"]) == (503, "stopping")
                assert httpx.get(f"{own_server.url}/healthz").status_code == 200
            assert slow.getresponse().status == 201
    assert own_server.process.wait(GONE_WITHIN) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{own_server.url}/healthz")


def test_who_waits_for_events_is_answered_at_once_and_an_accepted_request_after_the_signal_too(own_server):
    with api_of(own_server.url) as api:
        newest = api.get("/events", params={"since": 0}).json()["newest"]
    with (
        running(own_server, "GET", f"/events?since={newest}&wait=25") as waiting,
        closing(HTTPConnection("127.0.0.1", own_server.port, timeout=30)) as accepted,
    ):
        accepted.connect()
        own_server.process.send_signal(signal.SIGTERM)
        until_refused(own_server)
        accepted.request("GET", "/healthz")
        assert accepted.getresponse().status == 200
        assert waiting.getresponse().status == 200
    assert own_server.process.wait(GONE_WITHIN) == 0


def until_refused(server):
    """Wait until new connections are refused."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
        except ConnectionRefusedError:
            return


def test_systemd_is_notified_when_the_server_is_ready_and_a_second_signal_ends_it_at_once(own_server, systemd):
    assert systemd.recv(100) == b"READY=1"
    token_of(own_server.url)
    with write_lock(own_server), slow_post(own_server) as connection:
        own_server.process.send_signal(signal.SIGINT)
        while httpx.get(f"{own_server.url}/readyz").json()["status"] != "stopping":
            pass
        own_server.process.send_signal(signal.SIGINT)
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            connection.getresponse()
        assert own_server.process.wait(GONE_WITHIN) == 0
