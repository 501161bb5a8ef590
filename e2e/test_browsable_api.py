"""The browsable API in a browser, as a developer uses it: a server with DEBUG=1."""

import re

import pytest
from playwright.sync_api import expect

from .server import Server


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A server for development."""
    server = Server(tmp_path_factory.mktemp("development"), DEBUG="1").start()
    yield server.url
    server.stop()


@pytest.fixture
def page(someone, url):
    """The page of a logged-in user."""
    return someone("demo", url).go("/api/tasks").page


def said(page):
    """Return the locator of the answer as the page shows it."""
    return page.get_by_label("response info")


def form(page, kind):
    """Return the visible form of a tab: "HTML form" or "Raw data"."""
    page.get_by_role("link", name=kind).click()
    return page.locator(".tab-pane.active form")


def test_a_developer_adds_changes_and_deletes_a_task_by_forms(page, url):
    form(page, "HTML form").locator("[name=name]").fill("By the form")
    page.get_by_role("button", name="POST", exact=True).click()
    expect(said(page)).to_contain_text("201 Created")
    link = re.search(r'"self": "([^"]+)"', said(page).inner_text())[1]

    page.goto(link)
    put = form(page, "HTML form")
    expect(put.locator("[name=name]")).to_have_value("By the form")
    put.locator("[name=name]").fill("Changed by the form")
    put.locator("[name=due]").fill("2031-02-03")
    put.get_by_role("button", name="PUT").click()
    expect(said(page)).to_contain_text("200 OK")
    expect(said(page)).to_contain_text('"name": "Changed by the form"')
    expect(said(page)).to_contain_text('"due": "2031-02-03"')

    raw = form(page, "Raw data")
    raw.get_by_label("Content").fill('{"description": "Patched"}')
    raw.get_by_role("button", name="PATCH").click()
    expect(said(page)).to_contain_text('"description": "Patched"')

    page.get_by_role("button", name="DELETE").click()
    page.locator("#deleteModal").locator("button", has_text="Delete").click()
    expect(said(page)).to_contain_text("204 No Content")
    page.goto(link)
    expect(said(page)).to_contain_text("404 Not Found")


def test_a_developer_posts_raw_data_moves_a_task_and_reads_what_is_refused(page):
    raw = form(page, "Raw data")
    raw.get_by_label("Content").fill('{"name": "Raw", "status": 2}')
    raw.get_by_role("button", name="POST").click()
    expect(said(page)).to_contain_text("400 Bad Request")
    expect(said(page)).to_contain_text('"status": [')
    raw = form(page, "Raw data")
    raw.get_by_label("Content").fill('{"name": "Raw"}')
    raw.get_by_role("button", name="POST").click()
    expect(said(page)).to_contain_text("201 Created")
    link = re.search(r'"self": "([^"]+)"', said(page).inner_text())[1]
    page.goto(link)
    page.get_by_role("button", name="Extra Actions").click()
    page.get_by_role("link", name="Move").click()
    raw = form(page, "Raw data")
    raw.get_by_label("Content").fill('{"top": true}')
    raw.get_by_role("button", name="POST").click()
    expect(said(page)).to_contain_text('"name": "Raw"')


def test_a_developer_filters_searches_orders_and_pages(page, url):
    page.goto(f"{url}/api/tasks")
    page.get_by_role("button", name="Filters").click()
    dialog = page.locator("#filtersModal")
    dialog.locator("[name=status]").select_option(["Testing", "Done"])
    dialog.locator("button", has_text="Submit").click()
    expect(page).to_have_url(re.compile(r"status=3&status=4"))
    expect(said(page)).to_contain_text('"status_display": "Done"')
    expect(said(page)).not_to_contain_text('"status_display": "Not Started"')

    page.get_by_role("button", name="Filters").click()
    dialog.locator("input[name=search]").fill("no task has these words")
    dialog.locator("button", has_text="Search").click()
    expect(said(page)).to_contain_text('"count": 0')

    page.goto(f"{url}/api/tasks")
    page.get_by_role("button", name="Filters").click()
    dialog.locator("a", has_text="name - descending").click()
    expect(page).to_have_url(re.compile("ordering=-name"))
    expect(said(page)).to_contain_text("200 OK")

    page.goto(f"{url}/api/tasks?page_size=5")
    page.get_by_role("link", name="2", exact=True).click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(said(page)).to_contain_text('"previous": "http')
    page.goto(f"{url}/api/tasks?page_size=5&paging=cursor")
    page.get_by_role("link", name="Next").click()
    expect(said(page)).to_contain_text("cursor=")


def test_a_developer_logs_in_and_out(someone, url):
    page = someone(None, url).go("/api/tasks").page
    expect(said(page)).to_contain_text("401 Unauthorized")
    page.get_by_role("link", name="Log in").click()
    page.get_by_label("Username").fill("guest")
    page.get_by_label("Password").fill("guest")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{url}/api/tasks")
    expect(said(page)).to_contain_text('"count"')
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{url}/api/tasks")
    expect(said(page)).to_contain_text("401 Unauthorized")


def test_without_debug_a_browser_gets_json(someone):
    person = someone()
    answer = person.page.goto(f"{person.base_url}/api/")
    assert answer.headers["content-type"] == "application/json"
    assert "require-trusted-types-for" in answer.headers["content-security-policy"]
