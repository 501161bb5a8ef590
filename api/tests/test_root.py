"""GET /api/, the ways to sign in, and what every resource has in common."""

import base64
import re
from datetime import timedelta
from html import unescape

from django.test import Client
from rest_framework.test import APIClient

from board.models import Task

from .responses import error

COLLECTIONS = ["/api/sprints", "/api/tasks", "/api/users"]


def test_the_root_lists_the_collections_as_absolute_urls(client):
    assert client.get("/api/").json() == {
        "sprints": "http://testserver/api/sprints",
        "tasks": "http://testserver/api/tasks",
        "users": "http://testserver/api/users",
    }


def test_the_root_is_open_since_clients_read_it_before_they_log_in(stranger):
    assert stranger.get("/api/").status_code == 200


# url
CLOSED = [*COLLECTIONS, "/api/sprints/1", "/api/tasks/1", "/api/users/ada"]


def test_everything_else_asks_a_stranger_to_sign_in(stranger):
    for url in CLOSED:
        for method in ["get", "post", "put", "patch", "delete"]:
            answer = getattr(stranger, method)(url)
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"].startswith("Basic")
            assert error(answer, 401).keys() == {"detail"}


def test_basic_authentication_signs_in(stranger, ada):
    credentials = base64.b64encode(b"ada:a long password").decode()
    assert stranger.get("/api/users", headers={"authorization": f"Basic {credentials}"}).status_code == 200


def test_a_wrong_password_does_not_sign_in(stranger, ada):
    credentials = base64.b64encode(b"ada:a wrong password").decode()
    assert stranger.get("/api/users", headers={"authorization": f"Basic {credentials}"}).status_code == 401


def test_the_session_of_the_board_signs_in(stranger, ada):
    stranger.login(username="ada", password="a long password")
    assert stranger.get("/api/users").status_code == 200


def test_a_write_by_session_needs_the_csrf_token(ada):
    browser = APIClient(enforce_csrf_checks=True)
    browser.login(username="ada", password="a long password")
    assert browser.post("/api/tasks", {"name": "Forged"}).status_code == 403


def test_the_browsable_api_shows_each_page(browsable, client, task):
    for url in ["/api/", *COLLECTIONS]:
        answer = client.get(url, headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/html")


def test_a_page_of_the_browsable_api_may_be_styled_as_it_is_and_nothing_else_may(browsable, client):
    policies = [
        client.get("/api/", headers={"accept": kind})["Content-Security-Policy"] for kind in ("text/html", "*/*")
    ]
    page, data = ({part.strip() for part in policy.split(";")} for policy in policies)
    assert page - data == {"style-src 'self' 'unsafe-inline'", "font-src 'self'"}
    assert data - page == {
        "style-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types default",
    }


def test_a_page_of_the_browsable_api_leads_to_the_log_in_of_the_board_and_is_not_kept(browsable, stranger):
    answer = stranger.get("/api/tasks?status=2", headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert 'href="/login/?next=/api/tasks%3Fstatus%3D2"' in answer.content.decode()
    # “Basic” would bring the browser's own window first.
    assert answer["WWW-Authenticate"] == "Token"
    assert answer["Cache-Control"] == "no-store"


def test_a_broken_rule_shows_at_its_field_in_the_browsable_api_and_what_was_typed_stays(
    browsable, client, task, today
):
    past = (today - timedelta(days=1)).isoformat()
    for answer in (
        client.post("/api/sprints", {"name": "Typed", "end": past}, headers={"accept": "text/html"}),
        client.put(
            f"/api/sprints/{task.sprint_id}", {"name": "Typed", "end": past}, headers={"accept": "text/html"}
        ),
    ):
        assert answer.status_code == 400
        page = unescape(answer.content.decode())
        field = page[page.index('name="end"') :]
        assert "can't be in the past" in field[: field.index("form-group")]
        assert 'value="Typed"' in page


def test_a_field_that_is_left_empty_filters_nothing_in_the_browsable_api(browsable, client, task):
    for url, name in (("/api/tasks?backlog=", task.name), ("/api/sprints?end_min=&end_max=", task.sprint.name)):
        answer = client.get(url, headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert name in answer.content.decode()


def test_the_browsable_api_shows_rows_with_their_forms(browsable, client, task, sprint):
    for url in (f"/api/tasks/{task.pk}", f"/api/sprints/{sprint.pk}", "/api/users/ada"):
        assert client.get(url, headers={"accept": "text/html"}).status_code == 200


def test_the_forms_of_the_browsable_api_can_be_sent(browsable, client):
    form = {"name": "By form", "due": "", "csrfmiddlewaretoken": "x"}
    answer = client.post("/api/tasks", form, format="multipart", headers={"accept": "text/html"})
    assert answer.status_code == 201


def test_a_browser_sends_a_form_of_the_browsable_api_with_its_session(browsable, ada):
    browser = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    browser.force_login(ada)
    page = browser.get("/api/tasks").content.decode()
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    form = {"name": "By a browser", "order": "", "due": "", "sprint": "", "csrfmiddlewaretoken": token}
    assert browser.post("/api/tasks", form).status_code == 201
    assert Task.objects.get().name == "By a browser"


def test_the_browsable_api_shows_errors(browsable, client):
    answer = client.post("/api/tasks", {"status": 9}, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()


def test_a_suffix_is_no_address(client):
    assert client.get("/api/tasks.json").status_code == 404
    assert client.post("/api/tasks.json", {"name": "x"}).status_code == 404
