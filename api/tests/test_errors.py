"""Every way to fail has one shape, whoever noticed it."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from rest_framework.test import APIClient

from api import views
from api.errors import answer
from board import history
from board.models import Task

from .answers import problem


@pytest.mark.parametrize(
    ("error", "detail", "fields"),
    [
        (ValidationError({"name": "No."}), "name: No.", {"name": ["No."]}),
        (ValidationError({"__all__": "No."}), "No.", {"non_field_errors": ["No."]}),
        (ValidationError("No."), "No.", {"non_field_errors": ["No."]}),
    ],
)
def test_a_broken_rule_comes_back_under_its_field(error, detail, fields):
    assert answer(error, {}).data == {"status": 400, "title": "Bad Request", "detail": detail, "fields": fields}


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
    assert answer(error, {}).data.keys() == {"status", "title", "detail", "fields"}
    assert answer(error, {}).data["status"] == status


def test_a_change_that_the_database_alone_refuses_is_in_the_log(caplog):
    answer(IntegrityError("foreign key"), {})
    (record,) = caplog.records
    assert (record.levelno, record.exc_info[0]) == (logging.WARNING, IntegrityError)


def test_a_mistake_of_our_own_stays_a_server_error():
    assert answer(KeyError("x"), {}) is None


def test_a_database_that_cannot_work_now_says_when_to_come_again():
    response = answer(OperationalError("the queue of writers is too long"), {})
    assert response.data["status"] == 503
    assert response["Retry-After"] == "2"


def test_messages_within_messages_are_all_told():
    error = views.ValidationError({"kinds": {0: ["No."], 1: {"name": ["Neither."]}}, "url": "No."})
    assert answer(error, {}).data["fields"] == {"kinds": ["No.", "Neither."], "url": ["No."]}


# Where no view of the API answers


@pytest.mark.parametrize(
    "url",
    [
        "/api/nothing",
        "/api/tasks/",
        "/api/tasks/1/",
        "/api/tasks/1/moves",
        "/api//",
        "/api/%00",
        "/api/tasks.json",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_that_no_route_knows(client, stranger, url, method):
    for who in (client, stranger):
        problem(getattr(who, method)(url), 404)


def test_a_host_that_is_not_ours(client):
    problem(client.get("/api/tasks", headers={"host": "evil.example"}), 400)


def test_a_crash_says_nothing_of_the_inside(client, monkeypatch):
    client.raise_request_exception = False

    def crash(*args):
        raise KeyError("the secret")

    monkeypatch.setattr(history, "state", crash)
    answer = client.get("/api/tasks")
    problem(answer, 500)
    assert "secret" not in answer.content.decode()


def test_a_crash_in_development_shows_the_inside(client, monkeypatch, settings):
    client.raise_request_exception = False
    settings.DEBUG = True
    monkeypatch.setattr(history, "state", None)
    answer = client.get("/api/tasks")
    assert answer.status_code == 500
    assert "TypeError" in answer.content.decode()


def test_an_answer_is_not_compressed_since_a_strong_tag_is_of_its_bytes(client, task):
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
    problem(browser.post("/api/tasks", {"name": "Forged"}), 403)
    assert not Task.objects.exists()


@pytest.mark.parametrize("url", ["/api/tasks", "/api/sprints", "/api/users", "/api/tasks/1"])
def test_a_format_that_nobody_makes(client, url):
    problem(client.get(url, headers={"accept": "application/xml"}), 406)


def test_a_format_is_never_html_outside_development(client):
    problem(client.get("/api/tasks", headers={"accept": "text/html"}), 406)
    answer = client.get("/api/tasks", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("/api/tasks", "GET, POST, HEAD, OPTIONS"),
        ("/api/tasks/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("/api/users", "GET, HEAD, OPTIONS"),
        ("/api/events", "GET, HEAD, OPTIONS"),
        ("/api/", "GET, HEAD, OPTIONS"),
    ],
)
@pytest.mark.parametrize("method", ["TRACE", "PROPFIND"])
def test_a_method_that_there_is_not_is_told_which_there_are(client, url, allowed, method):
    answer = client.generic(method, url)
    problem(answer, 405)
    assert answer["Allow"] == allowed


def test_a_body_of_another_kind(client):
    problem(client.post("/api/tasks", "name=x", content_type="text/plain"), 415)


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_too_long(client, content_type):
    problem(client.post("/api/tasks", "x" * 3_000_000, content_type=content_type), 413)


@pytest.mark.parametrize("url", ["/api/tasks", "/api/events", "/api/", "/api/nothing"])
def test_a_query_of_thousands_of_fields(client, url):
    problem(client.get(f"{url}?{'a=b&' * 2000}"), 400)


def test_a_form_of_thousands_of_fields(client):
    kind = "application/x-www-form-urlencoded"
    problem(client.post("/api/tasks", "name=x&" + "a=b&" * 2000, content_type=kind), 400)
    assert not Task.objects.exists()


def test_a_refusal_shows_to_a_person_as_well(browsable, client):
    answer = client.get("/api/tasks/999999999", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
