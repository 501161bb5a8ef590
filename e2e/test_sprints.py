"""Two people plan, start, run, close and reopen a sprint, and what one of them does shows to the other."""

import re

import pytest
from playwright.sync_api import expect

from .board_page import unused_end_date

CLOSED = "This sprint is closed. Reopen it to change its tasks."


@pytest.fixture
def planned(api):
    """A sprint with three estimated tasks that nobody started: (id, ids of its tasks)."""
    end = unused_end_date().isoformat()
    body = {"name": "Harbour lights", "goal": "Ships find their berth", "end": end}
    sprint = api.post("/sprints", json=body).raise_for_status().json()["id"]
    tasks = [
        api.post("/tasks", json={"name": name, "sprint": sprint, "points": points}).raise_for_status().json()["id"]
        for name, points in (("Buoys", 3), ("Radar", 5), ("Paint", 2))
    ]
    return sprint, tasks


@pytest.fixture
def target(api):
    """The sprint that what is left goes to."""
    body = {"name": "Next harbour", "end": unused_end_date().isoformat()}
    return api.post("/sprints", json=body).raise_for_status().json()["id"]


def choose(person, name, choice):
    person.page.get_by_label(name, exact=True).select_option(choice)


def sum_of(person, title):
    """Return the locator of a number of the report."""
    return person.page.locator(".sums > div", has=person.page.get_by_text(title, exact=True)).locator("dd")


def test_a_sprint_is_started_run_closed_and_reopened_by_two_people(someone, planned, target, api):
    sprint, (buoys, radar, paint) = planned
    one, other = someone("demo").open_board(sprint), someone("guest").open_board(sprint)

    one.page.get_by_role("link", name="Start sprint").click()
    expect(one.page.get_by_text("3 tasks, 10 points")).to_be_visible()
    one.page.get_by_role("button", name="Start sprint").click()
    expect(other.page.get_by_role("link", name="Close sprint")).to_be_visible()

    # The scope grows, and one task is done.
    one.see_live()
    api.post("/tasks", json={"name": "Ropes", "sprint": sprint, "points": 8}).raise_for_status()
    other.drag("Buoys", "done")
    expect(one.page.locator("[data-done-points]")).to_have_text("3")
    expect(one.page.locator("[data-all-points]")).to_have_text("18")
    expect(one.column("todo").locator("[data-sum]")).to_have_text("15 pts")

    # One of each choice; the other's board is closed at once.
    one.page.get_by_role("link", name="Close sprint").click()
    one.page.get_by_label("Partly").check()
    one.page.get_by_label("Note").fill("The crane was late")
    choose(one, "Radar", "To Next harbour")
    choose(one, "Paint", "To the backlog")
    choose(one, "Ropes", "Drop")
    one.page.get_by_role("button", name="Close sprint").click()
    expect(one.page.get_by_text("The goal was partly met.")).to_be_visible()
    expect(one.page.get_by_text("The crane was late")).to_be_visible()
    expect(sum_of(one, "Committed")).to_have_text("3 tasks10 points")
    expect(sum_of(one, "Added")).to_have_text("1 task8 points")
    expect(sum_of(one, "Done")).to_have_text("1 task3 points")
    expect(sum_of(one, "Carried over")).to_have_text("2 tasks7 points")
    expect(other.page.get_by_text(CLOSED)).to_be_visible()
    expect(other.page.get_by_role("button", name="Add task")).to_be_hidden()
    other.card("Buoys").get_by_role("link", name="Buoys").click()
    expect(other.page.get_by_text("Harbour lights is closed.")).to_be_visible()
    other.open_board(target)
    expect(other.card("Radar")).to_contain_text("carried")

    # Reopened, everything is back but what changed since.
    other.drag("Radar", "active")
    other.see("active", ["Radar"])
    one.page.get_by_role("button", name="Reopen sprint").click()
    expect(one.page.locator(".toast", has_text="“Radar” stays where it is.")).to_be_visible()
    one.see_live()
    one.see("done", ["Buoys"])
    one.see("todo", ["Paint", "Ropes"])
    one.drag("Paint", "active")
    one.see("active", ["Paint"])


def test_several_leftovers_are_set_at_once(someone, planned, target, api):
    sprint, _ = planned
    api.post(f"/sprints/{sprint}/start").raise_for_status()
    person = someone("demo").go(f"/sprints/{sprint}/close/")
    for name in ("Select Buoys", "Select Paint"):
        person.page.get_by_label(name).check()
    person.page.get_by_label("Note").fill("Kept while choosing")
    person.page.get_by_label("Selected tasks").select_option("To the backlog")
    person.page.get_by_role("button", name="Set", exact=True).click()
    expect(person.page.get_by_label("Paint", exact=True)).to_have_value("backlog")
    expect(person.page.get_by_label("Buoys", exact=True)).to_have_value("backlog")
    expect(person.page.get_by_label("Radar", exact=True)).not_to_have_value("backlog")
    expect(person.page.get_by_label("Note")).to_have_value("Kept while choosing")


def test_a_sprint_is_closed_and_reopened_without_javascript(someone, planned, target, api):
    sprint, _ = planned
    person = someone("demo", java_script_enabled=False).go(f"/sprints/{sprint}/start/")
    person.page.get_by_role("button", name="Start sprint").click()
    person.page.get_by_role("link", name="Close sprint").click()
    person.page.get_by_role("button", name="Close sprint").click()
    expect(person.page.get_by_text("Choose whether the goal was met.")).to_be_visible()
    person.page.get_by_label("Yes").check()
    person.page.get_by_role("button", name="Close sprint").click()
    expect(person.page.get_by_text("The goal was met.")).to_be_visible()
    person.page.get_by_role("button", name="Reopen sprint").click()
    expect(person.page).to_have_url(re.compile(rf"/sprints/{sprint}/$"))


def test_the_spark_in_the_head_leads_to_the_report(someone):
    person = someone("demo", viewport={"width": 390, "height": 844}).open_demo_board()
    person.page.get_by_role("link", name="Points left per day").click()
    expect(person.page.get_by_role("heading", name="Report on Sprint 13")).to_be_visible()
    day = person.page.locator(".chart .day").first
    day.focus()
    expect(day.locator("text")).to_be_visible()
