"""What a person sees when something is wrong: a page of the product, or for htmx a small piece."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse

from board.tests.accounts.test_log_in import ROUTES
from board.tests.html_page import HTMX, Page
from board.views import middleware, shortcuts, sprints

pytestmark = pytest.mark.django_db


def fail_with(monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(sprints, "get_sprint_or_404", fail)


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (SuspiciousOperation("bad"), 400, "Invalid request"),
        (PermissionDenied("no"), 403, "No access"),
        (shortcuts.Http404("There is no such thing."), 404, "Not found"),
        (RuntimeError("broken"), 500, "Something went wrong"),
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


def test_a_bad_request_keeps_the_head_of_who_is_logged_in(browser, monkeypatch):
    fail_with(monkeypatch, SuspiciousOperation("bad"))
    assert "Ana Lind" in Page(browser.get("/sprints/1/")).one("header").text


# Pieces for htmx

PAGE = "<!DOCTYPE html><html><body>" + "A page of a proxy, or of Django. " * 100 + "</body></html>"
OWN_ROUTES = [path for name, path in ROUTES if not path.startswith("/api/") and name not in ("login", "logout")]
OWN_ROUTES.remove("/healthz")
STATUSES = [400, 401, 403, 404, 405, 409, 412, 422, 429, 500, 503]


def assert_piece(answer, status):
    assert answer.status_code == status
    assert len(answer.content) <= 2048
    assert "<html" not in answer.content.decode().lower()
    assert Page(answer).one("p", class_="problem").text


@pytest.fixture
def answer_everywhere(monkeypatch):
    """Let every view but the open ones answer with, or raise, something else."""

    def answer(with_what):
        def process_view(self, request, view, args, kwargs):
            if isinstance(with_what, Exception):
                raise with_what
            return with_what

        monkeypatch.setattr(middleware.HtmxLoginMiddleware, "process_view", process_view)

    return answer


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", ["", PAGE, "\n  " + PAGE.lower()], ids=["nothing", "page", "page, spaced"])
def test_on_every_route_a_failure_is_a_piece_for_htmx(browser, answer_everywhere, status, body):
    browser.raise_request_exception = False
    answer_everywhere(HttpResponse(body, status=status))
    for path in OWN_ROUTES:
        for method in (browser.get, browser.post):
            assert_piece(method(path, headers=HTMX), status)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SuspiciousOperation("bad"), 400),
        (PermissionDenied("no"), 403),
        (shortcuts.Http404("There is no such thing."), 404),
        (RuntimeError("broken"), 500),
    ],
)
def test_on_every_route_an_error_is_a_piece_for_htmx(browser, answer_everywhere, error, status):
    browser.raise_request_exception = False
    answer_everywhere(error)
    for path in OWN_ROUTES:
        answer = browser.post(path, headers=HTMX)
        assert_piece(answer, status)
        assert "broken" not in answer.content.decode()


@pytest.mark.parametrize("status", STATUSES)
def test_a_piece_that_a_view_made_stays(browser, answer_everywhere, status):
    answer_everywhere(HttpResponse("<li>With what was typed</li>", status=status))
    assert browser.post("/tasks/1/edit/", headers=HTMX).content == b"<li>With what was typed</li>"


def test_without_htmx_a_page_stays_a_page(browser, answer_everywhere):
    answer_everywhere(HttpResponse(PAGE, status=503))
    assert browser.get("/").content == PAGE.encode()


@pytest.mark.parametrize("path", OWN_ROUTES)
def test_a_method_that_is_not_allowed_is_a_piece_that_says_which_are(browser, user, path):
    # Pages for admins only say so first.
    user.is_staff = True
    user.save()
    answer = browser.put(path, headers=HTMX)
    assert_piece(answer, 405)
    assert answer["Allow"]


def test_a_piece_keeps_when_to_try_again(browser, answer_everywhere):
    answer_everywhere(HttpResponse(PAGE, status=503, headers={"Retry-After": "7"}))
    assert browser.get("/", headers=HTMX)["Retry-After"] == "7"


def test_an_address_that_is_not_there_is_a_piece(browser):
    assert_piece(browser.get("/nowhere/", headers=HTMX), 404)


def test_what_a_view_says_is_cut(browser, monkeypatch):
    fail_with(monkeypatch, shortcuts.Http404("x" * 5000))
    assert_piece(browser.get("/sprints/1/", headers=HTMX), 404)


def test_the_messages_that_wait_are_not_lost_to_a_piece(browser, user, sprint, add):
    task = add("Draw", sprint)
    browser.post(f"/tasks/{task.pk}/delete/")
    browser.get("/nowhere/", headers=HTMX)
    assert "Deleted “Draw”" in Page(browser.get("/")).text


# The log


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/people/invite/", "Forbidden (Permission denied): /people/invite/"),
        ("/nothing/", "Not Found: /nothing/"),
        ("/api/nothing", "Not Found: /api/nothing"),
    ],
)
def test_what_is_refused_is_in_the_log_with_its_path(browser, caplog, path, line):
    browser.get(path)
    assert [record.getMessage() for record in caplog.records if record.name == "django.request"] == [line]


def test_a_stranger_who_is_refused_is_in_the_log_with_the_path(client, db, caplog):
    client.get("/api/tasks")
    assert "Unauthorized: /api/tasks" in caplog.text
