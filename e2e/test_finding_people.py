"""Assigning a card in a house of fifty people: by any part of a name, with the keyboard alone, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from .accessibility import violations

FIFTY = """
from django.contrib.auth.models import User
for number in range(50):
    User.objects.create(username=f"person-{number}", first_name=f"Person {number}", last_name="Example")
User.objects.create(username="zoe", first_name="Zoë", last_name="Österberg")
"""
CARD = "Large type on the pass"


@pytest.fixture(scope="module")
def url(own_server):
    """A server with the demo and fifty people more."""
    own_server.manage("shell", "-c", FIFTY)
    return own_server.url


def test_letters_of_any_name_find_a_person_and_enter_assigns(someone, url):
    one = someone("demo", url).open_demo_board()
    other = someone("guest", url).open_demo_board()
    one.card(CARD).locator("> .name").press("a")
    find = one.page.get_by_role("searchbox", name="Find a person")
    people = one.page.get_by_label("Assigned to")
    expect(find).to_be_focused()
    one.page.keyboard.type("oster")
    expect(people.locator("option")).to_have_text(["Zoë Österberg"])
    one.hear("Zoë Österberg, 1 of 1")
    assert violations(one, "finding a person") == []
    one.page.keyboard.press("Enter")
    for person in (one, other):
        expect(person.card(CARD).get_by_title("Zoë Österberg")).to_be_visible()
    expect(one.focused().locator("> .name")).to_have_text(CARD)


def test_arrows_choose_among_those_found_nobody_else_can_be_assigned_and_a_draft_keeps_the_choice(someone, url):
    one = someone("demo", url).open_demo_board()
    card = one.card("Change the name on a ticket")
    card.locator("> .assignee").click()
    find = one.page.get_by_role("searchbox", name="Find a person")
    people = one.page.get_by_label("Assigned to")
    before = people.input_value()
    find.fill("nobody of this name")
    one.hear("No matching people")
    expect(people).to_have_value(before)
    find.press("Enter")
    expect(find).to_be_visible()
    find.fill("exam person 1")
    expect(people.locator("option")).to_have_count(11)
    find.press("ArrowDown")
    find.press("ArrowDown")
    one.hear("Person 11 Example")
    find.press("ArrowUp")
    find.press("Control+Enter")
    expect(card.get_by_title("Person 10 Example")).to_be_visible()

    # An empty field keeps the assigned one.
    one.edit("Refund a ticket by its number")
    before = people.input_value()
    find.fill("zo")
    expect(people).not_to_have_value(before)
    find.fill("")
    expect(people).to_have_value(before)
    expect(people.locator("option")).to_have_count(51 + 5 + 1)
    people.select_option("Zoë Österberg")
    one.page.reload()
    expect(one.page.get_by_label("Assigned to").locator("option:checked")).to_have_text("Zoë Österberg")


def test_without_javascript_the_list_is_a_list(someone, url):
    one = someone("demo", url, java_script_enabled=False).go("/tasks/10/edit/assigned/")
    expect(one.page.get_by_role("searchbox")).to_have_count(0)
    one.page.get_by_label("Assigned to").select_option("Zoë Österberg")
    one.page.get_by_role("button", name="Save").click()
    expect(one.page.get_by_text("Zoë Österberg", exact=True)).to_be_visible()


PASTE = """(field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    field.select();
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_an_at_sign_offers_people_to_mention_and_a_pasted_url_makes_a_link(someone, url):
    one = someone("demo", url).open_demo_board()
    one.card(CARD).locator("> .name").focus()
    one.page.keyboard.press("n")
    field = one.page.get_by_label("Description")
    field.press_sequentially("Ask @OSTER")
    offered = one.page.get_by_role("listbox", name="Find a person").get_by_role("option")
    expect(offered).to_have_text(["Zoë Österberg @zoe"])
    one.hear("Zoë Österberg, 1 of 1")
    assert violations(one, "mentioning") == []
    field.press("Enter")
    expect(field).to_have_value("Ask @zoe ")
    expect(offered).to_have_count(0)

    field.press_sequentially("and @person-1")
    expect(offered).to_have_count(8)
    expect(offered.and_(one.page.locator("[aria-selected=true]"))).to_have_id(
        field.get_attribute("aria-activedescendant")
    )
    field.press("ArrowUp")
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).to_have_value("Ask @zoe and @person-10 ")
    field.press_sequentially("@")
    offered.filter(has_text="@guest").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("Ask @zoe and @person-10 @guest ")
    field.press_sequentially("@zo")
    expect(offered).to_have_count(1)
    field.press("Escape")
    expect(offered).to_have_count(0)
    expect(field).to_be_visible()

    field.fill("the film")
    field.evaluate(PASTE, "https://example.org/a_(b)")
    expect(field).to_have_value("[the film](https://example.org/a_(b))")
    field.press("Control+Z")
    expect(field).to_have_value("the film")
