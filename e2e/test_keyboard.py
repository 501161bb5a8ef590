"""The board without a pointer: walking, moving, and what a screen reader hears."""

import re

import pytest
from playwright.sync_api import expect

from .board_page import TITLES


@pytest.fixture
def board(someone, sprint, add_tasks):
    """A board with three columns of cards, opened by a person who uses only the keyboard."""
    add_tasks("a", "b", "c")
    add_tasks("d", status=2)
    add_tasks("e", "f", status=3)
    person = someone("demo").open_board(sprint)
    person.press = person.page.keyboard.press
    return person


def stand_on(person, name):
    person.card(name).locator("> .name").focus()


def test_arrows_walk_the_cards_and_each_column_is_one_stop_of_tab(board, add_tasks, api):
    stand_on(board, "a")
    for key, name in [
        ("ArrowDown", "b"),
        ("ArrowDown", "c"),
        ("ArrowDown", "c"),
        ("Home", "a"),
        ("End", "c"),
        ("ArrowRight", "d"),
        ("ArrowRight", "e"),
        ("ArrowRight", "e"),
        ("ArrowDown", "f"),
        ("ArrowLeft", "d"),
        ("ArrowLeft", "a"),
        ("ArrowUp", "a"),
    ]:
        board.press(key)
        expect(board.focused().locator("> .name")).to_have_text(name)

    stand_on(board, "b")
    # Where one was in a column, one comes back to, also when new cards came.
    for name in ("d", "f"):
        board.press("Tab")
        expect(board.page.get_by_role("link", name="Move").and_(board.page.locator(":focus"))).to_be_visible()
        board.press("Tab")
        expect(board.focused().locator("> .name")).to_have_text(name)
    add_tasks("new")
    board.see("todo", ["a", "b", "c", "new"])
    for _ in range(4):
        board.press("Shift+Tab")
    expect(board.focused().locator("> .name")).to_have_text("b")

    # The focus stays when someone else changes the card, and goes to its neighbour when it goes.
    task = board.card("b").get_attribute("data-task")
    api.patch(f"/tasks/{task}", json={"status": 4, "name": "b2"}).raise_for_status()
    board.see("done", ["b2"])
    expect(board.focused().locator("> .name")).to_have_text("b2")
    stand_on(board, "a")
    api.delete(f"/tasks/{board.card('a').get_attribute('data-task')}").raise_for_status()
    board.see("todo", ["c", "new"])
    expect(board.focused().locator("> .name")).to_have_text("c")
    board.press("e")
    board.page.get_by_role("button", name="Delete…").press("Enter")
    board.page.get_by_role("button", name="Delete task").press("Enter")
    board.see("todo", ["new"])
    expect(board.focused().locator("> .name")).to_have_text("new")
    board.hear("Deleted “c”")
    board.press("Control+z")
    board.see("todo", ["c", "new"])
    expect(board.focused().locator("> .name")).to_have_text("c")


@pytest.fixture
def other(board, someone, sprint):
    """A second person at the board, whose page does not have the keyboard."""
    person = someone("guest").open_board(sprint)
    board.page.bring_to_front()
    return person


@pytest.mark.engines
def test_alt_and_arrows_move_a_card_and_it_keeps_the_focus(board, other):
    stand_on(board, "a")
    for _ in range(2):
        board.press("Alt+ArrowDown")
    for person in (board, other):
        person.see("todo", ["b", "c", "a"])
    board.press("Alt+ArrowRight")
    board.press("Alt+ArrowRight")
    board.press("Alt+ArrowRight")
    expect(board.page.locator(".saving")).to_have_count(0)
    for person in (board, other):
        person.see("done", ["a"])
    expect(board.focused().locator("> .name")).to_have_text("a")
    board.hear("a: Completed, 1 of 1")
    other.hear(re.compile(r"^\d changes by Dana Moreau$|“a” to Completed, 1 of 1$"))
    board.press("Alt+ArrowRight")
    expect(board.page.locator("#said p").last).to_have_text("a: Completed, 1 of 1")
    board.press("Alt+ArrowLeft")
    board.see("testing", ["a", "e", "f"])
    expect(board.focused().locator("> .name")).to_have_text("a")


