"""The sockets as a program sees them: who may open one, what comes, and what closes it."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .api_client import api_of
from .sessions import log_in, secret_of, session_cookie_name, values_of
from .socket_client import LOG_IN, NO_ACCESS, NOT_ACCEPTED, TRY_LATER, close_code, newest_number, receive, send


@pytest.fixture(scope="module")
def cookie(logged_in):
    """The cookie header of a session that the tests share: `cookie("demo")`."""

    def cookies_of(username="demo"):
        return "; ".join(f"{one['name']}={one['value']}" for one in logged_in(username)["cookies"])

    return cookies_of


@pytest.fixture
def open_socket(base_url, sprint, cookie):
    """Open a board's socket: `open_socket(cookie header)`; all are closed in the end."""
    with ExitStack() as stack:

        def open_board(cookies=None, origin=base_url, path=None, url=base_url):
            socket = connect(
                url.replace("http", "ws") + (path or f"/sprints/{sprint}/live"),
                additional_headers={"Cookie": cookies or cookie()},
                origin=origin,
                open_timeout=20,
            )
            return stack.enter_context(socket)

        yield open_board


def test_a_socket_gets_what_changed_since_its_number(open_socket, api, add_tasks):
    since = newest_number(api)
    (task,) = add_tasks("Missed while away")
    socket = open_socket()
    send(socket, since=since)
    frame = receive(socket, lambda frame: frame.get("cards"))
    assert f'data-task="{task}"' in frame["cards"]
    assert "Missed while away" in frame["cards"]
    api.delete(f"/tasks/{task}").raise_for_status()
    assert receive(socket, lambda frame: frame.get("left"))["left"] == [task]


def test_only_our_own_origin_opens_a_board(open_socket, cookie, base_url):
    cookies = cookie()
    host = base_url.removeprefix("http://")
    strangers = [
        "https://" + host,
        "http://127.0.0.1:1",
        "http://localhost:" + host.split(":")[1],
        "http://sub." + host,
        "http://evil.example:" + host.split(":")[1],
        "null",
        None,
    ]
    assert [close_code(open_socket(cookies, origin)) for origin in strangers] == [NO_ACCESS] * len(strangers)
    ours = open_socket(cookies, base_url)
    send(ours, since=0)
    assert "seq" in json.loads(ours.recv(timeout=10))


def test_without_a_log_in_the_socket_says_so(open_socket, base_url):
    assert close_code(open_socket(f"{session_cookie_name(base_url)}=none")) == LOG_IN


def test_logging_out_closes_the_sockets_of_that_session_alone(open_socket, cookie, base_url):
    mine, other = log_in(base_url, "demo"), cookie("demo")
    socket, unhurt = open_socket(mine), open_socket(other)
    for one in (socket, unhurt):
        send(one, since=0)
    token = secret_of(values_of(mine), "csrf")
    httpx.post(f"{base_url}/logout/", headers={"Cookie": mine, "X-CSRFToken": token}, follow_redirects=False)
    # The hub looks every five seconds anyway: sooner means that it was told.
    assert close_code(socket, timeout=4) == LOG_IN
    send(unhurt, since=0)
    unhurt.recv(timeout=10)


def test_one_session_has_at_most_ten_sockets(open_socket, base_url):
    cookies = log_in(base_url, "guest")
    sockets = [open_socket(cookies) for _ in range(10)]
    for socket in sockets:
        send(socket, since=0)
        socket.recv(timeout=10)
    assert close_code(open_socket(cookies)) == TRY_LATER


# No page sends these.
WRONG = [
    "not json",
    "[]",
    "{}",
    '{"since": "1"}',
    '{"since": -1}',
    '{"since": 1e400}',
    '{"since": true}',
    '{"since": 1, "hold": 2}',
    '{"say": "<b>hello</b>"}',
    '{"hold": 99999999999999999999}',
    '{"since": 1, "pad": "' + "x" * 1100 + '"}',
    "[" * 1000,
    b"\x00\x01",
]


def test_a_wrong_message_closes_the_socket_and_reaches_nobody(open_socket):
    witness = open_socket()
    send(witness, since=0)
    receive(witness, lambda frame: "room" in frame)
    for message in WRONG:
        socket = open_socket()
        socket.send(message)
        assert close_code(socket) == NOT_ACCEPTED, message[:24]
    with suppress(TimeoutError):
        while True:
            assert "hello" not in witness.recv(timeout=0.5)


def test_a_flood_of_messages_closes_the_socket(open_socket):
    socket = open_socket()
    with suppress(ConnectionClosed):
        for _ in range(10_000):
            send(socket, hold=1)
    assert close_code(socket) == NOT_ACCEPTED


# The same stream as JSON, for clients of the API


@pytest.fixture
def channel(api, sprint):
    """The path of the sprint's JSON channel, signed for `demo`."""
    link = api.get(f"/sprints/{sprint}").raise_for_status().json()["links"]["channel"]
    return link[link.index("/socket") :]


def test_a_client_hears_tasks_and_sprints_as_the_api_shows_them(open_socket, channel, api, sprint, add_tasks):
    socket = open_socket("none=0", None, channel)
    (task,) = add_tasks("Heard")
    message = json.loads(socket.recv(timeout=10))
    body = api.get(f"/tasks/{task}").json()
    assert {**message, "seq": None} == {"model": "task", "id": task, "action": "add", "body": body, "seq": None}
    api.patch(f"/sprints/{sprint}", json={"name": "Renamed"}).raise_for_status()
    message = json.loads(socket.recv(timeout=10))
    assert (message["model"], message["action"], message["body"]["name"]) == ("sprint", "update", "Renamed")
    api.delete(f"/tasks/{task}").raise_for_status()
    message = json.loads(socket.recv(timeout=10))
    assert (message["id"], message["action"], message["body"]) == (task, "remove", None)


