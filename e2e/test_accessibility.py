"""Everyone can use every page: axe finds nothing, targets are large enough, and a page zoomed to 400 % still works."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from .accessibility import PAGES, SIZES, too_small, violations

# The board as it is, and what opens in it: axe looks at that part alone.
PIECES = {
    ("board", "html"): lambda person: None,
    ("the panel of a task", "#panel"): lambda person: (
        person.card("Refund a ticket by its number").click(),
        expect(person.page.locator("#panel").get_by_role("heading").first).to_be_focused(),
    ),
    ("the forms for deleting, moving, editing and adding", "main"): lambda person: (
        person.edit("Refund a ticket by its number"),
        person.page.get_by_role("button", name="Delete…").click(),
        expect(person.page.get_by_role("button", name="Cancel")).to_be_visible(),
        person.card("Boarding pass as PDF").get_by_role("link", name="Move").click(),
        expect(person.page.get_by_label("Position")).to_be_visible(),
        person.edit("Large type on the pass"),
        expect(person.page.get_by_label("Assigned to")).to_be_visible(),
        person.page.get_by_role("button", name="Add task").click(),
        person.page.get_by_role("button", name="Create").click(),
        expect(person.page.get_by_text("This field is required.")).to_be_visible(),
    ),
    ("a card in hand", "[data-column]:has(.slot)"): lambda person: (
        person.card("Lost property page").locator("> .name").press("m"),
        expect(person.page.locator(".slot")).to_be_visible(),
    ),
    ("the keys", "dialog"): lambda person: (
        person.page.keyboard.press("?"),
        expect(person.page.get_by_role("dialog")).to_be_visible(),
    ),
    ("a filter and a toast", "html"): lambda person: (
        person.drag("Boarding pass as PDF", "backlog"),
        expect(person.page.locator(".toast")).to_have_text("Completed tasks can't be moved to another sprint."),
        person.page.get_by_role("searchbox").fill("mail"),
        expect(person.page.get_by_text("No matching cards").filter(visible=True).first).to_be_visible(),
    ),
    ("a conflict", ".card.open"): lambda person: (
        cause_conflict(person),
        expect(person.page.locator(".theirs")).to_be_visible(),
    ),
}


def cause_conflict(person):
    """Rename a card in its form, while someone else does so in another tab."""
    path = person.edit("Large type on the pass").get_attribute("action")
    person.page.get_by_label("Name").fill("Larger type")
    other = person.page.context.new_page()
    other.goto(person.base_url + path)
    other.get_by_label("Name").fill("Huge type")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url("**/sprints/*/")
    other.close()
    person.page.get_by_role("button", name="Save").click()


def test_axe_finds_nothing_on_any_page_and_every_target_can_be_hit(someone, own_url):
    person = someone("demo", own_url, reduced_motion="reduce")
    found = []
    for name, path in PAGES.items():
        expect_landmarks(person.go(path))
        found += violations(person, name)
    stranger = someone(None, own_url, reduced_motion="reduce")
    stranger.go("/login/").page.get_by_role("button", name="Log in").click()
    expect(stranger.page.locator(".error").first).to_be_visible()
    found += violations(stranger, "log-in") + too_small_on_a_phone(stranger, "log-in")
    for path in ("/password/", "/welcome/old-link/", "/nowhere/"):
        found += violations(stranger.go(path), path)
    assert not found, "\n".join(sorted(set(found)))


def too_small_on_a_phone(person, name):
    person.page.set_viewport_size(SIZES["phone"])
    return too_small(person, f"{name} on a phone")


def expect_landmarks(person):
    expect(person.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(person.page.get_by_role("main").and_(person.page.locator(":not(#swagger-ui *)"))).to_have_count(1)
    expect(person.page.get_by_role("banner")).to_have_count(1)


def test_axe_finds_nothing_on_the_board_whatever_is_open(someone, own_url):
    person = someone("demo", own_url, reduced_motion="reduce")
    path = urlsplit(person.open_demo_board().page.url).path
    found = []
    for (name, part), open_piece in PIECES.items():
        person.page.set_viewport_size(SIZES["desktop"])
        open_piece(person.go(path).see_live())
        assert person.page.locator(part).count(), name
        found += violations(person, name, part) + too_small_on_a_phone(person, name)
    found += violations(person.go(path).see_live(), "board on a phone")
    expect_landmarks(person)
    assert not found, "\n".join(sorted(set(found)))


def test_zoomed_to_400_percent_only_the_columns_scroll_sideways_and_a_form_can_be_used(someone, own_url):
    person = someone("demo", own_url, viewport={"width": 320, "height": 256})
    person.open_demo_board()
    assert person.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    person.page.locator('.tabs a[href="#testing"]').click()
    person.column("testing").locator(".card > .name").first.press("e")
    save = person.page.get_by_role("button", name="Save")
    save.scroll_into_view_if_needed()
    expect(save).to_be_in_viewport(ratio=1)
    person.page.get_by_role("button", name="Cancel").click()
    expect(save).to_have_count(0)


def test_without_motion_nothing_moves_by_itself(someone, own_url):
    person = someone("demo", own_url, reduced_motion="reduce").open_demo_board()
    moving = person.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).map((element) => element.className)"""
    )
    assert moving == []


def test_with_forced_colours_states_still_show(someone, own_url):
    person = someone("demo", own_url, forced_colors="active").open_demo_board()
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
