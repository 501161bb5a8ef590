"""The running product, driven from outside: a real server as a process, Chromium as two people's browsers.

BASE_URL=… drives a running installation with the demo accounts instead; HEADED=1 shows the browser; TRACE=1 records
what each page does, which takes a tenth longer.
"""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright

from .api_client import api_of
from .board_page import Person, skip_end_dates, unused_end_date
from .browser import ENGINE, launch
from .browsers import Browsers
from .integrity import assert_integrity, check_data, is_there
from .server import POSTGRES, ROOT, Server
from .sessions import NOBODY, browser_state

ARTEFACTS = ROOT / "var" / "e2e"
BASE_URL = os.environ.get("BASE_URL", "").rstrip("/")
TRACE = os.environ.get("TRACE") == "1"


def pytest_collection_modifyitems(config, items):
    """In another engine than Chromium only the journeys run that are marked for it."""
    if ENGINE == "chromium":
        return
    others = [item for item in items if not item.get_closest_marker("engines")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def driver():
    """Playwright, which starts browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver):
    """A running Chromium."""
    browser = launch(driver)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that the journeys share; None when BASE_URL names a running installation."""
    if BASE_URL:
        skip_used_end_dates()
        yield None
        return
    folder = tmp_path_factory.mktemp("server")
    connections = folder / "connections"
    connections.touch()
    watched = {"PYTHONPATH": str(ROOT / "e2e" / "watched"), "CONNECTIONS": str(connections)}
    # On services it connects to those.
    server = Server(folder, **({} if POSTGRES else watched)).start()
    yield server
    server.stop()
    check_data(server.env["DATABASE_URL"], folder)
    assert connections.read_text() == "", "the server connected to another machine, which it must never do"


def skip_used_end_dates():
    """Leave out the end dates of an installation that was tested before."""
    with api_of(BASE_URL) as api:
        sprints = api.get("/sprints", params={"ordering": "-end", "page_size": 1}).raise_for_status().json()
    for sprint in sprints["results"]:
        skip_end_dates(until=date.fromisoformat(sprint["end"]))


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A server with the demo that no other module uses."""
    server = Server(tmp_path_factory.mktemp("own")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_url(own_server):
    return own_server.url


@pytest.fixture(scope="module", autouse=True)
def _databases_of_the_module(server, django_db_blocker):
    """What tests did on servers of their own left databases that pass the integrity check."""
    before = set(Server.databases)
    yield
    # In a thread of its own, since Playwright has an event loop in ours.
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as thread:
        for url in Server.databases.keys() - before:
            if is_there(url):
                thread.submit(assert_integrity, url).result()


@pytest.fixture(scope="session")
def base_url(server):
    return BASE_URL or server.url


@pytest.fixture(scope="session")
def logged_in(base_url):
    """Return the state of a browser in which a demo account is logged in, in the same session each time."""
    return lambda username, url=base_url: browser_state(url, username)


@pytest.fixture(scope="session")
def browsers(chromium):
    return Browsers(chromium)


@pytest.fixture
def someone(browsers, base_url, logged_in, request):
    """Return a person at a browser of their own: `someone("demo")`; None is not logged in.

    A failing test leaves each person's screenshot, with TRACE=1 their trace, and the server's log, in one folder.
    """
    people = []

    def arrive(username="demo", url=base_url, is_new=False, **options):
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
        state = logged_in(username, url) if username else NOBODY
        page = browsers.arrive(url, state, options, is_new=is_new or TRACE)
        page.context.set_default_timeout(10_000)
        if TRACE:
            page.context.tracing.start()
        people.append(Person(page, url))
        return people[-1]

    yield arrive
    failed = getattr(request.node, "failed", False)
    complaints = [complaint for person in people for complaint in person.complaints]
    folder = ARTEFACTS / re.sub(r"\W+", "-", request.node.name).strip("-")
    for number, person in enumerate(people, 1):
        files = folder / f"person-{number}" if failed or complaints else None
        try:
            if files:
                keep(person, files)
            browsers.leave(person.page.context, is_usable=not files)
        except Error as error:
            print(f"The screenshot of a person is lost: {error}")
    if failed or complaints:
        for log in request.node.stash.get(SERVER_LOGS, []):
            shutil.copy(log, folder / Path(log).name)
        print(f"\nWhat happened is in {folder}")
    assert not complaints, "the browser's console complained"


def keep(person, files):
    """Keep what a person's browser shows; `files` is the stem of the files."""
    files.parent.mkdir(parents=True, exist_ok=True)
    person.page.screenshot(path=f"{files}.png")
    if TRACE:
        person.page.context.tracing.stop(path=f"{files}.zip")


@pytest.fixture
def sprint(base_url):
    """A new sprint without tasks; returns its id."""
    with api_of(base_url) as api:
        answer = api.post("/sprints", json={"name": "A sprint", "end": unused_end_date().isoformat()})
        answer.raise_for_status()
        return answer.json()["id"]


@pytest.fixture
def api(base_url):
    """An API client of the account `demo`: `api.post("/tasks", json={…})`."""
    with api_of(base_url) as client:
        yield client


@pytest.fixture
def add_tasks(api, sprint):
    """Add tasks to the new sprint: `add_tasks("a", "b", status=2)`; returns their ids."""

    def add(*names, status=1, **fields):
        bodies = [{"name": name, "sprint": sprint, "status": status, **fields} for name in names]
        return [api.post("/tasks", json=body).raise_for_status().json()["id"] for body in bodies]

    return add


SERVER_LOGS = pytest.StashKey[list]()


@pytest.fixture(autouse=True)
def _server_log(request, server):
    request.node.stash[SERVER_LOGS] = [server.log] if server else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.failed = getattr(item, "failed", False) or report.failed
    return report
