"""Error pages, and error fragments for htmx."""

import json
from itertools import cycle

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse

from board.templatetags.i18n_strings import i18n_strings
from board.tests.html_page import HTMX, Page
from board.tests.routes import ROUTES
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
    response = browser.get("/sprints/1/edit/")
    page = Page(response)
    assert (response.status_code, page.heading) == (status, heading)
    assert page.is_whole
    assert page.one("link", rel="stylesheet")["href"].endswith("board/board.css")
    assert page.one("header").one("a", class_="brand")["href"] == "/"
    assert page.one("a", class_="button primary")["href"] == "/"
    assert "broken" not in response.content.decode()
    assert "Traceback" not in response.content.decode()


def test_a_404_page_has_the_users_navigation(browser, user):
    page = Page(browser.get("/nowhere/"))
    assert "Ana Lind" in page.one("header").text
    assert "Log out" in page.buttons


def test_a_404_page_offers_to_log_in(client, db):
    response = client.get("/nowhere/")
    page = Page(response)
    assert response.status_code == 404
    assert [link["href"] for link in page.one("header").all("a") if link.text == "Log in"] == ["/login/"]


def test_every_page_has_a_strict_csp(browser, sprint):
    for path in ("/", f"/sprints/{sprint.pk}/", "/nowhere/"):
        policy = browser.get(path)["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_a_400_page_has_the_users_navigation(browser, monkeypatch):
    fail_with(monkeypatch, SuspiciousOperation("bad"))
    assert "Ana Lind" in Page(browser.get("/sprints/1/")).one("header").text


# Fragments for htmx

PAGE = "<!DOCTYPE html><html><body>" + "A page of a proxy, or of Django. " * 100 + "</body></html>"
OWN_ROUTES = [path for name, path in ROUTES if not path.startswith("/api/") and name not in ("login", "logout")]
OWN_ROUTES.remove("/healthz")
STATUSES = [400, 401, 403, 404, 405, 409, 412, 422, 429, 500, 503]


def assert_piece(response, status):
    assert response.status_code == status
    assert len(response.content) <= 2048
    assert "<html" not in response.content.decode().lower()
    assert Page(response).one("p", class_="error-message").text


@pytest.fixture
def answer_everywhere(monkeypatch):
    """Make every view that requires a log-in return or raise something else, what was given last."""
    answers = []

    def process_view(self, request, view, args, kwargs):
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers[-1]

    monkeypatch.setattr(middleware.HtmxLoginMiddleware, "process_view", process_view)
    return answers.append


@pytest.mark.parametrize("status", STATUSES)
def test_a_failure_is_a_piece_for_htmx(browser, answer_everywhere, status):
    for body in ("", PAGE, "\n  " + PAGE.lower()):
        for method in (browser.get, browser.post):
            answer_everywhere(HttpResponse(body, status=status))
            assert_piece(method("/tasks/1/edit/", headers=HTMX), status)


def test_on_every_route_a_failure_is_a_piece_for_htmx(browser, answer_everywhere):
    answer_everywhere(HttpResponse(PAGE, status=503))
    for path, method in zip(OWN_ROUTES, cycle((browser.get, browser.post))):
        assert_piece(method(path, headers=HTMX), 503)


def test_on_every_route_an_error_is_a_piece_for_htmx(browser, answer_everywhere):
    errors = [
        (SuspiciousOperation("bad"), 400),
        (PermissionDenied("no"), 403),
        (shortcuts.Http404("There is no such thing."), 404),
        (RuntimeError("broken"), 500),
    ]
    browser.raise_request_exception = False
    for path, (error, status) in zip(OWN_ROUTES, cycle(errors)):
        answer_everywhere(error)
        response = browser.post(path, headers=HTMX)
        assert_piece(response, status)
        assert "broken" not in response.content.decode()


@pytest.mark.parametrize("status", STATUSES)
def test_a_fragment_of_a_view_is_unchanged(browser, answer_everywhere, status):
    answer_everywhere(HttpResponse("<li>With what was typed</li>", status=status))
    assert browser.post("/tasks/1/edit/", headers=HTMX).content == b"<li>With what was typed</li>"


def test_without_htmx_a_page_stays_a_page(browser, answer_everywhere):
    answer_everywhere(HttpResponse(PAGE, status=503))
    assert browser.get("/").content == PAGE.encode()


def test_a_405_fragment_has_the_allow_header(browser, user):
    # Pages for admins only say so first.
    user.is_staff = True
    user.save()
    for path in OWN_ROUTES:
        response = browser.put(path, headers=HTMX)
        assert_piece(response, 405)
        assert response["Allow"], path


def test_a_fragment_has_the_retry_after_header(browser, answer_everywhere):
    answer_everywhere(HttpResponse(PAGE, status=503, headers={"Retry-After": "7"}))
    assert browser.get("/", headers=HTMX)["Retry-After"] == "7"


def test_a_404_is_a_fragment(browser):
    assert_piece(browser.get("/nowhere/", headers=HTMX), 404)


def test_long_messages_of_views_are_truncated(browser, monkeypatch):
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
def test_client_errors_are_logged_with_their_path(browser, caplog, path, line):
    browser.get(path)
    assert [record.getMessage() for record in caplog.records if record.name == "django.request"] == [line]


def test_errors_without_a_log_in_are_logged_with_their_path(client, db, caplog):
    client.get("/api/tasks")
    assert "Unauthorized: /api/tasks" in caplog.text


def test_the_scripts_have_words_for_each_status_of_a_failed_request():
    strings = json.loads(i18n_strings().partition(">")[2].removesuffix("</script>"))
    words = {
        "0": "No connection",
        "400": "couldn't read the request",
        "401": "no longer logged in",
        "403": "You don't have permission to do that",
        "409": "changed this in the meantime",
        "422": "wasn't accepted",
        "429": "Too many requests",
        "500": "Something went wrong",
        "503": "busy or restarting",
    }
    for status, part in words.items():
        assert part in strings[status]
    assert strings["againIn"]["one"] == "Try again in %(count)s second."
    assert strings["againSoon"] == "Try again in a moment."
