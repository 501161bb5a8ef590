"""Everybody can use every page: axe finds nothing, targets are big enough, and a page zoomed to 400 % still works."""

import json
import re
from random import random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SMALLEST = 24


PAGES = {
    "home": "/",
    "past": "/sprints/past/",
    "new sprint": "/sprints/add/",
    "sprint's form": "/sprints/1/edit/",
    "sprint's end": "/sprints/1/delete/",
    "task": "/tasks/9/",
    "task's form": "/tasks/9/edit/",
    "moving": "/tasks/9/move/",
    "deleting": "/tasks/9/delete/",
    "renaming": "/tasks/9/edit/name/",
    "one field's form": "/tasks/9/edit/assigned/",
    "recently deleted": "/tasks/deleted/",
    "tokens": "/profile/tokens/",
    "webhooks": "/profile/webhooks/",
    "profile": "/profile/",
    "password": "/profile/password/",
    "people": "/people/",
    "invitation": "/people/invite/",
    "person": "/people/1/",
    "the API's manual": "/api/docs",
    "missing": "/nowhere/",
    "pictures": "/placeholder/",
    "manual": "/site/",
}
# The board as it is, and with what opens in it.
PIECES = {
    "board": lambda person: None,
    "a card's form": lambda person: (
        person.card("Refund a ticket by its number").click(),
        expect(person.page.get_by_label("Assigned to")).to_be_visible(),
    ),
    "the form for moving": lambda person: (
        person.card("Refund a ticket by its number").get_by_role("link", name="Move").click(),
        expect(person.page.get_by_label("Position")).to_be_visible(),
    ),
    "the form for adding": lambda person: (
        person.page.get_by_role("button", name="Add task").click(),
        person.page.get_by_role("button", name="Create").click(),
        expect(person.page.get_by_text("This field is required.")).to_be_visible(),
    ),
    "the question before deleting": lambda person: (
        person.card("Refund a ticket by its number").click(),
        person.page.get_by_role("button", name="Delete…").click(),
        expect(person.page.get_by_role("button", name="Cancel")).to_be_visible(),
    ),
    "a card in hand": lambda person: (
        person.card("Lost property page").locator("> .name").press("m"),
        expect(person.page.locator(".slot")).to_be_visible(),
    ),
    "the keys": lambda person: (
        person.page.keyboard.press("?"),
        expect(person.page.get_by_role("dialog")).to_be_visible(),
    ),
    "a filter and a toast": lambda person: (
        person.drag("Boarding pass as PDF", "backlog"),
        expect(person.page.locator(".toast")).to_have_text("Completed tasks can't be moved to another sprint."),
        person.page.get_by_role("searchbox").fill("mail"),
        expect(person.page.get_by_text("No matching cards").filter(visible=True).first).to_be_visible(),
    ),
    "a clash": lambda person: (clash(person), expect(person.page.locator(".theirs")).to_be_visible()),
}


def clash(person):
    """Rename a card in its form, while someone else does so in another tab."""
    card = person.page.locator('[data-task="25"]')
    card.click()
    path = person.page.get_by_role("form", name="Edit task").get_attribute("action")
    person.page.get_by_label("Name").fill("Larger type")
    other = person.page.context.new_page()
    other.goto(person.base_url + path)
    other.get_by_label("Name").fill(f"Huge type {random()}")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url("**/sprints/*/")
    other.close()
    person.page.get_by_role("button", name="Save").click()


def board_of(person):
    person.go("/").page.get_by_role("link", name="Sprint 13").click()
    return person.see_live()


# Colours that are still on their way to the other scheme are no fault. Swagger UI is not ours: axe finds faults in it, and it
# has a <main> of its own.
LOOK = """async () => {
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(changing.map(({ finished }) => finished));
    const rules = { "landmark-no-duplicate-main": { enabled: !document.querySelector("#swagger-ui") } };
    return (await axe.run({ exclude: "#swagger-ui" }, { resultTypes: ["violations"], rules })).violations;
}"""


def faults(person, name):
    """Return what axe has against a page, in the dark and in the light; a line for each element."""
    found = []
    person.page.evaluate(Axe().axe_script)
    for scheme in ("dark", "light"):
        person.page.emulate_media(color_scheme=scheme)
        found += person.page.evaluate(LOOK)
    return [f"{name}: {fault['id']} {json.dumps(node['target'])}" for fault in found for node in fault["nodes"]]