@pytest.mark.engines
def test_m_picks_a_card_up_arrows_choose_enter_drops_or_puts_it_back(board, other):
    places = []
    board.page.on("request", lambda request: places.append(request.url) if "/place/" in request.url else None)
    for end in ("Escape", "Enter", "Tab"):
        stand_on(board, "b")
        board.press("m")
        if end != "Enter":
            board.press("ArrowRight")
        board.press(end)
        expect(board.page.locator(".slot, .lifted")).to_have_count(0)
        board.see("todo", ["a", "b", "c"])
        board.hear("b stays where it was")
        if end != "Tab":
            expect(board.focused().locator("> .name")).to_have_text("b")
        board.page.evaluate("() => document.getElementById('said').replaceChildren()")
    assert places == []

    stand_on(board, "b")
    board.press("m")
    expect(board.card("b")).to_have_class(re.compile("carried"))
    board.hear("Moving b.")
    board.press("ArrowUp")
    board.hear("Not Started, 1 of 3")
    for column in ("active", "testing"):
        board.press("ArrowRight")
        expect(board.column(column).locator(".slot")).to_be_visible()
    board.press("ArrowDown")
    board.hear("In Testing, 2 of 3")
    expect(other.page.locator(".held")).to_have_attribute("data-held", "Dana Moreau")
    board.see("todo", ["a", "b", "c"])
    board.press("Enter")
    for person in (board, other):
        person.see("testing", ["e", "b", "f"])
    expect(board.focused().locator("> .name")).to_have_text("b")
    expect(other.page.locator(".held")).to_have_count(0)
    board.hear("b: In Testing, 2 of 3")


def test_keys_open_what_they_say(board):
    board.press("?")
    sheet = board.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    board.press("n")
    board.press("Escape")
    expect(sheet).not_to_be_visible()
    board.press("n")
    name = board.page.get_by_role("form", name="Add task").get_by_label("Name")
    expect(name).to_be_focused()
    board.page.keyboard.type("n?/m ea")
    board.press("Enter")
    expect(board.card("n?/m ea")).to_be_visible()
    stand_on(board, "a")
    board.press("Enter")
    expect(board.page.locator("#panel").get_by_role("heading", name="a", exact=True)).to_be_focused()
    board.press("Escape")
    expect(board.focused().locator("> .name")).to_have_text("a")
    board.press("e")
    expect(board.page.get_by_label("Due")).to_be_visible()
    board.page.get_by_role("button", name="Cancel").click()
    expect(board.focused().locator("> .name")).to_have_text("a")
    for key, field in (("a", "assigned"), ("d", "due")):
        stand_on(board, "b")
        with board.page.expect_request(re.compile(rf"/tasks/\d+/edit/{field}/$")) as asked:
            board.page.route(re.compile("/edit/(assigned|due)/$"), lambda route: route.fulfill(status=204))
            board.press(key)
        assert asked.value.headers["hx-request"] == "true"
    board.press("/")
    expect(board.page.get_by_role("searchbox")).to_be_focused()
    board.page.keyboard.type("n?/m EA")
    expect(board.page.locator("[data-task]:visible > .name")).to_have_text(["n?/m ea"])
    board.press("Escape")
    board.see("todo", ["a", "b", "c"])


def test_no_key_acts_while_typing_or_with_a_modifier(board):
    board.edit("a")
    form = board.page.get_by_role("form", name=re.compile("Edit task"))
    name = form.get_by_label("Name")
    name.fill("")
    board.page.keyboard.type("?n/mead")
    expect(name).to_have_value("?n/mead")
    form.get_by_label("Points").focus()
    board.press("m")
    form.get_by_role("button", name="Save").focus()
    board.press("m")
    board.press("n")
    expect(board.page.locator(".slot, dialog[open], form.adding")).to_have_count(0)
    form.get_by_role("button", name="Cancel").click()
    stand_on(board, "b")
    for modifier in ("Control", "Meta"):
        for key in ("m", "e"):
            board.press(f"{modifier}+{key}")
    expect(board.page.locator(".slot, .open, dialog[open]")).to_have_count(0)
    board.see("todo", ["a", "b", "c"])


