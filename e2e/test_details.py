"""Small things that a board has to get right: forms, drafts, refusals and messages."""

import pytest
from playwright.sync_api import expect

from .board_page import BREAKING


@pytest.fixture
def person(someone, sprint, add_tasks):
    add_tasks("One", "Two")
    return someone("demo").open_board(sprint)


def test_the_head_of_a_sprint_shows_its_description_and_that_it_has_no_tasks(someone, sprint, api, add_tasks):
    api.patch(
        f"/sprints/{sprint}", json={"description": "Why **now**\n\n" + "word " * 200 + "\n\nThe end."}
    ).raise_for_status()
    person = someone("demo").open_board(sprint)
    head = person.page.locator(".board-head")
    expect(head.get_by_text("No tasks yet")).to_be_visible()
    text = head.locator(".description")
    expect(text).to_be_hidden()
    head.locator("summary").press("Enter")
    expect(text.locator("strong")).to_have_text("now")
    # Another's change of the head leaves it open.
    add_tasks("Added early")
    expect(head.get_by_text("0 of 1")).to_be_visible()
    expect(head.get_by_text("No tasks yet")).to_be_hidden()
    expect(text.get_by_text("The end.")).to_be_attached()
    expect(text).to_be_visible()


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
