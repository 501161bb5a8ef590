"""Planning on the backlog page, by two people: rows are selected, dragged, moved by keyboard, and changed together."""

import re

import pytest
from playwright.sync_api import expect

from .api_client import api_of
from .touch import Finger, middle

NAMES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"]


@pytest.fixture
def backlog(own_url):
    """A backlog with six tasks and no others; returns {name: id}."""
    with api_of(own_url) as api:
        for task in api.get("/tasks", params={"page_size": 100}).json()["results"]:
            if task["sprint"] is None or task["name"] in NAMES:
                api.delete(f"/tasks/{task['id']}").raise_for_status()
        return {name: api.post("/tasks", json={"name": name}).raise_for_status().json()["id"] for name in NAMES}


@pytest.fixture
def two(someone, own_url, backlog):
    """Two people on the page."""
    people = [someone(name, own_url).go("/backlog/").see_live() for name in ("demo", "guest")]
    for person in people:
        person.see("backlog", NAMES)
    return people


def row(person, name):
    return person.page.locator(".row", has=person.page.get_by_role("link", name=name, exact=True))


def select(person, *names, **options):
    for name in names:
        row(person, name).get_by_role("checkbox").click(**options)


def target(person, name):
    return person.page.locator("[data-into]", has=person.page.get_by_role("link", name=name))


def everybody_sees(people, names):
    for person in people:
        person.see("backlog", names)


def choose(person, menu, item):
    person.page.get_by_role("button", name=menu).click()
    person.page.get_by_role("button", name=item, exact=True).click()


def toast(person, text):
    return person.page.locator(".toast", has_text=text)


def test_selected_tasks_move_to_a_sprint_and_back_for_everybody(two):
    one, other = two
    bar = one.page.get_by_role("form", name="Selected tasks")
    expect(bar).to_be_hidden()
    before = target(one, "Sprint 14").locator(".sum").text_content()
    select(one, "Birch")
    select(one, "Dogwood", modifiers=["Shift"])
    row(one, "Fir").locator(".age").click(modifiers=["Control"])
    expect(bar).to_contain_text("4 selected")
    row(one, "Cedar").locator(".age").click(modifiers=["Control"])
    expect(bar).to_contain_text("3 selected")
    choose(one, "Move to…", "Sprint 14")
    everybody_sees(two, ["Alder", "Cedar", "Elm"])
    expect(bar).to_be_hidden()
    expect(one.focused()).to_contain_text("Elm")
    count = int(before.split()[0])
    for person in two:
        expect(target(person, "Sprint 14").locator(".sum")).to_contain_text(f"{count + 3} tasks")
    one.hear("Moved 3 tasks to Sprint 14")
    toast(one, "Moved 3 tasks to Sprint 14").get_by_role("button", name="Undo").click()
    everybody_sees(two, NAMES)
    for person in two:
        expect(target(person, "Sprint 14").locator(".sum")).to_have_text(before)


def test_points_person_place_and_deletion_of_several(two):
    one, other = two
    select(one, "Cedar", "Elm")
    choose(one, "Points…", "5")
    for person in two:
        expect(row(person, "Cedar").locator(".points")).to_have_text("5")
        expect(row(person, "Elm").locator(".points")).to_have_text("5")
        expect(person.page.locator(".title")).to_contain_text("10 points")
    choose(one, "Assign…", "Gus Lindqvist")
    expect(row(other, "Elm").locator(".assignee")).to_have_text("GL")
    choose(one, "Move to…", "Top of the backlog")
    everybody_sees(two, ["Cedar", "Elm", "Alder", "Birch", "Dogwood", "Fir"])
    one.page.get_by_role("button", name="Delete").click()
    everybody_sees(two, ["Alder", "Birch", "Dogwood", "Fir"])
    for expected in (
        ["Cedar", "Elm", "Alder", "Birch", "Dogwood", "Fir"],
        NAMES,
    ):
        one.page.keyboard.press("Control+z")
        everybody_sees(two, expected)
    one.page.keyboard.press("Control+z")
    expect(row(other, "Elm").locator(".assignee")).to_be_empty()


def drag_rows(person, name, to, y=4):
    """Drag a row, and those that go with it, to a point of an element."""
    person.lift(name)
    box = to.bounding_box()
    person.page.mouse.move(box["x"] + 120, box["y"] + y, steps=8)
    person.page.mouse.move(box["x"] + 120, box["y"] + y)


def test_one_row_or_several_are_dragged_within_the_list_and_onto_a_sprint(two):
    one, other = two
    drag_rows(one, "Fir", row(one, "Birch"))
    one.page.mouse.up()
    everybody_sees(two, ["Alder", "Fir", "Birch", "Cedar", "Dogwood", "Elm"])
    select(one, "Alder", "Cedar", "Elm")
    drag_rows(one, "Cedar", row(one, "Dogwood"), y=30)
    expect(one.page.locator(".lifted")).to_have_attribute("data-group", "3")
    one.page.mouse.up()
    everybody_sees(two, ["Fir", "Birch", "Dogwood", "Alder", "Cedar", "Elm"])
    drag_rows(one, "Alder", target(one, "Sprint 13"), y=20)
    expect(target(one, "Sprint 13")).to_have_class("target")
    one.page.mouse.up()
    everybody_sees(two, ["Fir", "Birch", "Dogwood"])
    expect(toast(one, "Moved 3 tasks to Sprint 13")).to_be_visible()
    drag_rows(one, "Fir", target(one, "Sprint 14"), y=20)
    one.page.keyboard.press("Escape")
    one.page.mouse.up()
    everybody_sees(two, ["Fir", "Birch", "Dogwood"])
    one.page.keyboard.press("Control+z")
    everybody_sees(two, ["Fir", "Birch", "Dogwood", "Alder", "Cedar", "Elm"])
    expect(one.page.locator(".slot, .lifted, .along, .saving")).to_have_count(0)