def test_z_presses_the_newest_undo_that_was_not_pressed_also_when_its_toast_has_gone(board):
    """With toasts as the server sends them; a page without one says that there is nothing."""
    board.press("Control+z")
    board.hear("Nothing to undo")
    board.page.evaluate(
        """() => {
            window.undone = [];
            for (const address of ["/undo/1/", "/undo/2/"]) {
                const toast = Object.assign(document.createElement("div"), { className: "toast" });
                toast.innerHTML = `<p>Deleted ${address}</p><form data-undo action="${address}" method="post"><button>Undo</button></form>`;
                toast.querySelector("form").addEventListener("submit", (event) => {
                    event.preventDefault();
                    window.undone.push(event.target.getAttribute("action"));
                    toast.remove();
                });
                document.querySelector(".toasts").append(toast);
            }
        }"""
    )
    board.hear("Deleted /undo/2/")
    board.page.evaluate("() => document.querySelector('.toast').remove()")
    for count, key in ((1, "Control+z"), (2, "Meta+z")):
        board.press(key)
        board.page.wait_for_function("(count) => window.undone.length === count", arg=count)
    assert board.page.evaluate("() => window.undone") == ["/undo/2/", "/undo/1/"]
    board.press("Control+z")
    assert board.page.evaluate("() => window.undone.length") == 2


def test_a_screen_reader_hears_what_others_do_and_who_moves_a_card(board, other, sprint, api):
    other.lift("b")
    expect(board.page.locator(".held")).to_have_count(1)
    stand_on(board, "b")
    board.press("Alt+ArrowRight")
    board.hear("Gus Lindqvist is moving this")
    board.see("todo", ["a", "b", "c"])
    other.page.keyboard.press("Escape")
    other.page.mouse.up()
    other.drag("b", "testing", before="f")
    board.hear("Gus Lindqvist moved “b” to In Testing, 2 of 3")
    expect(other.page.locator("#said")).not_to_contain_text("Gus Lindqvist")
    for name in ("x", "y", "z"):
        api.post("/tasks", json={"name": name, "sprint": sprint, "status": 4}).raise_for_status()
    other.hear(re.compile(r"^(\d changes by|Dana Moreau created “.”$)"))
    assert board.page.locator("[aria-live], [role=status], [role=alert], [role=log]").count() == 1
    assert TITLES["testing"] in board.page.locator("#said").inner_text()


def test_single_fields_are_changed_from_the_keyboard(board, other):
    stand_on(board, "a")
    board.press("r")
    form = board.page.get_by_role("form", name="Edit task")
    expect(form.get_by_label("Name")).to_be_focused()
    expect(form.get_by_label("Due")).to_have_count(0)
    # The name is selected, to be typed over.
    board.page.keyboard.type("aa")
    board.press("Enter")
    other.see("todo", ["aa", "b", "c"])
    board.press("d")
    form.get_by_label("Due").fill("2100-01-02")
    board.press("Enter")
    expect(other.card("aa").locator("time")).to_have_attribute("datetime", "2100-01-02")
    board.press("a")
    chosen = form.get_by_label("Assigned to")
    chosen.press_sequentially("gus")
    board.press("Control+Enter")
    expect(other.card("aa").get_by_title("Gus Lindqvist")).to_be_visible()
    expect(board.focused().locator("> .name")).to_have_text("aa")

    # Walking by keys saves nothing until Enter, choosing does.
    stand_on(board, "b")
    board.press("a")
    chosen.press("ArrowDown")
    expect(chosen).not_to_have_value("")
    expect(board.page.locator(".card.open")).to_have_count(1)
    chosen.press("Enter")
    expect(board.page.locator(".card.open")).to_have_count(0)
    stand_on(board, "c")
    board.press("a")
    chosen.select_option(index=1)
    expect(board.page.locator(".card.open")).to_have_count(0)
    expect(board.page.locator("#todo .card > .assignee:not(:empty)")).to_have_count(3)
