"""Everything works as plain pages and forms, with JavaScript off."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def plain(someone):
    """A person without JavaScript, who logs in through the form."""
    person = someone(None, java_script_enabled=False)
    person.go("/").log_in("demo", "demo")
    return person


def test_a_task_is_added_moved_edited_and_deleted(plain):
    page = plain.page
    number = plain.add_sprint("Plain forms")
    for name in ("Plain task", "Other task"):
        page.get_by_role("button", name="Add task").click()
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Create").click()
        expect(plain.column("backlog").get_by_role("link", name=name)).to_be_visible()
        plain.card(name).get_by_role("link", name="Move").click()
        page.get_by_label("Move to").select_option(f"{number}-active")
        page.get_by_role("button", name="Move").click()
    plain.see("active", ["Plain task", "Other task"])
    plain.card("Other task").get_by_role("link", name="Move").click()
    page.get_by_label("Position").select_option("Plain task")
    page.get_by_role("button", name="Move").click()
    plain.see("active", ["Other task", "Plain task"])
    page.get_by_role("link", name="Plain task").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Name").fill("Plainer task")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plainer task")
    plain.go(f"/sprints/{number}/")
    plain.see("active", ["Other task", "Plainer task"])
    page.get_by_role("link", name="Plainer task").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete task").click()
    plain.see("active", ["Other task"])


def test_the_filter_and_the_colours_are_forms(someone, sprint, add_tasks):
    add_tasks("pear", "plum")
    plain = someone("demo", java_script_enabled=False).go(f"/sprints/{sprint}/")
    field = plain.page.get_by_role("searchbox")
    field.fill("pear")
    field.press("Enter")
    expect(plain.cards("todo")).to_have_text(["pear"])
    expect(plain.column("todo").locator("small")).to_have_text("1 of 2")
    expect(plain.page.get_by_role("searchbox")).to_have_value("pear")
    for name, theme in (("system", "light"), ("light", "dark")):
        plain.page.get_by_role("button", name=f"Theme: {name}").click()
        expect(plain.page.locator("html")).to_have_attribute("data-theme", theme)
        expect(plain.cards("todo")).to_have_text(["pear"])
