"""Logging in and out, access without a log-in for every route, redirects, and CSRF."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from board.models import Event
from board.tests.html_page import HTMX, Page
from board.tests.routes import ALL_ROUTES, PUBLIC, ROUTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client, user):
    def post(username="ana", password="ana's own", path="/login/", **data):
        return client.post(path, {"username": username, "password": password, **data})

    return post


def next_page(url):
    """Return the path and `next` of a log-in URL."""
    parts = urlsplit(url)
    return parts.path, parse_qs(parts.query).get("next", [None])[0]


# Log in


def test_the_log_in_page_asks_for_name_and_password(client, db):
    page = Page(client.get("/login/"))
    assert (page.heading, page.labels, page.buttons) == ("Log in", ["Username", "Password"], ["Log in"])


def test_logging_in_redirects_home(client, log_in, user):
    response = log_in()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session[SESSION_KEY] == str(user.pk)


@pytest.mark.parametrize(
    ("username", "password"), [("ana", "wrong"), ("nobody", "ana's own"), ("ana", "ANA'S OWN")]
)
def test_a_wrong_name_or_password_shows_an_error_and_preserves_the_name(client, log_in, username, password):
    page = Page(log_in(username, password))
    assert "Please enter a correct username and password." in page.one("p", role="alert").text
    assert (page.value("Username"), page.value("Password")) == (username, "")
    assert SESSION_KEY not in client.session


def test_a_deactivated_user_cannot_log_in(client, log_in, user):
    user.is_active = False
    user.save()
    assert "Please enter a correct username" in Page(log_in()).text
    assert SESSION_KEY not in client.session


def test_empty_fields_show_an_error(client, log_in):
    page = Page(log_in("", ""))
    assert [page.error(label) for label in page.labels] == ["This field is required."] * 2


def test_logging_in_redirects_to_the_requested_page(client, log_in, sprint):
    response = client.get(f"/sprints/{sprint.pk}/")
    assert next_page(response["Location"]) == ("/login/", f"/sprints/{sprint.pk}/")
    hidden = Page(client.get(response["Location"])).one("input", name="next")
    assert log_in(next=hidden["value"])["Location"] == f"/sprints/{sprint.pk}/"


# One of each kind that Django's own tests of its check have.
HOSTILE = [
    "https://evil.example/",
    "//evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    " //evil.example",
    "\x1fhttps://evil.example",
    "\u2028//evil.example",
    "https:/evil.example",
    "http:\\\\evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://testserver/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "http://testserver:8000/",
    "https://[evil",
    "//evil\uff0eexample/",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_logging_in_never_redirects_to_another_host(client, log_in, address):
    assert log_in(next=address)["Location"] == "/"
    # A logged-in user is redirected immediately.
    assert client.get("/login/", {"next": address})["Location"] == "/"
    client.logout()
    assert log_in(path=f"/login/?{urlencode({'next': address})}")["Location"] == "/"


@pytest.mark.parametrize("address", HOSTILE)
def test_an_htmx_request_is_never_led_to_another_host(client, db, address):
    response = client.get("/tasks/1/", headers=HTMX | {"HX-Current-URL": address.encode("utf-8").decode("latin1")})
    assert next_page(response["HX-Redirect"])[0] == "/login/"
    assert next_page(response["HX-Redirect"])[1].startswith("/")
    assert not next_page(response["HX-Redirect"])[1].startswith(("//", "/\\"))


def test_the_log_in_page_as_next_redirects_home(browser):
    assert browser.get("/login/?next=/login/")["Location"] == "/"


def test_the_log_in_page_redirects_a_logged_in_user(browser):
    assert browser.get("/login/")["Location"] == "/"


# Log out


def test_logging_out_redirects_to_the_log_in_page(browser):
    response = browser.post("/logout/")
    assert (response.status_code, response["Location"]) == (302, "/login/")
    assert SESSION_KEY not in browser.session


def test_logging_out_clears_the_browser_cache(browser):
    assert browser.post("/logout/")["Clear-Site-Data"] == '"cache"'


def test_a_link_cannot_log_anybody_out(browser):
    assert browser.get("/logout/").status_code == 405
    assert SESSION_KEY in browser.session


def test_logging_out_without_a_log_in_redirects_to_the_log_in_page(client, db):
    assert client.post("/logout/")["Location"] == "/login/"


# Without a log-in

OPEN = {"login", "healthz", "readyz", "forgot_password", "welcome", "unsubscribe", "api:api-root"}
OPEN_FOR_POST = {"login", "logout", "forgot_password", "welcome", "unsubscribe", "api:token"}
METHODS = ["get", "head", "options", "trace", "post", "put", "patch", "delete"]


def test_the_sweep_knows_every_kind_of_route():
    names = {name for name, _ in ALL_ROUTES}
    assert {"home", "sprint", "place_task", "people", "api:task-list", "api:user-detail"} <= names
    assert names >= OPEN | OPEN_FOR_POST | PUBLIC
    assert not [path for _, path in ALL_ROUTES if "<" in path or "(" in path]


def test_the_standalone_services_require_no_log_in_and_set_no_cookies(client, db):
    for path in [path for name, path in ALL_ROUTES if name in PUBLIC]:
        for method in METHODS:
            response = getattr(client, method)(path)
            assert response.status_code in (200, 404, 405), (method, path)
            assert not response.cookies, (method, path)
    assert [client.get(path).status_code for path in ("/placeholder/", "/image/1x1/")] == [200, 200]


def test_every_route_requires_a_log_in(client, sprint, add):
    add(sprint=sprint)
    events = Event.objects.count()
    for name, path in ROUTES:
        for method in METHODS:
            response = getattr(client, method)(path)
            assert Event.objects.count() == events, (method, path)
            if name not in OPEN | OPEN_FOR_POST:
                assert_requires_log_in(response, path, is_page=not path.startswith("/api/") or name == "api:docs")
            elif name in (OPEN if method in ("get", "head") else OPEN_FOR_POST if method == "post" else ()):
                assert next_page(response.headers.get("Location", ""))[1] is None, (method, path)
                assert response.status_code not in (401, 403), (method, path)
            else:
                assert response.status_code in ((200, 405) if method == "options" else (405,)), (method, path)


def assert_requires_log_in(response, path, is_page):
    assert response.status_code == (302 if is_page else 401)
    assert not is_page or next_page(response["Location"]) == ("/login/", path)


def test_after_a_log_out_an_htmx_request_redirects_the_page_to_the_log_in(client, sprint, add):
    add(sprint=sprint)
    headers = {**HTMX, "HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/?a=b"}
    for name, path in [route for route in ROUTES if not route[1].startswith("/api/")]:
        response = client.get(path, headers=headers)
        if name in OPEN | OPEN_FOR_POST:
            assert "HX-Redirect" not in response, path
        else:
            assert (response.status_code, "Location" in response) == (204, False), path
            assert next_page(response["HX-Redirect"]) == ("/login/", f"/sprints/{sprint.pk}/?a=b"), path


@pytest.mark.parametrize("current", [None, "https://evil.example/x", "nonsense"])
def test_an_htmx_request_without_a_known_page_redirects_home_after_the_log_in(client, db, current):
    response = client.get("/tasks/1/", headers=HTMX | ({"HX-Current-URL": current} if current else {}))
    assert next_page(response["HX-Redirect"]) == ("/login/", "/")


# CSRF

UNSAFE = [
    ("/theme/", {"theme": "dark"}),
    ("/login/", {"username": "ana", "password": "ana's own"}),
    ("/logout/", {}),
    ("/sprints/add/", {"end": "2999-01-01"}),
    ("/sprints/{sprint}/edit/", {"name": "x", "end": "2999-01-01"}),
    ("/sprints/{sprint}/delete/", {}),
    ("/sprints/{sprint}/start/", {}),
    ("/sprints/{sprint}/close/", {"outcome": "met"}),
    ("/sprints/{sprint}/reopen/", {}),
    ("/team/", {"name": "x"}),
    ("/sprints/{sprint}/tasks/add/", {"name": "x"}),
    ("/sprints/{sprint}/tasks/add/several/", {"lines": "x"}),
    ("/backlog/away/", {"seq": 1}),
    ("/sprints/{sprint}/away/", {"seq": 1}),
    ("/backlog/tasks/add/", {"name": "x"}),
    ("/backlog/tasks/add/several/", {"lines": "x"}),
    ("/backlog/change/", {"task": "{task}", "do": "delete"}),
    ("/tasks/{task}/check/", {"item": "0:1:a"}),
    ("/tasks/{task}/edit/", {"name": "x"}),
    ("/tasks/{task}/edit/due/", {"due": ""}),
    ("/tasks/{task}/place/", {"column": "backlog"}),
    ("/tasks/{task}/move/", {"column": "backlog", "position": "top"}),
    ("/tasks/{task}/delete/", {}),
    ("/tasks/{task}/restore/", {}),
    ("/tasks/{task}/follow/", {"on": "1"}),
    ("/notifications/read/", {"until": "1"}),
    ("/tasks/{task}/comments/", {"text": "x"}),
    ("/comments/1/edit/", {"text": "x"}),
    ("/comments/1/delete/", {}),
    ("/undo/{task}/", {}),
    ("/password/", {"who": "ana"}),
    ("/welcome/abc/", {}),
    ("/profile/", {}),
    ("/profile/password/", {}),
    ("/profile/sign-out/", {}),
    ("/profile/tokens/", {"name": "x", "scope": "write"}),
    ("/profile/tokens/1/revoke/", {}),
    ("/profile/webhooks/", {"url": "https://example.org/"}),
    ("/profile/webhooks/1/switch/", {}),
    ("/profile/webhooks/1/delete/", {}),
    ("/profile/webhooks/deliveries/1/redeliver/", {}),
    ("/people/invite/", {"username": "eve", "role": "admin"}),
    ("/people/1/", {"role": "admin"}),
    ("/people/1/link/", {}),
    ("/people/1/delete/", {}),
    ("/people/1/deactivate/", {}),
    ("/people/1/reactivate/", {}),
]


@pytest.fixture
def strict(user):
    """The logged-in browser of an admin; its requests need a CSRF token."""
    user.is_staff = True
    user.save()
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_write_without_a_token_is_refused(strict, sprint, add, headers):
    task = add(sprint=sprint)
    events = Event.objects.count()
    for path, data in UNSAFE:
        path = path.format(sprint=sprint.pk, task=task.pk)
        strict.cookies.pop(settings.CSRF_COOKIE_NAME, None)  # of the page that refused the one before
        response = strict.post(path, data, headers=headers)
        assert Event.objects.count() == events, path
        if path == "/logout/" and not headers:
            # An expired log-out form redirects home without logging out.
            assert response.status_code == 302
            assert SESSION_KEY in strict.session
        else:
            page = Page(response)
            assert (response.status_code, page.is_whole) == (403, not headers), path
            assert "You logged in again after this page was loaded." in page.text, path


def test_the_unsafe_routes_are_all_that_take_a_post(browser, user, sprint, add):
    add(sprint=sprint)
    user.is_staff = True
    user.save()
    takes_post = {
        path
        for _, path in ROUTES
        if not path.startswith("/api/") and "POST" in browser.options(path).headers.get("Allow", "POST")
    }
    reads = {path for path in takes_post if browser.post(path).status_code == 405}
    # Mail programs have no session; the token is the proof (test_mails.py).
    reads.add("/notifications/unsubscribe/abc/")
    assert takes_post - reads == {path.format(sprint=1, task=1) for path, _ in UNSAFE}


def test_a_form_brings_its_token(strict, sprint):
    token = Page(strict.get("/sprints/add/")).one("main").one("input", name="csrfmiddlewaretoken")["value"]
    response = strict.post("/sprints/add/", {"end": "2999-01-01", "csrfmiddlewaretoken": token})
    assert response.status_code == 302


def test_a_page_gives_htmx_its_token(strict, sprint):
    headers = Page(strict.get(f"/sprints/{sprint.pk}/")).one("body")["hx-headers"]
    token = headers.split('"')[3]
    response = strict.post("/sprints/add/", {"end": "2999-01-01"}, headers={**HTMX, "x-csrftoken": token})
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_of_another_user_does_nothing_in_my_name_and_reloads(browser, user, django_user_model, add, method):
    """Another user logged in in another tab of the browser."""
    task = add("Draw")
    before = django_user_model.objects.create_user("ben")
    headers = {**HTMX, "x-user": str(before.pk)}
    response = getattr(browser, method)(f"/tasks/{task.pk}/edit/", {"name": "Paint"}, headers=headers)
    assert (response.status_code, response["HX-Refresh"], response.content) == (204, "true", b"")
    task.refresh_from_db()
    assert task.name == "Draw"
    toast = Page(browser.get("/")).one("div", class_="toast")
    assert toast.text == "You are now logged in as Ana Lind in all tabs. Nothing was saved."


def test_a_page_names_its_user(browser, user, sprint):
    headers = json.loads(Page(browser.get(f"/sprints/{sprint.pk}/")).one("body")["hx-headers"])
    assert headers["x-user"] == str(user.pk)
    response = browser.post("/sprints/add/", {"end": "2999-01-01"}, headers={**HTMX, "x-user": headers["x-user"]})
    assert response.status_code == 200


# In two tabs


@pytest.fixture
def tabs(user):
    """Two tabs of one browser, as (browser, data of the form in the first tab)."""
    browser = Client(enforce_csrf_checks=True)

    def form():
        token = Page(browser.get("/login/?next=/sprints/past/")).one("input", name="csrfmiddlewaretoken")["value"]
        login = {"username": "ana", "password": "ana's own", "next": "/sprints/past/"}
        return {**login, "csrfmiddlewaretoken": token}

    first, second = form(), form()
    assert browser.post("/login/", second)["Location"] == "/sprints/past/"
    return browser, first


def test_a_log_in_in_a_second_tab_arrives_where_it_was_going(tabs):
    browser, first = tabs
    assert browser.post("/login/", first)["Location"] == "/sprints/past/"
    assert browser.post("/login/", {**first, "next": "https://evil.example/"})["Location"] == "/"


def test_an_expired_log_in_page_shows_a_new_form(tabs):
    browser, first = tabs
    browser.logout()
    browser.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    response = browser.post("/login/", first, follow=True)
    assert response.redirect_chain == [("/login/?next=%2Fsprints%2Fpast%2F", 302)]
    assert "Log in again" in Page(response).text


def test_a_log_in_without_cookies_explains_the_error(user):
    assert Client(enforce_csrf_checks=True).post("/login/", {"username": "ana"}).status_code == 403


def test_an_expired_page_does_not_log_out(tabs):
    browser, first = tabs
    assert browser.post("/logout/", first)["Location"] == "/"
    assert browser.get("/").status_code == 200
    browser.logout()
    assert browser.post("/logout/", first)["Location"] == "/"


def test_without_accounts_the_page_explains_how_to_create_one(client, db, django_user_model):
    assert Page(client.get("/login/")).one("code").text == "make invite NAME=ada"
    django_user_model.objects.create_user("ana")
    assert not Page(client.get("/login/")).all("code")
