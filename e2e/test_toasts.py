"""Short messages: at the lower left, for ten seconds, three at most, with the way back in them."""

import re

import pytest
from playwright.sync_api import expect

UNDO = re.compile(r"/undo/\d+/$")


@pytest.fixture
def board(someone, sprint, add_tasks):
    add_tasks("a", "b", "c", "d")
    person = someone("demo")
    person.page.clock.install()
    return person.open_board(sprint)


def toasts(person):
    return person.page.locator(".toast p")


def test_a_toast_stays_ten_seconds_and_for_as_long_as_the_pointer_or_the_focus_is_on_it(board):
    clock, page = board.page.clock, board.page
    board.drag("a", "active")
    expect(toasts(board)).to_have_text("Moved “a” to In Development")
    box = page.locator(".toast").bounding_box()
    assert box["x"] < 40
    assert box["y"] + box["height"] > 900 - 40
    clock.run_for(9_000)
    expect(toasts(board)).to_have_count(1)
    page.locator(".toast").hover()
    clock.run_for(60_000)
    expect(toasts(board)).to_have_count(1)
    page.get_by_role("button", name="Undo").focus()
    page.mouse.move(700, 20)
    clock.run_for(60_000)
    expect(toasts(board)).to_have_count(1)
    board.card("b").locator("> .name").focus()
    clock.run_for(9_000)
    expect(toasts(board)).to_have_count(1)
    clock.run_for(2_000)
    expect(toasts(board)).to_have_count(0)


@pytest.mark.engines
def test_no_toast_covers_the_buttons_of_the_form_for_a_new_task(someone, sprint):
    person = someone("demo").open_board(sprint)
    person.add_task("One")
    expect(toasts(person)).to_have_text("Created “One”")
    button = person.page.get_by_role("form", name="Add task").get_by_role("button", name="Create").bounding_box()
    toast = person.page.locator(".toast").bounding_box()
    assert toast["x"] > button["x"] + button["width"] or toast["y"] > button["y"] + button["height"]


def test_of_many_moves_three_toasts_are_shown_and_all_can_be_undone(board):
    for number, name in enumerate("abcd", 1):
        board.drag(name, "active")
        board.see("active", list("abcd"[:number]))
        expect(toasts(board).last).to_have_text(f"Moved “{name}” to In Development")
    expect(toasts(board)).to_have_text([f"Moved “{name}” to In Development" for name in "bcd"])
    for left in ("abc", "ab", "a", ""):
        board.page.keyboard.press("Control+z")
        board.see("active", list(left))
    board.see("todo", ["a", "b", "c", "d"])


def test_an_undo_that_did_not_reach_the_server_is_the_next_to_be_tried(board):
    board.expected = r"Response Status Error Code|Failed to load resource|htmx:(afterRequest|sendError)"
    failures = iter([lambda route: route.abort(), lambda route: route.fulfill(status=503)])
    # From the beginning: Chromium says that it watches requests before it does.
    board.page.route(UNDO, lambda route: next(failures)(route))
    for name in "ab":
        board.drag(name, "active")
        expect(toasts(board).last).to_have_text(f"Moved “{name}” to In Development")
    for words in ("No connection", "busy or restarting"):
        board.page.keyboard.press("Control+z")
        expect(toasts(board).last).to_contain_text(words)
        expect(toasts(board).last).to_contain_text("Nothing was saved")
    board.page.unroute(UNDO)
    board.page.keyboard.press("Control+z")
    board.see("active", ["a"])
    board.page.keyboard.press("Control+z")
    board.see("active", [])


def test_a_slow_undo_has_its_redo_though_many_toasts_came_meanwhile(board):
    requests = []
    board.page.route(UNDO, lambda route: requests.append(route))
    board.drag("a", "active")
    expect(toasts(board)).to_have_text("Moved “a” to In Development")
    with board.page.expect_request(UNDO):
        board.page.keyboard.press("Control+z")
    board.page.clock.run_for(11_000)
    for name in "bcd":
        board.drag(name, "active")
        expect(toasts(board).last).to_have_text(f"Moved “{name}” to In Development")
    requests[0].continue_()
    expect(board.page.get_by_role("button", name="Redo")).to_be_visible()


def test_what_was_added_is_the_newest_change_also_after_a_reload(board):
    board.drag("a", "active")
    expect(toasts(board)).to_have_text("Moved “a” to In Development")
    # By the key: below a long backlog the button lies under the toast of the move.
    board.page.keyboard.press("n")
    board.page.get_by_label("Name").fill("Newest")
    board.page.keyboard.press("Enter")
    expect(toasts(board).last).to_have_text("Created “Newest”")
    # In the empty form for the next task, where the focus is.
    board.page.keyboard.press("Control+z")
    expect(board.card("Newest")).to_have_count(0)
    board.see("active", ["a"])
    board.page.get_by_role("button", name="Redo").click()
    expect(board.card("Newest")).to_have_count(1)
    board.page.reload()
    board.see_live()
    board.page.keyboard.press("Control+z")
    expect(board.card("Newest")).to_have_count(0)
    board.see("active", ["a"])
    board.page.keyboard.press("Control+z")
    board.see("active", [])


def test_in_a_form_for_a_new_task_control_z_takes_back_what_was_typed(board):
    board.add_task("Stays")
    field = board.page.get_by_label("Name")
    field.press_sequentially("x")
    board.page.keyboard.press("Control+z")
    expect(field).to_have_value("")
    board.page.keyboard.press("Control+z")
    expect(board.card("Stays")).to_have_count(1)
    expect(toasts(board).last).to_have_text("Created “Stays”")
