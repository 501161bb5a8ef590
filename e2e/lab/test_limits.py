"""Requests that are too large, too slow or too many, and clients that do not read, at a server of their own."""

import select
from contextlib import ExitStack, suppress

import httpx
import pytest

from api.long_poll import MAX_WAITERS_PER_HOLDER

from ..api_client import api_of
from .attack import MULTIPART, PARTS, Target
from .wire import close_code, connect, forget_peak, head, memory, open_unread, peak_memory, status_of, upload


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    target = Target(tmp_path_factory.mktemp("target"), program=("-m", "e2e.lab.impatient"))
    yield target
    target.stop()


@pytest.mark.parametrize("path", ["/login/", "/api/tasks", "/nowhere/"])
def test_a_body_that_is_too_large_is_refused_while_it_comes(target, path):
    for is_chunked, content_type in ((True, MULTIPART), (False, "application/json"), (True, "image/png")):
        forget_peak(target.process_id)
        before = memory(target.process_id)
        assert upload(target.url, path, content_type, 40_000_000, b"a=1&" * 1000, is_chunked) == 413
        assert peak_memory(target.process_id) - before < 20


def test_the_refusal_speaks_the_language_of_the_api(target):
    answer = httpx.post(f"{target.url}/api/tasks", content=b"a" * 3_000_000)
    assert (answer.status_code, answer.json()) == (413, {"detail": "The body is too large."})
    assert answer.headers["Connection"] == "close"


def test_a_body_that_says_it_will_be_too_large_is_refused_before_it_comes(target):
    with connect(target.url) as wire:
        wire.sendall(head("/login/", "POST", Content_Type=MULTIPART, Content_Length=1_000_001))
        assert status_of(wire) == 413


@pytest.mark.parametrize(("size", "status"), [(900_000, 400), (2_900_000, 413)])
def test_a_body_of_empty_parts_is_not_read_as_a_form(target, size, status):
    assert upload(target.url, "/login/", MULTIPART, size, PARTS) == status


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 0\r\nContent-Length: 5",
        "Transfer-Encoding: xchunked\r\nContent-Length: 0",
        "Content-Length : 5",
        "Content-Length: +0",
    ],
)
def test_a_request_whose_end_is_a_matter_of_opinion_is_refused_with_all_that_follows(target, lengths):
    """A proxy that read it otherwise would take what follows for another one's request."""
    first = f"POST /api/token/ HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n\r\n0\r\n\r\n"
    with connect(target.url) as wire:
        wire.sendall(first.encode() + head("/healthz", Connection="close"))
        received = b""
        while data := wire.recv(4096):
            received += data
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1 ") == 1


def test_bodies_that_do_not_come_take_no_place(target):
    with ExitStack() as stack:
        for number in range(40):
            wire = stack.enter_context(connect(target.url))
            path = "/login/" if number % 2 else "/api/tasks"
            wire.sendall(head(path, "POST", Content_Type="application/json", Content_Length=1000) + b"{")
        target.board()
        assert httpx.get(f"{target.url}/login/").status_code == 200
        # Given up in the end, all at the same time.
        assert status_of(wire) == 408


def test_half_a_head_is_given_up_though_bytes_trickle_in(target):
    with connect(target.url) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: local")
        wire.settimeout(1)
        assert any(is_closed(wire) for _ in range(30))


def is_closed(wire):
    """Send a byte and tell whether the server has closed the connection."""
    try:
        wire.sendall(b"h")
        return not wire.recv(100)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_requests_whose_responses_nobody_reads_are_not_read_either(target):
    request = head(f"/sprints/{target.sprint}/", Cookie=target.person.headers["Cookie"])
    forget_peak(target.process_id)
    before = memory(target.process_id)
    with ExitStack() as stack:
        wires = [stack.enter_context(connect(target.url)) for _ in range(5)]
        for wire in wires:
            wire.setblocking(False)
            with suppress(BlockingIOError):
                while True:
                    wire.send(request * 100)
        for _ in range(50):
            target.board()
        assert peak_memory(target.process_id) - before < 30
        # Who reads after all gets what they asked for.
        wires[0].settimeout(20)
        assert status_of(wires[0]) == 200


def test_a_socket_of_the_api_that_reads_nothing_is_closed_with_1013(target):
    with ExitStack() as stack, api_of(target.url) as api:
        channel = target.channel()
        wires = [stack.enter_context(open_unread(target.url, channel)) for _ in range(5)]
        task = api.post("/tasks", json={"name": "Long", "sprint": target.sprint}).json()
        forget_peak(target.process_id)
        before = memory(target.process_id)
        for number in range(50):
            fields = {"description": f"{number} " + "ä" * 9000}
            api.patch(f"/tasks/{task['id']}", json=fields).raise_for_status()
        assert peak_memory(target.process_id) - before < 40
        assert [close_code(wire) for wire in wires] == [1013] * 5


def test_a_long_poll_without_a_log_in_is_refused_at_once(target):
    with ExitStack() as stack:
        wires = [stack.enter_context(connect(target.url)) for _ in range(50)]
        for wire in wires:
            wire.settimeout(20)
            wire.sendall(head("/api/events?since=999999999&wait=25"))
        assert [status_of(wire) for wire in wires] == [401] * 50


def test_a_token_has_its_share_of_waiting_polls(target):
    with ExitStack() as stack, api_of(target.url) as api:
        newest = api.get("/events", params={"since": 0}).json()["newest"]
        request = head(f"/api/events?since={newest}&wait=25", Authorization=api.headers["Authorization"])
        wires = [stack.enter_context(connect(target.url)) for _ in range(MAX_WAITERS_PER_HOLDER + 10)]
        for wire in wires:
            wire.sendall(request)
        refused = [status_of(wire) for wire in first_to_answer(wires, 10)]
        assert refused == [429] * 10
        api.post("/tasks", json={"name": "News", "sprint": target.sprint}).raise_for_status()
        assert [status_of(wire) for wire in wires] == [200] * MAX_WAITERS_PER_HOLDER


def first_to_answer(wires, count):
    """Take the first `count` connections that have something to read out of `wires`, one after the other."""
    for _ in range(count):
        (wire, *_), _, _ = select.select(wires, [], [], 20)
        wires.remove(wire)
        yield wire
