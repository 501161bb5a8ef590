"""The panel of a task: read, discuss and change a card beside the board, two people at once."""

import re

import pytest
from playwright.sync_api import expect


def panel_of(person):
    return person.page.locator("#panel")


def open_panel(person, name):
    # In Firefox nothing is focused in a window behind another person's.
    person.page.bring_to_front()
    person.card(name).get_by_role("link", name=name, exact=True).click()
    expect(panel_of(person).get_by_role("heading", name=name)).to_be_focused()
    return panel_of(person)


def comment(panel, text):
    field = panel.get_by_role("textbox", name="Comment")
    field.fill(text)
    field.press("Control+Enter")
    expect(panel.locator(".comment").last).to_contain_text(text)
    expect(field).to_have_value("")


@pytest.mark.engines
def test_two_people_discuss_a_task_and_what_one_types_stays(someone, sprint, add_tasks):
    add_tasks("Draw", "Paint")
    one, other = (someone(name).open_board(sprint) for name in ("demo", "guest"))
    mine, theirs = open_panel(one, "Draw"), open_panel(other, "Draw")
    half = mine.get_by_role("textbox", name="Comment")
    half.fill("Half a thought")
    comment(theirs, "Which ink?")
    expect(mine.locator(".comment")).to_contain_text("Which ink?")
    expect(half).to_have_value("Half a thought")
    expect(one.card("Draw").locator(".comments")).to_have_text("1")
    one.hear("commented on “Draw”")

    # Only its author edits it; both see that.
    expect(mine.get_by_role("link", name="Edit comment")).to_have_count(0)
    theirs.get_by_role("link", name="Edit comment").click()
    theirs.locator(".comment textarea").fill("Which **ink**?")
    theirs.get_by_role("button", name="Save").click()
    expect(mine.locator(".comment strong").last).to_have_text("ink")
    expect(mine.locator(".comment")).to_contain_text("edited")

    # Deleted, it leaves a line, and comes back with Undo.
    theirs.get_by_role("button", name="Delete comment").click()
    expect(mine.locator(".comment")).to_have_count(0)
    expect(mine.locator(".line").last).to_contain_text("deleted a comment")
    other.page.locator(".toast", has_text="Deleted a comment").get_by_role("button", name="Undo").click()
    expect(mine.locator(".comment")).to_contain_text("Which ink?")
    expect(half).to_have_value("Half a thought")


def test_a_reload_and_back_lead_to_the_panel_and_out_of_it(someone, sprint, add_tasks):
    draw, paint, done = add_tasks("Draw", "Paint", "Sketch")
    person = someone("demo").open_board(sprint)
    panel = open_panel(person, "Draw")
    panel.get_by_role("textbox", name="Comment").fill("Not sent yet")
    person.page.reload()
    person.see_live()
    expect(panel.get_by_role("heading", name="Draw")).to_be_focused()
    expect(panel.get_by_role("textbox", name="Comment")).to_have_value("Not sent yet")

    # Arrow keys walk to the next card, also from within the panel; the address follows, Back closes it.
    person.page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("heading", name="Paint")).to_be_visible()
    person.page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("heading", name="Sketch")).to_be_visible()
    expect(person.page).to_have_url(re.compile(rf"\?task={done}$"))
    person.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(person.focused().locator("> .name")).to_have_text("Sketch")
    expect(person.page).to_have_url(re.compile(r"/$"))
    open_panel(person, "Paint")
    person.page.go_back()
    expect(panel).to_be_hidden()
    expect(person.focused().locator("> .name")).to_have_text("Paint")
    person.page.go_forward()
    expect(panel.get_by_role("heading", name="Paint")).to_be_focused()
    # Dragging works beside it.
    person.drag("Paint", "active")
    person.see("active", ["Paint"])
    expect(panel.locator("#panel-column")).to_contain_text("In Development")


def test_editing_in_the_panel_returns_to_it_and_a_conflict_shows_there(someone, sprint, add_tasks, api):
    (task,) = add_tasks("Draw")
    person = someone("demo").open_board(sprint)
    panel = open_panel(person, "Draw")
    panel.locator("#panel-assigned .editable").click()
    panel.get_by_label("Assigned to").select_option("Gus Lindqvist")
    panel.get_by_role("button", name="Save").click()
    expect(panel.locator("#panel-assigned")).to_contain_text("Gus Lindqvist")
    expect(person.card("Draw").get_by_title("Gus Lindqvist")).to_be_visible()

    person.page.keyboard.press("e")
    for label in ("Name", "Description", "Due", "Assigned to"):
        expect(panel.get_by_label(label, exact=True)).to_be_visible()
    expect(panel.get_by_label("Name")).to_be_focused()
    panel.get_by_label("Name").fill("Paint")
    api.patch(f"/tasks/{task}", json={"name": "Sketch"}).raise_for_status()
    expect(person.card("Sketch")).to_be_visible()
    expect(panel.get_by_label("Name")).to_have_value("Paint")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("radio", name="Keep your version")).to_be_focused()
    expect(panel.get_by_role("button", name="Save")).to_be_in_viewport()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("heading", name="Paint")).to_be_visible()
    person.page.keyboard.press("e")
    panel.get_by_label("Name").fill("Never mind")
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("heading", name="Paint")).to_be_visible()
    expect(person.card("Paint")).to_be_visible()


def test_a_comment_on_a_task_that_was_deleted_meanwhile_is_kept(someone, sprint, add_tasks, api):
    (task,) = add_tasks("Draw")
    person = someone("demo").open_board(sprint)
    panel = open_panel(person, "Draw")
    panel.get_by_role("textbox", name="Comment").fill("A long thought")
    api.delete(f"/tasks/{task}").raise_for_status()
    expect(person.card("Draw")).to_have_count(0)
    panel.get_by_role("button", name="Comment").click()
    expect(person.page.locator(".toast", has_text="deleted")).to_be_visible()
    expect(panel.get_by_role("textbox", name="Comment")).to_have_value("A long thought")


def test_without_javascript_the_page_of_a_task_does_the_same(someone, sprint, add_tasks):
    add_tasks("Draw")
    plain = someone("demo", java_script_enabled=False).go(f"/sprints/{sprint}/")
    plain.page.get_by_role("link", name="Draw").click()
    plain.page.get_by_role("textbox", name="Comment").fill("Plain words")
    plain.page.get_by_role("button", name="Comment").click()
    expect(plain.page.locator(".comment")).to_contain_text("Plain words")
    plain.page.get_by_role("link", name="Edit comment").click()
    plain.page.get_by_role("textbox", name="Comment").fill("Plainer words")
    plain.page.get_by_role("button", name="Save").click()
    expect(plain.page.locator(".comment")).to_contain_text("Plainer words")
    plain.page.get_by_role("button", name="Delete comment").click()
    expect(plain.page.locator(".comment")).to_have_count(0)
