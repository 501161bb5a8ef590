"""Invitations, what viewers see, and deactivated accounts."""

import re

import pytest
from playwright.sync_api import expect

from .invitations import PASSWORD, invite, join


@pytest.fixture
def office(someone, own_url):
    """An admin."""
    return someone("demo", own_url)


def open_person(office, name):
    office.go("/people/").page.get_by_role("link", name=name).click()
    return office.page


def test_an_invited_person_joins_works_and_is_deactivated_at_once(someone, office, own_url):
    newcomer = join(someone(None, own_url), invite(office, "cleo"), "Cleo Marsh").open_demo_board()
    newcomer.drag("Log scans for the night report", "active")
    expect(newcomer.column("active").get_by_role("link", name="Log scans for the night report")).to_be_visible()
    watcher = someone("guest", own_url).open_demo_board()
    expect(watcher.page.get_by_title("Cleo Marsh")).to_be_visible()
    open_person(office, "Cleo Marsh").get_by_role("button", name="Deactivate account").click()
    expect(office.page.get_by_text("Cleo Marsh has been deactivated.")).to_be_visible()
    # The deactivated user's board closes by itself, and the others no longer see them there.
    expect(newcomer.page).to_have_url(re.compile(r"/login/\?next=%2Fsprints%2F"))
    expect(watcher.page.get_by_title("Cleo Marsh")).to_be_hidden()
    newcomer.page.get_by_label("Username").fill("cleo")
    newcomer.page.get_by_label("Password").fill(PASSWORD)
    newcomer.page.get_by_role("button", name="Log in").click()
    expect(newcomer.page.get_by_role("alert")).to_contain_text("correct username and password")
    office.page.get_by_role("button", name="Reactivate account").click()
    newcomer.log_in("cleo", PASSWORD)
    newcomer.see_live()


def test_a_viewer_watches_the_board_and_works_once_an_admin_allows_it(someone, office, own_url):
    viewer = join(someone(None, own_url), invite(office, "rita", "Viewer"), "Rita Watt").open_demo_board()
    card = viewer.card("Print station for the kiosk at Västra")
    expect(card.get_by_role("link", name="Move")).to_be_hidden()
    expect(viewer.page.get_by_role("button", name="Add task")).to_be_hidden()
    expect(viewer.page.get_by_role("link", name="Edit sprint")).to_be_hidden()
    card.click()
    expect(viewer.page.get_by_role("heading", name="Print station for the kiosk at Västra")).to_be_visible()
    expect(viewer.page.get_by_role("link", name="Edit")).to_be_hidden()
    viewer.page.go_back()
    viewer.see_live()
    page = open_person(office, "Rita Watt")
    page.get_by_label("Role").select_option("Member")
    page.get_by_role("button", name="Change role").click()
    # The page that was open shows at once what there is to do now.
    expect(viewer.page.get_by_role("button", name="Add task")).to_be_visible()
    viewer.see_live().drag("Print station for the kiosk at Västra", "active")
    expect(office.page.get_by_text("Rita Watt is now a member.")).to_be_visible()


# The last one: it ends what guest is logged in with.
def test_a_new_password_closes_the_boards_elsewhere_and_this_one_stays(someone, own_url):
    there = someone("guest", own_url).open_demo_board()
    here = someone(None, own_url).go("/login/")
    here.log_in("guest", "guest")
    page = here.page
    page.get_by_role("link", name="Gus Lindqvist").click()
    page.get_by_role("link", name="Password").click()
    page.get_by_label("Current password").fill("guest")
    page.get_by_label("New password", exact=True).fill(PASSWORD + "!")
    page.get_by_label("Confirm new password").fill(PASSWORD + "!")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    expect(there.page).to_have_url(re.compile(r"/login/\?next=%2Fsprints%2F"))
    here.open_demo_board()
