"""What a person sees when something is wrong: 400, 403, 404 and 500 look like the product."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation

from board import views

from .reading import Page

pytestmark = pytest.mark.django_db


def fail_with(monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(views, "_sprint", fail)


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (SuspiciousOperation("bad"), 400, "Bad request"),
        (PermissionDenied("no"), 403, "No access"),
        (views.Http404("There is no such thing."), 404, "Not found"),
        (RuntimeError("broken"), 500, "Something broke"),
    ],
)
def test_an_error_is_a_page_of_the_product_without_details(browser, monkeypatch, error, status, heading):
    fail_with(monkeypatch, error)
    browser.raise_request_exception = False
    answer = browser.get("/sprints/1/edit/")
    page = Page(answer)
    assert (answer.status_code, page.heading) == (status, heading)
    assert page.is_whole
    assert page.one("link", rel="stylesheet")["href"].endswith("board/board.css")
    assert page.one("header").one("a", class_="brand")["href"] == "/"
    assert page.one("a", class_="button primary")["href"] == "/"
    assert "broken" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_page_that_is_not_there_keeps_the_head_of_who_is_logged_in(browser, user):
    page = Page(browser.get("/nowhere/"))
    assert "Ana Lind" in page.one("header").text
    assert "Log out" in page.buttons


def test_a_page_that_is_not_there_offers_the_log_in_to_others(client, db):
    answer = client.get("/nowhere/")
    page = Page(answer)
    assert answer.status_code == 404
    assert [link["href"] for link in page.one("header").all("a") if link.text == "Log in"] == ["/login/"]


def test_every_page_forbids_what_is_inline_or_from_elsewhere(browser, sprint):
    for path in ("/", f"/sprints/{sprint.pk}/", "/nowhere/"):
        policy = browser.get(path)["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