def test_logging_out_closes_the_channels_that_the_log_in_opened(open_socket, channel, base_url, sprint):
    cookie = log_in(base_url, "demo")
    answer = httpx.get(f"{base_url}/api/sprints/{sprint}", headers={"Cookie": cookie}).raise_for_status()
    link = answer.json()["links"]["channel"]
    path = link[link.index("/socket") :]
    answer = httpx.get(f"{base_url}/api/sprints/{sprint}", headers={"Cookie": cookie}).raise_for_status()
    link = answer.json()["links"]["channel"]
    unused = link[link.index("/socket") :]
    socket, unhurt = open_socket("none=0", None, path), open_socket("none=0", None, channel)
    assert close_code(open_socket("none=0", None, path)) == LOG_IN, "a page's name opens one socket"
    token = secret_of(values_of(cookie), "csrf")
    httpx.post(f"{base_url}/logout/", headers={"Cookie": cookie, "X-CSRFToken": token}, follow_redirects=False)
    assert close_code(socket, timeout=6) == LOG_IN
    assert close_code(open_socket("none=0", None, unused)) == LOG_IN
    httpx.patch(f"{base_url}/api/sprints/{sprint}", json={"name": "Heard"}, auth=("demo", "demo"))
    assert json.loads(unhurt.recv(timeout=10))["body"]["name"] == "Heard"


def test_one_token_has_at_most_ten_sockets(open_socket, channel):
    for _ in range(10):
        open_socket("none=0", None, channel)
    assert close_code(open_socket("none=0", None, channel)) == TRY_LATER


@pytest.fixture
def shared(server, request):
    """The server that the journeys share, or one of our own where they drive a running installation."""
    return server or request.getfixturevalue("own_server")


def test_what_another_process_does_to_people_is_heard_and_cuts_them(shared, open_socket):
    """Nobody gets the notifications of that process."""

    def run(code):
        shared.manage("shell", "-c", code)

    with api_of(shared.url) as api:
        link = api.get("/sprints/1").raise_for_status().json()["links"]["channel"]
        client = open_socket("none=0", None, link[link.index("/socket") :], shared.url)
        run("for name in ('nova', 'vega'): User.objects.create_user(name, password=name)")
        for name in ("nova", "vega"):
            body = api.get(f"/users/{name}").json()
            heard = json.loads(client.recv(timeout=30))
            assert heard == {"model": "user", "id": body["id"], "action": "add", "body": body}
    pages = [
        open_socket(log_in(shared.url, name), shared.url, "/sprints/1/live", shared.url)
        for name in ("nova", "vega")
    ]
    for page in pages:
        send(page, since=0)
        receive(page)
    run(
        "nova, vega = User.objects.filter(username__in=('nova', 'vega')).order_by('username');"
        "nova.set_password('nova'); nova.save(); vega.is_active = False; vega.save()"
    )
    assert [close_code(page) for page in pages] == [LOG_IN, LOG_IN]
    heard = json.loads(client.recv(timeout=30))
    assert (heard["id"], heard["action"], heard["body"]["is_active"]) == (body["id"], "update", False)


def test_a_client_hears_the_holds_of_others_and_they_its_own(open_socket, channel, cookie, api, add_tasks):
    (task,) = add_tasks("In hand")
    first, second, page = open_socket("none=0", None, channel), open_socket("none=0", None, channel), open_socket()
    send(page, since=newest_number(api))
    receive(page)
    send(first, model="task", id=task, action="dragstart")
    assert json.loads(second.recv(timeout=10)) == {
        "model": "task",
        "id": task,
        "action": "dragstart",
        "body": None,
    }
    assert receive(page, lambda frame: frame.get("room", {}).get("held"))["room"]["held"] == {
        str(task): "Dana Moreau"
    }
    send(first, model="task", id=task, action="drop")
    assert json.loads(second.recv(timeout=10))["action"] == "drop"
    with pytest.raises(TimeoutError):
        first.recv(timeout=0.5)


def test_a_forged_or_foreign_channel_opens_nothing(open_socket, channel):
    forged = channel[:-4] + ("aaaa" if channel[-4:] != "aaaa" else "bbbb")
    assert close_code(open_socket("none=0", None, forged)) == NO_ACCESS
    assert close_code(open_socket("none=0", None, "/socket")) == NO_ACCESS
    assert close_code(open_socket("none=0", "http://evil.example", channel)) == NO_ACCESS


def test_a_waiting_client_hears_of_a_change_at_once(api, base_url, add_tasks):
    since = newest_number(api)
    with ThreadPoolExecutor(1) as pool:
        url = f"{base_url}/api/events?since={since}&wait=25"
        answer = pool.submit(httpx.get, url, headers=api.headers, timeout=40)
        (task,) = add_tasks("At last")
        events = answer.result().json()["events"]
    assert [(event["model"], event["action"]) for event in events][-1] == ("task", "add")
    assert events[-1]["id"] == task
    assert events[-1]["by"] == "demo"