def test_the_keys_of_the_board_work_on_rows_too(two):
    one, other = two
    row(one, "Alder").locator(".name").focus()
    for key in ("ArrowDown", "x", "ArrowDown", "x"):
        one.page.keyboard.press(key)
    expect(one.page.locator(".selected")).to_have_text("2 selected")
    one.page.keyboard.press("Escape")
    expect(one.page.locator(".selection")).to_be_hidden()
    one.page.keyboard.press("Alt+ArrowUp")
    everybody_sees(two, ["Alder", "Cedar", "Birch", "Dogwood", "Elm", "Fir"])
    for key in ("m", "ArrowDown", "ArrowDown", "Enter"):
        one.page.keyboard.press(key)
    everybody_sees(two, ["Alder", "Birch", "Dogwood", "Cedar", "Elm", "Fir"])
    expect(one.focused()).to_contain_text("Cedar")
    one.page.keyboard.press("r")
    expect(one.page.get_by_role("form", name="Edit task").get_by_label("Name")).to_be_focused()
    one.page.keyboard.type("Cherry")
    one.page.keyboard.press("Enter")
    everybody_sees(two, ["Alder", "Birch", "Dogwood", "Cherry", "Elm", "Fir"])
    expect(row(one, "Cherry").get_by_role("checkbox")).to_be_visible()
    one.page.keyboard.press("n")
    expect(one.page.get_by_role("form", name="Add task").get_by_label("Name")).to_be_focused()
    one.page.keyboard.type("Gum (8) !tomorrow")
    expect(one.page.locator(".understood .fact")).to_have_text(["8 points", re.compile("due")])
    one.page.keyboard.press("Enter")
    everybody_sees(two, ["Alder", "Birch", "Dogwood", "Cherry", "Elm", "Fir", "Gum"])
    expect(row(one, "Gum")).to_have_class(re.compile("fresh"))
    expect(row(other, "Gum").locator(".points")).to_have_text("8")


def test_names_are_links_and_the_filter_narrows_what_is_selected(two):
    one, _ = two
    select(one, *NAMES)
    one.page.get_by_role("searchbox").fill("fir")
    expect(one.cards("backlog").filter(visible=True)).to_have_text(["Fir"])
    expect(one.page.locator(".selected")).to_have_text("1 selected")
    one.page.get_by_role("searchbox").fill("")
    expect(one.page.locator(".selected")).to_have_text("6 selected")
    one.page.get_by_role("button", name="Clear").click()
    expect(one.page.locator(".selection")).to_be_hidden()
    one.page.get_by_role("link", name="Elm").click()
    expect(one.page.locator("#panel").get_by_role("heading", name="Elm")).to_be_focused()


def test_the_menu_offers_the_sprint_that_another_has_just_added(two):
    one, other = two
    other.add_sprint("Sprint 15")
    expect(target(one, "Sprint 15")).to_be_visible()
    select(one, "Birch")
    choose(one, "Move to…", "Sprint 15")
    one.see("backlog", ["Alder", "Cedar", "Dogwood", "Elm", "Fir"])
    # On paper are the tasks, and nothing to click on.
    one.page.emulate_media(media="print")
    expect(one.page.get_by_role("link", name="Cedar")).to_be_visible()
    expect(target(one, "Sprint 15")).to_be_hidden()
    expect(row(one, "Cedar").get_by_role("checkbox")).to_be_hidden()


def test_rows_go_to_a_sprint_under_a_thumb(someone, own_url, backlog):
    person = someone("demo", own_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    person.go("/backlog/").see_live()
    finger = Finger(person.page)
    start = middle(row(person, "Birch").locator(".name"))
    finger.down(start)
    expect(person.page.locator(".slot")).to_be_visible()
    where = middle(target(person, "Sprint 14"))
    assert where[1] > 844 * 0.5
    finger.move(start, where)
    expect(target(person, "Sprint 14")).to_have_class("target")
    finger.up()
    person.see("backlog", ["Alder", "Cedar", "Dogwood", "Elm", "Fir"])


def test_without_javascript_checkboxes_and_a_menu_move_tasks(someone, own_url, backlog):
    plain = someone("demo", own_url, java_script_enabled=False).go("/backlog/")
    select(plain, "Alder", "Elm")
    choose(plain, "Move to…", "Bottom of the backlog")
    plain.see("backlog", ["Birch", "Cedar", "Dogwood", "Fir", "Alder", "Elm"])
    select(plain, "Fir")
    target(plain, "Sprint 14").get_by_role("button", name="Move here").click()
    plain.see("backlog", ["Birch", "Cedar", "Dogwood", "Alder", "Elm"])
    expect(toast(plain, "Moved “Fir” to Sprint 14")).to_be_visible()
