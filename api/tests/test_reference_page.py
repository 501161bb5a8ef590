"""GET /api/docs: Swagger UI, with the API's schema."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from board.tests.html_page import Page


@pytest.fixture
def response(ada):
    browser = Client()
    browser.force_login(ada)
    return browser.get("/api/docs")


def test_it_names_the_schema_and_the_token_for_changes(response):
    element = Page(response).one(id="swagger-ui")
    assert element["data-schema"] == "/api/schema"
    assert len(element["data-csrf-token"]) == 64


def test_its_scripts_and_styles_are_files_of_ours(response):
    page = Page(response)
    sources = [script["src"] for script in page.all("script")]
    sources += [link["href"] for link in page.all("link", rel="stylesheet")]
    assert {source.rsplit("/", 1)[1] for source in sources} >= {"swagger-ui-bundle.js", "swagger-ui.css"}
    assert all(finders.find(source.removeprefix("/static/")) for source in sources)


def test_it_needs_a_log_in():
    assert Client().get("/api/docs")["Location"].startswith("/login/")
