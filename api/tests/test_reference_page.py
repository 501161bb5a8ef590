"""GET /api/docs: the document as a page, without a script."""

import pytest
from django.test import Client

from api.reference import METHODS
from api.schema import openapi
from board.tests.html_page import Page


@pytest.fixture
def page(ada):
    browser = Client()
    browser.force_login(ada)
    return Page(browser.get("/api/docs"))


def test_every_operation_is_on_it(page):
    described = {
        (method.upper(), path) for path, item in openapi()["paths"].items() for method in item if method in METHODS
    }
    shown = {(one.all("b")[0].text, one.all("code")[0].text) for one in page.all("summary") if one.all("b")}
    assert shown == described | {("POST", "change")}


def test_every_schema_is_on_it_and_no_link_leads_nowhere(page):
    ids = {element["id"] for element in page.all(id=True)}
    inner = {link["href"][1:] for link in page.all("a", href=True) if link["href"].startswith("#")}
    assert {"schema-Task", "schema-Sprint", "schema-Problem", "schema-Message"} <= ids
    assert inner <= ids


def test_a_field_tells_its_type_and_what_it_means(page):
    rows = page.one(id="schema-Task").one("tbody").all("tr")
    fields = {row.one("th").text: row.texts("td") for row in rows}
    assert fields["name"][0].startswith("string required")
    assert fields["sprint"] == ["integer or null from 1", "The id of the sprint, or null for the backlog."]
    assert fields["due"][0] == "date or null"
    assert fields["id"][0] == "integer read only"


def test_a_parameter_tells_where_it_goes(page):
    rows = page.one(id="tasks_list").one("tbody").all("tr")
    parameters = {row.one("th").text: row.texts("td") for row in rows}
    assert parameters["page_size"][0] == "integer query, from 1, to 100, default 25"
    assert parameters["If-None-Match"][0] == "string header"


def test_it_has_no_script_and_needs_a_log_in(page):
    assert not page.all("script")
    assert Client().get("/api/docs")["Location"].startswith("/login/")
