"""The real server while its database is locked, full, away or restarted, and while the clock jumps.

Each fault comes once, or $TIMES times (make faults).
"""

import json
import resource
import subprocess
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import cycle

import httpx
import pytest
from websockets.sync.client import connect

from .api_client import api_of, token_of
from .board_page import unused_end_date
from .integrity import manage
from .server import TIMES, Server, write_lock
from .services import Postgres
from .sessions import log_in, secret_of, values_of
from .socket_client import newest_number, receive, send

NOT_SAVED = "nothing was saved"


@contextmanager
def running(folder, **options):
    """A server of our own, and an API client of it."""
    server = Server(folder, **options)
    try:
        server.start()
        with api_of(server.url) as api:
            yield server, api
    finally:
        server.stop()


@contextmanager
def open_board(server, sprint):
    """A socket that shows a board, as a program sees it."""
    with connect(
        f"{server.url.replace('http', 'ws')}/sprints/{sprint}/live",
        additional_headers={"Cookie": log_in(server.url, "demo")},
        origin=server.url,
        ping_interval=None,
    ) as socket:
        send(socket, since=0)
        yield socket


def new_sprint(api):
    return api.post("/sprints", json={"end": unused_end_date().isoformat()}).raise_for_status().json()["id"]


def add_task(api, sprint, name="New", **fields):
    return api.post("/tasks", json={"name": name, "sprint": sprint, **fields})


