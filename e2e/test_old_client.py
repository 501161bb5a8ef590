"""A browser client as they were written before: jQuery's requests, Backbone's models, errors read field by field."""

import pytest
from playwright.sync_api import expect

from .board_page import unused_end_date
from .server import ROOT

PAGE = "/old-client/"


@pytest.fixture
def page(someone):
    """The client's page, from the origin of the board; its requests are real."""
    person = someone(None)
    for path, name in ((PAGE, "old_client.html"), (f"{PAGE}old_client.js", "old_client.js")):
        person.page.route(f"{person.base_url}{path}", answer_with(name))
    return person.go(PAGE).page


def answer_with(name):
    return lambda route: route.fulfill(path=ROOT / "e2e" / name)


def log_in(page, password="demo"):
    form = page.locator("#login")
    form.get_by_label("Username").fill("demo")
    form.get_by_label("Password").fill(password)
    form.get_by_role("button").click()
    return form


def beside(page, form, field):
    """Return the locator of the errors beside a field."""
    return page.locator(f"#{form} label", has=page.locator(f"[name={field}]")).locator(".error")


def test_the_client_of_old_shows_errors_beside_their_fields(page):
    form = log_in(page, "wrong")
    # It has no such field, so it stands at the end of the form.
    expect(form.locator("> .error")).to_have_text(["Unable to log in with provided credentials."])
    form.get_by_label("Password").fill("")
    form.get_by_role("button").click()
    expect(beside(page, "login", "password")).to_have_text(["This field may not be blank."])
    log_in(page)

    sprint = page.locator("#sprint")
    sprint.get_by_role("button").click()
    expect(beside(page, "sprint", "end")).to_have_count(1)
    sprint.get_by_label("End").fill("2001-01-01")
    sprint.get_by_role("button").click()
    expect(beside(page, "sprint", "end")).to_have_text(["The end date can't be in the past."])
    end = unused_end_date().isoformat()
    for _ in range(2):
        sprint.get_by_label("Name").fill(f"Sprint to {end}")
        sprint.get_by_label("End").fill(end)
        sprint.get_by_role("button").click()
    expect(beside(page, "sprint", "end")).to_have_text(["Another sprint ends on that day."])

    page.get_by_role("button", name=f"Sprint to {end}").click()
    page.locator("#task").get_by_role("button").click()
    expect(beside(page, "task", "name")).to_have_text(["This field may not be blank."])


def test_the_client_of_old_lists_adds_saves_whole_models_and_deletes(page, sprint, api):
    api.patch(f"/sprints/{sprint}", json={"name": f"Sprint of {sprint}"})
    log_in(page)
    page.locator("#sprints").get_by_role("button", name=f"Sprint of {sprint}").click()
    add = page.locator("#task")
    name = f"From the client of old {sprint}"
    add.get_by_label("Name").fill(name)
    add.get_by_role("button").click()
    page.get_by_role("button", name=f"{name} (Not Started, nobody)").click()

    details = page.locator("#details")
    details.locator("[name=status]").fill("4")
    details.get_by_role("button", name="Save").click()
    expect(beside(page, "details", "status")).to_have_count(1)
    details.locator("[name=sprint]").fill(str(sprint))
    details.locator("[name=status]").fill("2")
    details.locator("[name=assigned]").fill("demo")
    details.locator("[name=due]").fill("2031-02-03")
    details.get_by_role("button", name="Save").click()
    expect(page.locator("#tasks")).to_contain_text(f"{name} (In Progress, demo)")
    task = api.get("/tasks", params={"sprint": sprint}).json()["results"][0]
    assert (task["status"], task["due"]) == (2, "2031-02-03")

    # A second save sends the first model's read-only fields, which are old by now, back with it.
    details.locator("[name=due]").fill("")
    details.locator("[name=assigned]").fill("")
    details.get_by_role("button", name="Save").click()
    expect(page.locator("#tasks")).to_contain_text(f"{name} (In Progress, nobody)")
    details.locator("[name=assigned]").fill("nobody of this name")
    details.get_by_role("button", name="Save").click()
    expect(beside(page, "details", "assigned")).to_have_count(1)

    details.get_by_role("button", name="Delete").click()
    expect(page.locator("#tasks")).not_to_contain_text(name)
    assert api.get(f"/tasks/{task['id']}").status_code == 404
