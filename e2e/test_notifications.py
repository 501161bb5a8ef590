"""A person is mentioned, hears of it in every tab, and reads it in all of them."""

from playwright.sync_api import expect


def bell(page):
    return page.locator("a.bell")


def test_a_mention_rings_in_both_tabs_and_is_read_in_both(someone, sprint, add_tasks):
    (task,) = add_tasks("Draw the columns")
    ben = someone("guest").go("/notifications/")
    if ben.page.get_by_role("button", name="Mark all as read").count():
        ben.page.get_by_role("button", name="Mark all as read").click()
    expect(bell(ben.page)).to_have_attribute("aria-label", "Notifications")
    other_tab = ben.page.context.new_page()
    other_tab.goto(f"{ben.base_url}/people/")
    ben.open_board(sprint)

    ana = someone("demo").go(f"/tasks/{task}/edit/")
    ana.page.get_by_label("Description").fill("What do you think, @guest?")
    ana.page.get_by_role("button", name="Save").click()
    for tab in (ben.page, other_tab):
        expect(tab.get_by_role("link", name="1 unread notification", exact=True)).to_have_text("1")

    bell(other_tab).click()
    other_tab.get_by_role("link", name="Dana Moreau mentioned you in “Draw the columns”").click()
    expect(other_tab.get_by_role("heading", name="Draw the columns")).to_be_visible()
    for tab in (ben.page, other_tab):
        expect(bell(tab)).to_have_attribute("aria-label", "Notifications")
        expect(bell(tab)).to_have_text("")
