"""Two server processes on one database, with Redis between them, and without it while it is away."""

import pytest
from playwright.sync_api import expect

from .api_client import api_of
from .board_page import unused_end_date
from .server import INSTANCE, Server


@pytest.fixture(scope="module")
def pair(tmp_path_factory, redis):
    """Two processes that serve the same boards."""
    folder = tmp_path_factory.mktemp("pair")
    first = Server(folder, REDIS_URL=redis.url).start()
    second = Server(folder, steps=INSTANCE, REDIS_URL=redis.url).start()
    yield first, second
    first.stop()
    second.stop()


@pytest.fixture
def two_people(pair, someone):
    """A sprint's board, open in a browser on each process; and an API client of the first."""
    first, second = pair
    with api_of(first.url) as api:
        body = {"name": "Shared", "end": unused_end_date().isoformat()}
        sprint = api.post("/sprints", json=body).raise_for_status().json()["id"]
        one = someone("demo", first.url).open_board(sprint)
        other = someone("guest", second.url).open_board(sprint)
        yield one, other, api, sprint


def test_people_and_holds_show_across_processes(two_people):
    one, other, *_ = two_people
    for person in (one, other):
        people = person.page.get_by_role("list", name="On this board").get_by_role("listitem")
        expect(people).to_have_text(["DM", "GL"])
    one.add_task("In hand")
    one.lift("In hand")
    expect(other.page.locator(".held")).to_have_attribute("data-held", "Dana Moreau")
    one.page.keyboard.press("Escape")
    one.page.mouse.up()
    expect(other.page.locator(".held")).to_have_count(0)


def test_while_redis_is_away_everything_works_and_nobody_is_cut(two_people, redis):
    one, other, api, sprint = two_people
    for person in (one, other):
        person.page.evaluate("() => (window.stayed = true)")
    names = []
    for fault, mend in ((redis.kill, redis.start), (redis.pause, redis.resume)):
        fault()
        try:
            for _ in range(5):
                names.append(f"Task {len(names)}")
                answer = api.post("/tasks", json={"name": names[-1], "sprint": sprint})
                assert answer.status_code == 201
            for person in (one, other):
                person.see("todo", names)
                expect(person.page.locator("[data-live]")).to_have_attribute("data-live", "live")
        finally:
            mend()
        one.lift("Task 0")
        expect(other.page.locator(".held")).to_have_count(1, timeout=15_000)
        one.page.keyboard.press("Escape")
        one.page.mouse.up()
        expect(other.page.locator(".held")).to_have_count(0)
    assert all(person.page.evaluate("() => window.stayed") for person in (one, other))
