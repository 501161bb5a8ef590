"""Responses and log messages while the database is busy, unavailable or full."""

import logging
import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from rest_framework.test import APIClient

from board.history import log
from board.models import Task
from board.ops import db_errors
from board.ops.db_errors import AWAY, BUSY, FULL
from board.tests.html_page import Page
from board.views import sprints

pytestmark = pytest.mark.django_db


def of_sqlite(name):
    cause = sqlite3.OperationalError(f"what SQLite says of {name}")
    cause.sqlite_errorname = name
    return caused_by(cause)


def of_postgres(sqlstate):
    return caused_by(
        psycopg.errors.lookup(sqlstate)("what PostgreSQL says") if sqlstate else psycopg.OperationalError()
    )


def caused_by(cause, kind=OperationalError):
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (of_sqlite("SQLITE_BUSY"), BUSY),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), BUSY),
        (of_sqlite("SQLITE_FULL"), FULL),
        (of_sqlite("SQLITE_IOERR_WRITE"), AWAY),
        (of_sqlite("SQLITE_CANTOPEN"), AWAY),
        (of_sqlite("SQLITE_ERROR"), None),
        (OperationalError("our own queue"), BUSY),
        (of_postgres(None), AWAY),
        (of_postgres("57P01"), AWAY),
        (of_postgres("53100"), FULL),
        (of_postgres("40P01"), BUSY),
        (caused_by(psycopg.InterfaceError("closed"), InterfaceError), AWAY),
        (RuntimeError("a bug"), None),
    ],
)
def test_database_faults_are_distinguished_from_bugs(error, fault):
    assert db_errors.fault_of(error) is fault


@pytest.fixture(
    params=[("SQLITE_BUSY", BUSY), ("SQLITE_CANTOPEN", AWAY), ("SQLITE_FULL", FULL)], ids=lambda p: p[0]
)
def fault(request, monkeypatch):
    """A database error that every view and action raises."""
    name, fault = request.param

    def fail(*args, **kwargs):
        raise of_sqlite(name)

    monkeypatch.setattr(sprints, "get_sprint_or_404", fail)
    monkeypatch.setattr(log, "next_number", fail)
    return fault


def test_an_error_page_has_a_reason_and_retry_after(browser, fault, caplog):
    browser.raise_request_exception = False
    response = browser.get("/sprints/1/edit/")
    page = Page(response)
    assert (response.status_code, response["Retry-After"]) == (fault.status, "2")
    assert page.is_whole
    assert page.one("p", class_="error-message").text == fault.reason
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert fault.advice in caplog.text


def test_an_htmx_request_gets_an_error_fragment(browser, fault):
    browser.raise_request_exception = False
    response = browser.get("/sprints/1/edit/", headers={"HX-Request": "true"})
    page = Page(response)
    assert (response.status_code, response["Retry-After"]) == (fault.status, "2")
    assert not page.is_whole
    assert page.one("p", class_="error-message").text == fault.reason


def test_an_api_client_gets_json(user, fault, caplog):
    api = APIClient()
    api.force_authenticate(user)
    response = api.post("/api/tasks", {"name": "New"})
    assert (response.status_code, response["Retry-After"]) == (fault.status, "2")
    assert response.json()["detail"] == fault.reason
    assert fault.advice in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_refuses_the_change_and_lets_people_read(browser, sprint, add, caplog):
    task = add("Before", sprint)
    caplog.set_level(logging.ERROR)
    browser.raise_request_exception = False
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        response = browser.post(
            f"/tasks/{task.pk}/edit/", {"name": "After", "description": "x" * 10_000, "status": 1}
        )
        assert response.status_code == 507, response.content
        assert browser.get(f"/sprints/{sprint.pk}/").status_code == 200
        assert browser.get(f"/tasks/{task.pk}/").status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1000000")
    assert Task.objects.get(pk=task.pk).name == "Before"
    assert db_errors.FULL.advice in caplog.text
