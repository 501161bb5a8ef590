"""The board on paper, and on a phone."""

import re

from playwright.sync_api import expect


def test_on_paper_every_card_of_the_sprint_stands(someone):
    person = someone("demo", viewport={"width": 794, "height": 1123}).open_demo_board()
    person.page.emulate_media(media="print")
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


def test_on_a_phone_one_column_shows_and_tabs_lead_to_the_others(someone):
    person = someone("demo", viewport={"width": 390, "height": 844}, has_touch=True).open_demo_board()
    expect(person.column("backlog")).to_be_in_viewport()
    expect(person.column("testing")).not_to_be_in_viewport()
    person.page.get_by_role("link", name="In Testing 3").click()
    expect(person.column("testing")).to_be_in_viewport()
    expect(person.column("backlog")).not_to_be_in_viewport()
    expect(person.page.get_by_role("link", name="In Testing 3")).to_have_attribute("aria-current", "true")


def test_on_a_phone_the_tab_of_the_column_that_shows_is_in_sight(someone):
    person = someone("demo", viewport={"width": 390, "height": 844}, has_touch=True).open_demo_board()
    tab = person.page.get_by_role("link", name=re.compile("Completed"))
    expect(tab).not_to_be_in_viewport(ratio=1)
    person.page.locator(".columns").evaluate("(columns) => columns.scrollTo(columns.scrollWidth, 0)")
    expect(tab).to_be_in_viewport(ratio=1)
    expect(tab).to_have_attribute("aria-current", "true")
