"""Checklists and references in the panel of a task, with two people."""

from playwright.sync_api import expect

from .accessibility import violations

PLAN = "Ask @guest about #1\n\n- [ ] Write **tests**\n- [ ] Draw"


def test_the_space_bar_ticks_an_item_for_everyone_beside_a_form_that_is_open(someone, sprint, add_tasks):
    add_tasks("Radar", description=PLAN)
    one, other = (someone(name).open_board(sprint) for name in ("demo", "guest"))
    for person in (one, other):
        expect(person.card("Radar").get_by_title("Checklist")).to_have_text("0/2")
        person.card("Radar").get_by_role("link", name="Radar", exact=True).click()
        expect(person.page.locator("#panel").get_by_role("heading", name="Radar")).to_be_focused()
    other.page.locator("#panel").get_by_role("link", name="Edit", exact=True).click()
    form = other.page.get_by_role("form", name="Edit task")
    form.get_by_label("Description").fill(f"{PLAN}\n- [ ] Paint")

    box = one.page.get_by_role("checkbox", name="Write tests")
    box.focus()
    assert violations(one, "checklist") == []
    one.page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    for person in (one, other):
        expect(person.card("Radar").get_by_title("Checklist")).to_have_text("1/2")
    one.page.locator("#panel").get_by_text("Draw").click()
    expect(one.page.get_by_role("checkbox", name="Draw")).to_be_checked()
    one.page.locator(".toast", has_text="Checked “Draw” in “Radar”").get_by_role("button", name="Undo").click()
    expect(one.page.get_by_role("checkbox", name="Draw")).not_to_be_checked()

    # The form was opened before all that.
    form.get_by_role("button", name="Save").click()
    for person in (one, other):
        expect(person.card("Radar").get_by_title("Checklist")).to_have_text("1/3")
        expect(person.page.get_by_role("checkbox", name="Write tests")).to_be_checked()
        expect(person.page.get_by_role("checkbox", name="Paint")).not_to_be_checked()
    expect(one.page.locator("#panel").get_by_role("link", name="#1")).to_have_attribute("href", "/tasks/1/")
