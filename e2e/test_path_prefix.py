"""The board below a path of a host that has other sites, too (FORCE_SCRIPT_NAME), behind the nginx of the manual."""

import pytest
from playwright.sync_api import expect

from .board_page import unused_end_date
from .server import Server
from .services import Nginx

PREFIX = "/scrum"


@pytest.fixture(scope="module")
def below(tmp_path_factory):
    """The address of a board below a prefix."""
    nginx = Nginx([])
    server = Server(
        tmp_path_factory.mktemp("below"), FORCE_SCRIPT_NAME=PREFIX, SITE_URL=nginx.url, DEMO_ANYWHERE="1"
    )
    server.start()
    nginx.ports = [server.port]
    with nginx:
        yield nginx.url + PREFIX
    server.stop()


@pytest.fixture
def person_below(below, someone):
    """Return a function that logs a person in below the prefix. No request of their page leaves the prefix."""
    requested = []

    def log_in(name):
        person = someone(None, below, ignore_https_errors=True)
        person.page.on("request", lambda request: requested.append(request.url))
        person.go("/login/").log_in(name, name)
        return person

    yield log_in
    assert requested
    assert [url for url in requested if not url.startswith(f"{below}/")] == []


def test_two_people_work_on_a_board_below_a_prefix(person_below):
    one, other = person_below("demo"), person_below("guest")
    sprint = one.add_sprint("Below", unused_end_date())
    one.open_board(sprint)
    other.open_board(sprint)
    one.add_task("Across")
    one.drag("Across", "active")
    other.see("active", ["Across"])
    one.page.get_by_role("button", name="Undo").last.click()
    other.see("active", [])
    other.page.reload()
    other.see_live().edit("Across")
    other.page.get_by_label("Name").last.fill("Renamed")
    other.page.get_by_role("button", name="Save").click()
    expect(one.card("Renamed")).to_be_visible()


def test_links_in_the_api_and_a_call_in_its_reference_stay_below_the_prefix(below, person_below):
    person = person_below("demo")
    assert f'"{below}/api/tasks' in person.go("/api/").page.content()
    page = person.go("/api/docs").page
    page.set_default_timeout(30_000)
    sprints = page.locator("#operations-sprints-sprints_list")
    sprints.locator(".opblock-summary-control").click()
    sprints.get_by_role("button", name="Try it out").click()
    sprints.get_by_role("button", name="Execute").click()
    expect(sprints.locator(".live-responses-table")).to_contain_text('"count"', timeout=30_000)
