"""How the board looks: no page scrolls sideways, and pictures to be looked at (var/e2e/pictures)."""

import os
import re

import pytest
from playwright.sync_api import expect

from .conftest import ARTEFACTS

PICTURES = ARTEFACTS / "pictures"
PAGES = {
    "home": "/",
    "past": "/sprints/past/",
    "task": "/tasks/9/",
    "tokens": "/profile/tokens/",
    "webhooks": "/profile/webhooks/",
    "reference": "/api/docs",
    "missing": "/nowhere/",
}
SIZES = {"desktop": (1440, 900), "laptop": (1024, 768), "phone": (390, 844)}


def demo_sprint(person):
    person.go("/").page.get_by_role("link", name="Sprint 13").click()
    return person.see_live()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_scrolls_sideways(someone, own_url, size, scheme):
    width, height = SIZES[size]
    person = someone("demo", own_url, viewport={"width": width, "height": height}, color_scheme=scheme)
    picture = lambda name: take_picture(person, f"{name}-{size}-{scheme}")  # noqa: E731
    demo_sprint(person)
    picture("board")
    check_width(person)
    if size == "desktop" and scheme == "light":
        person.lift("Refund a ticket by its number")
        person.carry("testing", before="Pass in the phone's wallet")
        picture("drag")
        person.page.keyboard.press("Escape")
        person.page.mouse.up()
        person.page.keyboard.press("?")
        picture("keys")
        person.page.keyboard.press("Escape")
    person.card("Refund a ticket by its number").get_by_role("link", name="Move").click()
    expect(person.page.get_by_label("Position")).to_be_visible()
    picture("move")
    check_width(person)
    person.page.get_by_role("button", name="Cancel").click()
    person.card("Refund a ticket by its number").scroll_into_view_if_needed()
    person.card("Refund a ticket by its number").click()
    expect(person.page.get_by_label("Assigned to")).to_be_visible()
    picture("form")
    check_width(person)
    for name, path in PAGES.items():
        person.go(path)
        picture(name)
        check_width(person)


def take_picture(person, name, **options):
    """Save a screenshot of a page, for `make pictures`."""
    if os.environ.get("PICTURES"):
        person.page.screenshot(path=PICTURES / f"{name}.png", **options)


def check_width(person):
    assert person.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_on_paper_every_card_of_the_sprint_stands(someone, own_url):
    person = demo_sprint(someone("demo", own_url, viewport={"width": 794, "height": 1123}))
    person.page.emulate_media(media="print")
    take_picture(person, "print", full_page=True)
    cut = person.page.evaluate(
        """() => [...document.querySelectorAll(".cards, .column, .board, body")]
            .filter((box) => box.scrollHeight > box.clientHeight + 1).map((box) => box.className)"""
    )
    assert cut == []
    late = person.card("Gate scanner accepts paper and phone")
    who = late.locator(".assignee").evaluate("(who) => getComputedStyle(who, '::after').content")
    assert who == '"Amara Mbeki"'
    for gone in (".top", ".tabs", "form.add", ".card i"):
        expect(person.page.locator(gone).first).not_to_be_visible()


def test_on_a_phone_one_column_shows_and_tabs_lead_to_the_others(someone, own_url):
    person = demo_sprint(someone("demo", own_url, viewport={"width": 390, "height": 844}, has_touch=True))
    expect(person.column("backlog")).to_be_in_viewport()
    expect(person.column("testing")).not_to_be_in_viewport()
    person.page.get_by_role("link", name="In Testing 3").click()
    expect(person.column("testing")).to_be_in_viewport()
    expect(person.column("backlog")).not_to_be_in_viewport()
    expect(person.page.get_by_role("link", name="In Testing 3")).to_have_attribute("aria-current", "true")


def test_on_a_phone_the_tab_of_the_column_that_shows_is_in_sight(someone, own_url):
    person = demo_sprint(someone("demo", own_url, viewport={"width": 390, "height": 844}, has_touch=True))
    tab = person.page.get_by_role("link", name=re.compile("Completed"))
    expect(tab).not_to_be_in_viewport(ratio=1)
    person.page.locator(".columns").evaluate("(columns) => columns.scrollTo(columns.scrollWidth, 0)")
    expect(tab).to_be_in_viewport(ratio=1)
    expect(tab).to_have_attribute("aria-current", "true")
