"""The API speaks English, whatever a client or a person asks for; the pages about it are in the user's language."""

import json

import pytest
from rest_framework.test import APIClient

from api.models import Webhook
from api.schema import openapi
from board.accounts import actions
from board.tests.html_page import Page

GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def german(ada):
    """The person ada, who reads German."""
    actions.change_profile(ada, name="Ada Lind", email="", time_zone="", language="de")
    return ada


@pytest.fixture
def client(german):
    """A client that comes with the session of a person who reads German."""
    client = APIClient()
    client.force_login(german)
    return client


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("post", "/api/tasks", {"name": ""}, "This field may not be blank."),
        ("post", "/api/tasks", {"name": "x", "status": 2}, "Tasks in the backlog can't be started"),
        ("post", "/api/sprints", {"end": "2001-01-01"}, "The end date can't be in the past."),
        ("get", "/api/tasks/99", None, "Not found."),
        ("get", "/api/nowhere", None, "This URL doesn't exist."),
        ("get", "/api/tasks?colour=red", None, "Unknown parameter."),
    ],
)
def test_errors_are_english(client, method, path, body, words):
    answer = getattr(client, method)(path, body, headers=GERMAN, format="json")
    assert words in json.dumps(answer.json())
    assert answer.get("Content-Language", "en") == "en"


def test_names_of_states_are_english(client):
    task = client.post("/api/tasks", {"name": "x"}, headers=GERMAN).json()
    assert task["status_display"] == "Not Started"


def test_the_schema_is_english_though_a_german_page_asked_for_it_first(client):
    openapi.cache_clear()
    page = Page(client.get("/api/docs", headers=GERMAN))
    assert page.heading == "API-Referenz"
    assert page.one("html")["lang"] == "de"
    assert "Alle" not in json.dumps(openapi())


def test_the_reason_why_a_webhook_is_off_is_in_the_users_language(client, german):
    webhook = Webhook(owner=german, url="https://hooks.example/", kinds=["task.add"], site="https://board.example")
    webhook.register()
    page = f"/profile/webhooks/{webhook.pk}/"
    client.post(f"{page}switch/", {}, format="multipart")
    assert "Ausgeschaltet von Ada Lind." in Page(client.get(page)).text
    webhook.refresh_from_db()
    assert webhook.off_reason == "Turned off by Ada Lind."
