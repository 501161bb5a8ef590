"""A request that fails says so in a toast, whatever asked for it: nothing else on the page changes."""

import pytest
from playwright.sync_api import expect

from .board_page import BREAKING
from .failures import SOME_PROBLEMS, answer_with


@pytest.fixture
def one(someone, sprint, add_tasks):
    add_tasks("Steady", "Other")
    person = someone("demo").open_board(sprint)
    person.expected = BREAKING
    return person


def fails_each_way(person, act):
    """Do the same with each failure in the way, and expect its words in a toast and no foreign page."""
    for status, words in SOME_PROBLEMS.items():
        person.page.route("**/*", to_htmx(answer_with(status)))
        act()
        expect(person.page.locator(".toast", has_text=words)).to_be_visible()
        person.page.evaluate(
            "() => document.querySelectorAll('.toast:not(:has(form))').forEach((toast) => toast.remove())"
        )
        person.page.unroute("**/*")
    expect(person.page.get_by_role("heading", name="A whole page")).to_have_count(0)


def to_htmx(answer):
    """Return a route's handler that answers what htmx asks for, and lets everything else through."""
    return lambda route: answer(route) if "hx-request" in route.request.headers else route.fallback()


def test_what_opens_on_a_card_and_fails_leaves_the_card(one):
    card = one.card("Steady")
    link = card.locator("> .name")
    ways = [
        link.click,
        card.get_by_role("link", name="Move").click,
        card.locator("> .assignee").click,
        *(lambda key=key: link.press(key) for key in "eard"),
    ]
    for act in ways:
        fails_each_way(one, act)
        one.see("todo", ["Steady", "Other"])
    expect(one.page.locator(".card.open")).to_have_count(0)
    link.press("e")
    form = one.page.get_by_role("form", name="Edit task")
    for name in ("Delete…", "Cancel"):
        fails_each_way(one, form.get_by_role("button", name=name).click)
        expect(form.get_by_label("Name")).to_have_value("Steady")


def test_a_form_for_moving_or_deleting_that_fails_stays(one, sprint):
    one.card("Steady").get_by_role("link", name="Move").click()
    form = one.page.get_by_role("form", name="Move task")
    columns = iter([f"{sprint}-active", f"{sprint}-testing"])
    fails_each_way(one, lambda: form.get_by_label("Move to").select_option(next(columns)))
    form.get_by_label("Move to").select_option(f"{sprint}-done")
    fails_each_way(one, form.get_by_role("button", name="Move").click)
    expect(form.get_by_label("Move to")).to_have_value(f"{sprint}-done")
    form.get_by_role("button", name="Cancel").click()
    one.card("Steady").locator("> .name").press("e")
    one.page.get_by_role("button", name="Delete…").click()
    fails_each_way(one, one.page.get_by_role("button", name="Delete task").click)
    one.page.get_by_role("button", name="Cancel").click()
    one.see("todo", ["Steady", "Other"])


def test_an_undo_and_the_colours_that_fail_can_be_tried_again(one):
    one.drag("Steady", "active")
    undo = one.page.locator(".toast").get_by_role("button", name="Undo")
    # The pointer on the toast keeps it there.
    fails_each_way(one, undo.click)
    one.see("active", ["Steady"])
    undo.click()
    one.see("todo", ["Steady", "Other"])
    fails_each_way(one, one.page.get_by_role("button", name="Theme: system").click)
    expect(one.page.get_by_role("button", name="Theme: system")).to_be_visible()


def test_the_form_of_a_sprint_that_fails_stays_with_what_was_typed(one):
    page = one.go("/").page
    fails_each_way(one, page.get_by_role("button", name="Add sprint").click)
    page.get_by_role("button", name="Add sprint").click()
    page.get_by_label("Name").fill("Typed")
    fails_each_way(one, page.get_by_role("button", name="Create").click)
    expect(page.get_by_label("Name")).to_have_value("Typed")


def test_a_deleted_card_disappears_and_says_why(one):
    one.page.route("**/edit/", answer_with(404))
    one.card("Steady").locator("> .name").press("e")
    expect(one.page.locator(".toast", has_text="This task has been deleted.")).to_be_visible()
    one.see("todo", ["Other"])
    expect(one.focused().locator("> .name")).to_have_text("Other")
