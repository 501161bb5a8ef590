import pytest
from playwright.sync_api import expect


@pytest.mark.engines
def test_every_page_asks_for_a_log_in_and_returns_there(someone, sprint):
    stranger = someone(None).go(f"/sprints/{sprint}/")
    expect(stranger.page).to_have_url(f"{stranger.base_url}/login/?next=/sprints/{sprint}/")
    stranger.log_in("demo", "demo")
    expect(stranger.page).to_have_url(f"{stranger.base_url}/sprints/{sprint}/")


def test_a_wrong_password_says_so_and_keeps_the_name(someone):
    page = someone(None).go("/login/").page
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".error")).to_contain_text("correct username and password")
    expect(page.get_by_label("Username")).to_have_value("demo")


def test_logging_out_closes_the_boards(someone, sprint):
    person = someone(None).go(f"/sprints/{sprint}/")
    person.log_in("guest", "guest")
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page.get_by_role("button", name="Log in")).to_be_visible()
    person.go(f"/sprints/{sprint}/")
    expect(person.page.get_by_role("button", name="Log in")).to_be_visible()
