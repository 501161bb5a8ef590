"""Invitations, made and accepted on the pages."""

from playwright.sync_api import expect

PASSWORD = "four ferries leave today"


def invite(office, username, role="Member"):
    """Invite someone by the page; returns the path of the link."""
    page = office.go("/people/").page
    page.get_by_role("link", name="Invite someone").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Create link").click()
    return page.get_by_role("status").locator("output").inner_text().removeprefix(office.base_url)


def join(person, link, name):
    page = person.go(link).page
    page.get_by_label("Your name").fill(name)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm new password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Sprints")).to_be_visible()
    return person
