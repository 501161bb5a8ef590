"""Security headers of every kind of response: pages, fragments, errors, the API, files, redirects, pictures."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from board import actions
from board.history import log
from board.models import Sprint

HTMX = {"HX-Request": "true"}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types default",
}
REFERENCE = POLICY - {"trusted-types default"} | {"trusted-types default dompurify"}
PICTURE = {"default-src 'none'", "sandbox"}
# (method, address, headers, status): one of each kind.
ANSWERS = {
    "page": ("GET", "/", {}, 200),
    "board": ("GET", "/sprints/{sprint}/", {}, 200),
    "unchanged": ("GET", "/sprints/{sprint}/", {"If-None-Match": "*"}, 304),
    "headers alone": ("HEAD", "/tasks/{task}/", {}, 200),
    "piece": ("GET", "/tasks/{task}/edit/", HTMX, 200),
    "redirect": ("POST", "/tasks/{task}/delete/", {}, 302),
    "wrong form": ("POST", "/tasks/{task}/edit/", HTMX, 422),
    "sheet": ("GET", "/tasks.csv", {}, 200),
    "no access": ("GET", "/people/invite/", {}, 403),
    "no access, piece": ("GET", "/people/invite/", HTMX, 403),
    "nothing there": ("GET", "/nothing/", {}, 404),
    "nothing there, piece": ("GET", "/tasks/999/", HTMX, 404),
    "no method": ("DELETE", "/", {}, 405),
    "wrong host": ("GET", "/", {"Host": "evil.example"}, 400),
    "broken": ("GET", "/sprints/past/", {}, 500),
    "broken, piece": ("GET", "/sprints/past/", HTMX, 500),
    "database away": ("GET", "/tasks/deleted/", {}, 503),
    "api": ("GET", "/api/tasks", {}, 200),
    "api, unchanged": ("GET", "/api/tasks", {"If-None-Match": "*"}, 304),
    "api, wrong": ("GET", "/api/tasks?order=x", {}, 400),
    "api, unreadable": ("GET", f"/api/tasks?{'a=1&' * 2000}", {}, 400),
    "api, nothing there": ("GET", "/api/nothing", {}, 404),
    "api, wrong host": ("GET", "/api/tasks", {"Host": "evil.example"}, 400),
    "api's schema": ("GET", "/api/schema", {}, 200),
    "api's page": ("GET", "/api/docs", {}, 200),
    "probe": ("GET", "/healthz", {}, 200),
    "manual": ("GET", "/site/", {}, 200),
    "manual, nothing there": ("GET", "/site/nothing/", {}, 404),
    "placeholder": ("GET", "/placeholder/", {}, 200),
    "picture": ("GET", "/image/30x20.png", {}, 200),
    "drawing": ("GET", "/image/30x20.svg", {}, 200),
    "avatar": ("GET", "/image/avatar/Ana.svg", {}, 200),
    "no picture": ("GET", "/image/30x20.svg?bg=nothing", {}, 400),
    "file": ("GET", "/static/mark.css", {}, 200),
    "file, not there": ("GET", "/static/nothing.css", {}, 404),
}
DRAWINGS = ["drawing", "avatar", "no picture"]


def answer(client, kind, **values):
    method, path, headers, status = ANSWERS[kind]
    given = client.generic(method, path.format(**values), headers=headers)
    assert given.status_code == status
    if given.streaming:
        # To its end, which closes the file.
        list(given)
    return given


@pytest.fixture
def files(settings, tmp_path):
    """A collected static file."""
    (tmp_path / "mark.css").write_text("p {}")
    settings.STATIC_ROOT = tmp_path


def broken():
    raise RuntimeError("out of order")


def away(*args):
    raise OperationalError("gone") from RuntimeError()


@pytest.fixture
def rows(db, django_user_model):
    user = django_user_model.objects.create_user("ana")
    sprint = actions.add_sprint(user, end=timezone.localdate() + timedelta(days=7))
    return {"user": user, "sprint": sprint.pk, "task": actions.add_task(user, name="Draw").pk}


@pytest.fixture
def browser(rows, files, monkeypatch):
    """A logged-in user for whom two pages are broken."""
    monkeypatch.setattr(Sprint.objects, "past", broken, raising=False)
    monkeypatch.setattr(log, "removals", away)
    client = Client(raise_request_exception=False)
    client.force_login(rows["user"])
    return client


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_response_has_the_security_headers(browser, rows, kind):
    given = answer(browser, kind, **rows)
    policy = set(given["Content-Security-Policy"].split("; "))
    assert policy == (PICTURE if kind in DRAWINGS else REFERENCE if kind == "api's page" else POLICY)
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["X-Frame-Options"] == "DENY"
    assert given["Referrer-Policy"] == "same-origin"
    assert given["Cross-Origin-Opener-Policy"] == "same-origin"
    assert given["Permissions-Policy"] == project.PERMISSIONS_POLICY
    is_for_all = kind in {"picture", "file", *DRAWINGS}
    assert given["Cross-Origin-Resource-Policy"] == ("cross-origin" if is_for_all else "same-origin")
    # Other sites can read only pictures and files.
    assert ("Access-Control-Allow-Origin" in given) == is_for_all


SAYS_NOTHING = {"wrong host", "api, wrong host", "api, unreadable", "broken, piece", "probe"}
FOR_ALL = {"manual", "manual, nothing there", "placeholder", "picture", *DRAWINGS, "file"}


def test_browsers_store_no_page_of_a_logged_in_user(browser, rows):
    # The redirect deletes the task of the others.
    for kind in sorted(ANSWERS.keys() - SAYS_NOTHING - FOR_ALL, key=lambda kind: kind == "redirect"):
        assert answer(browser, kind, **rows)["Cache-Control"] == "no-store", kind


def test_browsers_may_cache_pictures_and_files(browser, rows):
    assert "immutable" in answer(browser, "picture")["Cache-Control"]
    assert "max-age" in answer(browser, "file")["Cache-Control"]


def test_a_redirect_to_https_has_the_headers(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    given = client.get("/")
    assert given.status_code == 301
    assert "default-src 'none'" in given["Content-Security-Policy"]
    assert given["Permissions-Policy"] == project.PERMISSIONS_POLICY


def test_the_log_in_page_and_the_redirect_to_it_have_the_headers(client, db):
    for path in ("/", "/login/", "/password/", "/welcome/x/"):
        given = client.get(path)
        assert set(given["Content-Security-Policy"].split("; ")) == POLICY
        assert given["Permissions-Policy"] == project.PERMISSIONS_POLICY


@pytest.mark.parametrize("directive", ["unsafe-inline", "unsafe-eval", "unsafe-hashes", "nonce-", "http", "*"])
def test_the_policy_allows_no_unsafe_source(directive):
    assert directive not in str(project.SECURE_CSP)
    assert not project.SECURE_CSP_REPORT_ONLY


def test_the_list_of_all_static_files_is_not_served(browser, files, settings):
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
    assert browser.get("/static/staticfiles.json").status_code == 404
    answer(browser, "file")
