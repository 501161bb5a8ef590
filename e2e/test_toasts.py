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


SIZES = (
    "() => [...document.querySelectorAll('.columns, .column')].map((one) => one.getBoundingClientRect().height)"
)


def test_a_toast_lies_over_the_page_ten_seconds_and_as_long_as_the_pointer_or_the_focus_is_on_it(board):
    clock, page = board.page.clock, board.page
    sizes = page.evaluate(SIZES)
    page.evaluate(
        "() => document.querySelector('.toasts').insertAdjacentHTML('beforeend', '<div class=toast><p>Saved</p></div>')"
    )
    expect(toasts(board)).to_be_visible()
    assert page.evaluate(SIZES) == sizes
    page.evaluate("() => document.querySelector('.toast').remove()")
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
    person.add_task("Below a toast")
    expect(toasts(person)).to_have_text("Created “Below a toast”")
    button = person.page.get_by_role("form", name="Add task").get_by_role("button", name="Create").bounding_box()
    toast = person.page.locator(".toast").bounding_box()
    assert toast["x"] > button["x"] + button["width"] or toast["y"] > button["y"] + button["height"]


def move(person, name):
    """Move a card from the column "todo" to the top of the next one."""
    person.card(name).locator("> .name").focus()
    person.page.keyboard.press("Alt+ArrowRight")
    expect(toasts(person).last).to_have_text(f"Moved “{name}” to In Development")


def test_of_many_moves_three_toasts_are_shown_and_all_can_be_undone_though_some_undos_failed(board):
    board.expected = r"Response Status Error Code|Failed to load resource|htmx:(afterRequest|sendError)"
    failures = iter([lambda route: route.abort(), lambda route: route.fulfill(status=503)])
    # From the beginning: Chromium says that it watches requests before it does.
    board.page.route(UNDO, lambda route: next(failures)(route))
    for name in "abcd":
        move(board, name)
    board.see("active", ["d", "c", "b", "a"])
    expect(toasts(board)).to_have_text([f"Moved “{name}” to In Development" for name in "bcd"])
    # One that did not reach the server is the next to be tried.
    for words in ("No connection", "busy or restarting"):
        board.page.keyboard.press("Control+z")
        expect(toasts(board).last).to_contain_text(words)
        expect(toasts(board).last).to_contain_text("Nothing was saved")
    board.page.unroute(UNDO)
    for left in ("cba", "ba", "a", ""):
        board.page.keyboard.press("Control+z")
        board.see("active", list(left))
    board.see("todo", ["a", "b", "c", "d"])


def test_a_slow_undo_has_its_redo_though_many_toasts_came_meanwhile(board):
    requests = []
    board.page.route(UNDO, lambda route: requests.append(route))
    move(board, "a")
    with board.page.expect_request(UNDO):
        board.page.keyboard.press("Control+z")
    board.page.clock.run_for(11_000)
    for name in "bcd":
        move(board, name)
    requests[0].continue_()
    expect(board.page.get_by_role("button", name="Redo")).to_be_visible()


def test_what_was_added_is_the_newest_change_also_after_a_reload_and_what_is_typed_is_newer(board):
    move(board, "a")
    board.page.keyboard.press("n")
    field = board.page.get_by_label("Name")
    add_newest(board, field)
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

    board.card("b").locator("> .name").press("n")
    add_newest(board, field)
    field.press_sequentially("x")
    board.page.keyboard.press("Control+z")
    expect(field).to_have_value("")
    board.page.keyboard.press("Control+z")
    expect(board.card("Newest")).to_have_count(1)
    expect(toasts(board).last).to_have_text("Created “Newest”")


def add_newest(person, field):
    field.fill("Newest")
    person.page.keyboard.press("Enter")
    expect(toasts(person).last).to_have_text("Created “Newest”")
