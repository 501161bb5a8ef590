"""Small things that a board has to get right: forms, drafts, refusals and messages."""

import re

import pytest
from playwright.sync_api import expect

from .board_page import BREAKING
from .failures import answer_with

PLACE = re.compile("/place/$")


@pytest.fixture
def person(someone, sprint, add_tasks):
    add_tasks("One", "Two")
    return someone("demo").open_board(sprint)


def test_add_task_can_be_used_again_after_cancel(person):
    person.page.get_by_role("button", name="Add task").click()
    form = person.page.get_by_role("form", name="Add task")
    form.get_by_role("link", name="Cancel").click()
    button = person.page.get_by_role("button", name="Add task")
    expect(button).to_have_css("opacity", "1")
    button.click()
    expect(form.get_by_role("button", name="Create task")).to_be_visible()


def test_a_draft_leaves_a_mark_where_it_waits(person):
    person.card("One").get_by_role("link", name="One").click()
    person.page.get_by_label("Name").fill("Not yet")
    person.page.keyboard.press("Escape")
    card = person.card("One")
    mark = "(card) => getComputedStyle(card, '::before').content"
    expect(card).to_have_attribute("data-draft", "Draft")
    assert "data-draft" in card.evaluate(mark) or "Draft" in card.evaluate(mark)
    person.page.reload()
    person.see_live()
    expect(card).to_have_attribute("data-draft", "Draft")
    card.get_by_role("link", name="One").click()
    expect(person.page.get_by_label("Name")).to_have_value("Not yet")
    person.page.get_by_role("button", name="Discard").click()
    person.page.keyboard.press("Escape")
    expect(card).not_to_have_attribute("data-draft", "Draft")

    person.page.get_by_role("button", name="Add task").click()
    person.page.get_by_role("form", name="Add task").get_by_label("Name").fill("Soon")
    person.page.keyboard.press("Escape")
    expect(person.column("backlog").locator("form.add")).to_have_attribute("data-drafted", "Draft")


def test_r_selects_the_name(person):
    person.card("One").get_by_role("link", name="One").focus()
    person.page.keyboard.press("r")
    expect(person.page.get_by_label("Name")).to_be_focused()
    person.page.keyboard.type("Renamed")
    person.page.keyboard.press("Enter")
    person.see("todo", ["Renamed", "Two"])


def test_choosing_a_person_saves_and_walking_by_keys_does_not(person):
    person.card("One").get_by_role("link", name="One").focus()
    person.page.keyboard.press("a")
    chosen = person.page.get_by_label("Assigned to")
    chosen.press("ArrowDown")
    expect(chosen).not_to_have_value("")
    expect(person.page.locator(".card.open")).to_have_count(1)
    chosen.press("Enter")
    expect(person.page.locator(".card.open")).to_have_count(0)
    person.card("Two").get_by_role("link", name="Two").focus()
    person.page.keyboard.press("a")
    person.page.get_by_label("Assigned to").select_option(index=1)
    expect(person.page.locator(".card.open")).to_have_count(0)
    expect(person.page.locator("#todo .card > .assignee:not(:empty)")).to_have_count(2)


def test_a_refusal_offers_no_retry(person):
    person.expected = BREAKING
    for status, name in ((403, "One"), (409, "One"), (422, "One"), (404, "Two")):
        person.page.unroute_all()
        person.page.route(PLACE, answer_with(status))
        person.drag(name, "active")
        toast = person.page.locator(".toast p")
        expect(toast).to_be_visible()
        expect(person.page.get_by_role("button", name="Retry")).to_have_count(0)
        person.page.evaluate("() => document.querySelector('.toast').remove()")


def test_a_toast_lies_over_the_page_and_resizes_nothing(person):
    sizes = "() => [...document.querySelectorAll('.columns, .column')].map((one) => one.getBoundingClientRect().height)"
    person.column("backlog").locator("h2").click()
    before = person.page.evaluate(sizes)
    person.page.evaluate(
        "() => document.querySelector('.toasts').insertAdjacentHTML('beforeend', '<div class=toast><p>Saved</p></div>')"
    )
    expect(person.page.locator(".toast")).to_be_visible()
    assert person.page.evaluate(sizes) == before


def test_a_toast_steps_aside_from_what_has_the_focus(person, add_tasks):
    for number in range(2):
        person.add_task(f"Waits {number}")
    form = person.page.get_by_role("form", name="Add task")
    expect(form.get_by_label("Name")).to_be_focused()
    toasts = person.page.locator(".toasts").bounding_box()
    box = form.bounding_box()
    assert toasts["x"] > box["x"] + box["width"] or toasts["y"] > box["y"] + box["height"]


def test_a_long_description_of_a_sprint_can_be_read(someone, sprint, api):
    api.patch(
        f"/sprints/{sprint}", json={"description": "Why **now**\n\n" + "word " * 200 + "\n\nThe end."}
    ).raise_for_status()
    person = someone("demo").open_board(sprint)
    text = person.page.locator(".board-head .description")
    expect(text).to_be_hidden()
    person.page.locator(".board-head summary").press("Enter")
    expect(text.locator("strong")).to_have_text("now")
    # Another's change of the head leaves it open.
    api.post("/tasks", json={"name": "New", "sprint": sprint}).raise_for_status()
    expect(person.page.locator("[data-all]")).to_have_text("1")
    expect(text.get_by_text("The end.")).to_be_attached()
    expect(text).to_be_visible()


def test_a_sprint_without_tasks_says_so(someone, sprint, add_tasks):
    person = someone("demo").open_board(sprint)
    expect(person.page.locator(".board-head").get_by_text("No tasks yet")).to_be_visible()
    add_tasks("Added early")
    expect(person.page.locator(".board-head").get_by_text("0 of 1")).to_be_visible()
    expect(person.page.locator(".board-head").get_by_text("No tasks yet")).to_be_hidden()


def test_what_is_typed_before_a_new_task_is_answered_stays(person):
    person.expected = BREAKING
    waiting = []
    person.page.route(
        "**/tasks/add/",
        lambda route: waiting.append(route) if route.request.method == "POST" else route.continue_(),
    )
    person.page.get_by_role("button", name="Add task").click()
    name = person.page.get_by_role("form", name="Add task").get_by_label("Name")
    name.fill("Added early")
    name.press("Enter")
    expect(name).to_have_value("")
    person.page.keyboard.type("Second")
    person.page.keyboard.press("Enter")
    person.page.keyboard.type(" and third")
    expect(name).to_have_value("Second and third")
    assert len(waiting) == 1, "one at a time"
    waiting.pop().continue_()
    expect(person.card("Added early")).to_be_attached()
    expect(name).to_have_value("")
    person.page.keyboard.type("Second")
    waiting.pop().continue_()
    expect(person.card("Second and third")).to_be_attached()
    expect(name).to_have_value("Second")
    expect(name).to_be_focused()
    with person.page.expect_event("requestfailed"):
        name.press("Enter")
        person.page.keyboard.type("and more")
        waiting.pop().abort()
    expect(name).to_have_value("Second and more")
