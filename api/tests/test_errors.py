"""Every way to fail has one shape, whoever noticed it."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.test import APIClient

from api.errors import handle_exception
from board.history import log
from board.models import Task

from .responses import error, problem


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        (ValidationError({"name": "No."}), {"name": ["No."]}),
        (ValidationError({"__all__": "No."}), {"non_field_errors": ["No."]}),
        (ValidationError("No."), {"non_field_errors": ["No."]}),
        (exceptions.ValidationError("No."), {"non_field_errors": ["No."]}),
        (exceptions.ValidationError({"kinds": {0: ["No."]}}), {"kinds": {0: ["No."]}}),
    ],
)
def test_a_broken_rule_comes_back_under_its_field(rule, body):
    assert handle_exception(rule, {}).data == body


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DataError("PostgreSQL text fields cannot contain NUL"), 400),
        (RecursionError(), 400),
        (PermissionDenied(), 403),
        (Http404("No Task matches the given query."), 404),
        (IntegrityError("foreign key"), 409),
    ],
)
def test_an_error_of_django_has_its_status(error, status):
    response = handle_exception(error, {})
    assert response.data.keys() == {"detail"}
    assert response.status_code == status


def test_a_change_that_the_database_alone_refuses_is_in_the_log(caplog):
    handle_exception(IntegrityError("foreign key"), {})
    (record,) = caplog.records
    assert (record.levelno, record.exc_info[0]) == (logging.WARNING, IntegrityError)


def test_a_mistake_of_our_own_stays_a_server_error():
    assert handle_exception(KeyError("x"), {}) is None


def test_a_database_that_cannot_work_now_says_when_to_come_again():
    response = handle_exception(OperationalError("the queue of writers is too long"), {})
    assert response.status_code == 503
    assert response["Retry-After"] == "2"


# RFC 9457, for those that ask for it

PROBLEM_JSON = "application/problem+json"


@pytest.mark.parametrize(
    "accept",
    [PROBLEM_JSON, f"application/json, {PROBLEM_JSON}", f"*/*;q=0.1, {PROBLEM_JSON};q=0.5"],
)
def test_clients_that_accept_problem_details_get_them_for_every_error(client, stranger, accept):
    headers = {"accept": accept}
    body = problem(client.post("/api/tasks", {"status": 9}, headers=headers), 400)
    assert body["fields"].keys() == {"name", "status"}
    assert "name: This field is required." in body["detail"]
    assert problem(client.get("/api/tasks/999", headers=headers), 404)["fields"] == {}
    assert problem(client.get("/api/events?since=9", headers=headers), 410)["newest"] == 0
    problem(stranger.get("/api/tasks", headers=headers), 401)
    problem(client.get("/api/nothing", headers=headers), 404)
    problem(client.get("/api/tasks", headers={"host": "evil.example", **headers}), 400)
    problem(client.get(f"/api/tasks?{'a=b&' * 2000}", headers=headers), 400)


def test_a_client_that_accepts_problem_details_only_gets_other_responses_as_json(client):
    answer = client.get("/api/tasks", headers={"accept": PROBLEM_JSON})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "application/json", f"application/json, {PROBLEM_JSON};q=0", ""]
)
def test_other_clients_get_no_problem_details(client, accept):
    for url, status in (("/api/tasks/999", 404), ("/api/nothing", 404), ("/api/tasks?colour=red", 400)):
        error(client.get(url, headers={"accept": accept}), status)


# Where no view of the API answers


# url
NO_ROUTES = [
    "/api/nothing",
    "/api/tasks//",
    "/api/tasks/1/moves",
    "/api//",
    "/api/%00",
    "/api/tasks.json",
]


def test_an_address_that_no_route_knows(client, stranger):
    for url in NO_ROUTES:
        for method in ["get", "post", "delete"]:
            for who in (client, stranger):
                error(getattr(who, method)(url), 404)


def test_a_host_that_is_not_ours(client):
    error(client.get("/api/tasks", headers={"host": "evil.example"}), 400)


def test_a_crash_says_nothing_of_the_inside(client, monkeypatch):
    client.raise_request_exception = False

    def crash(*args):
        raise KeyError("the secret")

    monkeypatch.setattr(log, "state", crash)
    answer = client.get("/api/tasks")
    error(answer, 500)
    assert "secret" not in answer.content.decode()


def test_a_crash_in_development_shows_the_inside(client, monkeypatch, settings):
    client.raise_request_exception = False
    settings.DEBUG = True
    monkeypatch.setattr(log, "state", None)
    answer = client.get("/api/tasks")
    assert answer.status_code == 500
    assert "TypeError" in answer.content.decode()


def test_responses_are_not_compressed_so_that_etags_stay_strong(client, task):
    task = client.post("/api/tasks", {"name": "New", "description": "x" * 9000}).json()
    for url in ("/api/tasks", task["links"]["self"], "/api/nothing"):
        answer = client.get(url, headers={"accept-encoding": "gzip"})
        assert "Content-Encoding" not in answer
        assert not answer.get("ETag", "").startswith("W/")
    assert answer["Content-Length"] == str(len(answer.content))


def test_a_page_fails_as_a_page(stranger):
    for url in ("/nothing", "/apis/tasks"):
        assert stranger.get(url)["Content-Type"].startswith("text/html")


def test_a_csrf_token_that_is_missing(ada):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(ada)
    error(browser.post("/api/tasks", {"name": "Forged"}), 403)
    assert not Task.objects.exists()


def test_an_unsupported_format_is_not_acceptable(client):
    for url in ["/api/tasks", "/api/sprints", "/api/users", "/api/tasks/1"]:
        error(client.get(url, headers={"accept": "application/xml"}), 406)


def test_a_format_is_never_html_outside_development(client):
    error(client.get("/api/tasks", headers={"accept": "text/html"}), 406)
    answer = client.get("/api/tasks", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer["Content-Type"] == "application/json"


# url, allowed
ALLOWED = [
    ("/api/tasks", "GET, POST, HEAD, OPTIONS"),
    ("/api/tasks/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ("/api/users", "GET, HEAD, OPTIONS"),
    ("/api/events", "GET, HEAD, OPTIONS"),
    ("/api/", "GET, HEAD, OPTIONS"),
]


def test_an_unknown_method_gets_the_list_of_allowed_methods(client):
    for url, allowed in ALLOWED:
        for method in ["TRACE", "PROPFIND"]:
            answer = client.generic(method, url)
            error(answer, 405)
            assert answer["Allow"] == allowed


def test_a_body_of_another_kind(client):
    error(client.post("/api/tasks", "name=x", content_type="text/plain"), 415)


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_too_long(client, content_type):
    error(client.post("/api/tasks", "x" * 3_000_000, content_type=content_type), 413)


def test_a_query_of_thousands_of_fields(client):
    for url in ["/api/tasks", "/api/events", "/api/", "/api/nothing"]:
        error(client.get(f"{url}?{'a=b&' * 2000}"), 400)


def test_a_form_of_thousands_of_fields(client):
    kind = "application/x-www-form-urlencoded"
    error(client.post("/api/tasks", "name=x&" + "a=b&" * 2000, content_type=kind), 400)
    assert not Task.objects.exists()


def test_a_refusal_shows_to_a_person_as_well(browsable, client):
    answer = client.get("/api/tasks/999999999", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