def small_targets(person, name):
    """Return what can be pressed but is smaller than `SMALLEST`; links in a sentence may be, and a card is its link."""
    boxes = person.page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
            .filter((element) => element.checkVisibility() && !element.closest("p, li:not(.card) li, .skip, article, code, #swagger-ui"))
            .filter((element) => element.getBoundingClientRect().left >= 0)
            .map((element) => [element.outerHTML.slice(0, 120), (element.matches(".card > .name") ? element.parentElement : element).getBoundingClientRect()])
            .map(([html, box]) => [html, Math.round(box.width), Math.round(box.height)])"""
    )
    return [f"{name}: {box}" for box in boxes if min(box[1], box[2]) < SMALLEST]


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_every_target_can_be_hit(someone, own_url, size):
    width, height = SIZES[size]
    options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
    person = someone("demo", own_url, **options)
    found = []
    for name, path in PAGES.items():
        person.go(path)
        found += faults(person, name) + small_targets(person, name)
    for name, open_piece in PIECES.items():
        if name == "a filter and a toast" and size == "phone":
            continue
        board_of(person)
        open_piece(person)
        found += faults(person, name) + small_targets(person, name)
    stranger = someone(None, own_url, **options)
    stranger.go("/login/").page.get_by_role("button", name="Log in").click()
    expect(stranger.page.locator(".error").first).to_be_visible()
    found += faults(stranger, "log-in") + small_targets(stranger, "log-in")
    for path in ("/password/", "/welcome/old-link/", "/nowhere/"):
        stranger.go(path)
        found += faults(stranger, path) + small_targets(stranger, path)
    assert not found, "\n".join(sorted(set(found)))


def test_each_page_has_one_heading_and_its_landmarks(someone, own_url):
    person = someone("demo", own_url)
    for path in [*PAGES.values(), "/sprints/1/"]:
        person.go(path)
        expect(person.page.get_by_role("heading", level=1)).to_have_count(1)
        expect(person.page.get_by_role("main").and_(person.page.locator(":not(#swagger-ui *)"))).to_have_count(1)
        expect(person.page.get_by_role("banner")).to_have_count(1)


def test_zoomed_to_400_percent_nothing_but_the_columns_scrolls_sideways(someone, own_url):
    person = someone("demo", own_url, viewport={"width": 320, "height": 256})
    for path in PAGES.values():
        person.go(path)
        assert person.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
    board_of(person)
    assert person.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    person.page.locator('.tabs a[href="#testing"]').click()
    link = person.column("testing").locator(".card > .name").first
    link.click()
    save = person.page.get_by_role("button", name="Save")
    save.scroll_into_view_if_needed()
    expect(save).to_be_in_viewport(ratio=1)
    person.page.get_by_role("button", name="Cancel").click()
    expect(save).to_have_count(0)


def test_without_motion_nothing_moves_by_itself(someone, own_url):
    person = board_of(someone("demo", own_url, reduced_motion="reduce"))
    moving = person.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).map((element) => element.className)"""
    )
    assert moving == []


def test_with_forced_colours_states_still_show(someone, own_url):
    person = board_of(someone("demo", own_url, forced_colors="active"))
    person.page.route(re.compile("/place/$"), lambda route: None)
    person.drag("Refund a ticket by its number", "testing")
    card = person.card("Refund a ticket by its number")
    assert "saving" in card.evaluate("(card) => getComputedStyle(card, '::before').content")
    mark = (
        person.column("done")
        .locator("h2")
        .evaluate("(title) => getComputedStyle(title, '::before').backgroundColor")
    )
    assert mark == "rgb(15, 145, 104)"


def test_the_chosen_colours_are_there_from_the_first_paint(someone, own_url):
    person = someone("demo", own_url, color_scheme="light")
    person.go("/")
    for name in ("system", "light"):
        person.page.get_by_role("button", name=f"Theme: {name}").click()
    expect(person.page.get_by_role("button", name="Theme: dark")).to_be_focused()
    dark = "rgb(22, 23, 26)"
    expect(person.page.locator("body")).to_have_css("background-color", dark)
    # Without any script the next page is dark too: nothing flashes.
    person.page.route(re.compile(r"\.js$"), lambda route: route.abort())
    board = person.go("/sprints/past/").page
    expect(board.locator("body")).to_have_css("background-color", dark)
    expect(board.locator("html")).to_have_attribute("data-theme", "dark")