def is_well(server):
    examined = manage("doctor", **server.env)
    return (examined.returncode, examined.stderr) == (0, "")


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory):
    """A folder on a disk of 3 MB, and whether one could be mounted."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False).returncode == 0
    )
    yield folder, mounted
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def on_small_disk(tmp_path_factory, small_disk):
    """A server with its database on the small disk, and an API client of it."""
    database = f"sqlite:///{small_disk[0] / 'db.sqlite3'}"
    with running(tmp_path_factory.mktemp("server"), DATABASE_URL=database) as server_and_api:
        yield server_and_api


def test_while_another_program_holds_the_lock_changes_are_refused_and_reading_goes_on(on_small_disk):
    server, api = on_small_disk
    sprint = new_sprint(api)
    for _ in range(TIMES):
        with write_lock(server):
            refused = add_task(api, sprint)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert NOT_SAVED in refused.text
            assert api.get(f"/sprints/{sprint}").status_code == 200
            assert httpx.get(f"{server.url}/readyz").status_code == 200
        assert add_task(api, sprint).status_code == 201
    assert "Look for other programs" in server.log.read_text()


def fill(server, folder, mounted):
    """Let there be no more room from now on, if the disk does not see to that."""
    if not mounted:
        largest = max(path.stat().st_size for path in folder.iterdir())
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def make_room(server, folder, mounted, megabytes):
    if mounted:
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", folder], check=True)
    else:
        resource.prlimit(
            server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )


def test_a_full_disk_refuses_changes_in_plain_words_and_tears_nothing(small_disk, on_small_disk):
    (folder, mounted), (server, api) = small_disk, on_small_disk
    sprint = new_sprint(api)
    saved = 0
    for time in range(1, TIMES + 1):
        fill(server, folder, mounted)
        while (answer := add_task(api, sprint, description="x" * 10_000)).status_code == 201:
            saved += 1
        assert answer.status_code == (507 if mounted else 503), answer.text
        assert "saved" in answer.text
        assert add_task(api, sprint, description="x" * 10_000).status_code == answer.status_code
        assert api.get("/tasks", params={"sprint": sprint}).json()["count"] == saved
        # With room for what the doctor writes beside it, too.
        make_room(server, folder, mounted, 3 + 6 * time)
        assert add_task(api, sprint, description="x" * 10_000).status_code == 201
        saved += 1
        assert api.get("/tasks", params={"sprint": sprint}).json()["count"] == saved
        assert is_well(server)


CANARIES = {
    "key": "canary-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789",
    "database": "canary-database-password",
    "password": "canary-typed-password",
}


def test_postgresql_restarts_under_an_open_board_and_no_secret_comes_out(tmp_path):
    with Postgres() as postgres:
        url = postgres.new_database("faults").replace("@", f":{CANARIES['database']}@")
        with running(tmp_path, DATABASE_URL=url, SECRET_KEY=CANARIES["key"]) as (server, api):
            sprint = new_sprint(api)
            cookie = log_in(server.url, "demo")
            pages = [httpx.get(f"{server.url}/", headers={"Cookie": cookie}).text]
            with open_board(server, sprint) as socket:
                receive(socket)
                for time in range(TIMES):
                    postgres.end_quickly()
                    refused = add_task(api, sprint, "While away")
                    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
                    page = httpx.get(f"{server.url}/", headers={"Cookie": cookie}, timeout=20)
                    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
                    ready = httpx.get(f"{server.url}/readyz", timeout=20)
                    assert (ready.status_code, ready.json()["database"]) == (503, "away")
                    assert httpx.get(f"{server.url}/healthz").status_code == 200
                    form = {"username": "demo", "password": CANARIES["password"]}
                    log_in_page = httpx.post(f"{server.url}/login/", data=form)
                    pages += [refused.text, page.text, ready.text, log_in_page.text]
                    postgres.start()
                    added = add_task(api, sprint, f"Back {time}.")
                    if added.status_code == 503:
                        added = add_task(api, sprint, f"Back {time}.")
                    assert added.status_code == 201
                    receive(socket, lambda frame, time=time: f"Back {time}." in frame.get("cards", ""))
            pages.append(break_the_code(postgres, server, cookie))
            assert "Restart the database in DATABASE_URL" in server.log.read_text()
            session = values_of(cookie)
            for place in [server.log.read_text(), *pages]:
                for secret in [*CANARIES.values(), secret_of(session, "session"), secret_of(session, "csrf")]:
                    assert secret not in place


def break_the_code(postgres, server, cookie):
    """Let a page fail as a bug would; returns it."""
    with postgres.connect("faults") as connection:
        connection.execute("ALTER TABLE board_sprint RENAME TO elsewhere")
        connection.commit()
    page = httpx.post(
        f"{server.url}/sprints/add/",
        headers={"Cookie": cookie, "X-CSRFToken": secret_of(values_of(cookie), "csrf")},
        data={"name": CANARIES["password"], "end": "2031-01-01"},
    )
    assert page.status_code == 500
    assert "Traceback" in server.log.read_text()
    return page.text


def test_a_postgresql_that_is_away_ends_the_start_with_one_sentence(tmp_path):
    # It was never started.
    done = manage("serve", DATABASE_URL=Postgres().url_of("postgres"), PORT="0")
    assert done.returncode == 1
    # What PostgreSQL's library says, not a pool that went on trying.
    (said,) = done.stderr.splitlines()
    assert said.startswith("CommandError: Can't use the database in DATABASE_URL: ")
    assert "Connection refused" in said
    assert said.endswith("Restart the database in DATABASE_URL. Requests work again as soon as it is available.")


def test_when_the_clock_jumps_nothing_is_lost_and_nobody_is_cut(tmp_path):
    jumps = max(5, TIMES)
    offset = tmp_path / "offset"
    offset.write_text("0")

    def jump(seconds):
        whole = tmp_path / "new offset"
        whole.write_text(str(seconds))
        whole.rename(offset)

    with running(tmp_path, program=("-m", "e2e.jumping_clock"), CLOCK_OFFSET=str(offset)) as (server, api):
        sprint = new_sprint(api)
        before = newest_number(api)
        with half_sent(server, sprint, "The last") as slow, open_board(server, sprint) as socket:
            receive(socket)
            for number, seconds in zip(range(jumps), cycle([0, 3600, -3600, 0, 3600]), strict=False):
                jump(seconds)
                assert add_task(api, sprint, f"Card {number}.").status_code == 201
                receive(socket, lambda frame, number=number: f"Card {number}." in frame.get("cards", ""))
            slow.send(b"}")
            assert slow.getresponse().status == 201
        events = api.get("/events", params={"since": before, "page_size": 100}).json()["events"]
        assert [event["seq"] for event in events] == [before + n for n in range(1, jumps + 2)]
        moments = [event["at"] for event in events]
        assert moments != sorted(moments)  # the clock did jump
        added = [event["changes"]["name"][1] for event in events]
        assert added == [*(f"Card {number}." for number in range(jumps)), "The last"]


@contextmanager
def half_sent(server, sprint, name):
    """A request of which the last byte is still to come."""
    body = json.dumps({"name": name, "sprint": sprint}).encode()
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.putrequest("POST", "/api/tasks")
        connection.putheader("Authorization", f"Token {token_of(server.url)}")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:-1])
        yield connection
