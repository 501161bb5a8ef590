"""Polling without a socket: GET /sprints/1/changes/?since=7&format=…&language=en"""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from board import actions, components
from board.history import log
from board.live import batches
from board.live.hub import hub
from board.models import Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(browser, sprint):
    """Request the changes since a number, as a page with this format."""

    def ask_since(since, client=browser, **query):
        query = {"since": since, "format": components.page_format(), "language": "en"} | query
        return client.get(f"/sprints/{sprint.pk}/changes/", query)

    return ask_since


def test_the_response_is_the_frame_of_the_socket(ask, sprint, add):
    since = log.newest_number()
    add("Draw", sprint)
    frame = batches.batch(sprint.pk, since, log.state())
    response = ask(since)
    assert response.json() == json.loads(json.dumps(batches.for_page(frame)))
    assert "Draw" in response.json()["cards"]
    assert response["Cache-Control"] == "no-store"


def test_nothing_new_is_no_content_and_costs_few_queries(ask, add, django_assert_max_num_queries):
    add()
    newest = log.newest_number()
    with django_assert_max_num_queries(3):
        response = ask(newest)
    assert (response.status_code, response.content) == (204, b"")


def test_a_page_of_yesterday_learns_the_format_though_nothing_changed(ask):
    response = ask(log.newest_number(), format="1.2000-01-01")
    assert response.json()["format"] == components.page_format()


def test_a_client_that_is_too_far_behind_is_reset(ask, add, monkeypatch):
    monkeypatch.setattr(batches, "FAR_BEHIND", 1)
    since = log.newest_number()
    for name in ("a", "b"):
        add(name)
    assert ask(since).json()["reset"] is True
    assert ask(log.newest_number() + 1).json()["reset"] is True


def test_more_changes_than_a_batch_are_sent_in_turn(ask, add, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 1)
    since = log.newest_number()
    for name in ("a", "b"):
        add(name)
    first = ask(since).json()
    second = ask(first["seq"]).json()
    assert (first["seq"], second["seq"]) == (since + 1, since + 2)


def test_the_language_is_the_one_of_the_page(user, ask, sprint, add):
    since = log.newest_number()
    actions.change_task(user, add("Draw", sprint).pk, status=4)
    german = ask(since, language="de").json()["news"]
    assert german != ask(since).json()["news"]
    assert german == ask(since, client=client_of(user, HTTP_ACCEPT_LANGUAGE="en"), language="de").json()["news"]


def client_of(user, **headers):
    client = Client(**headers)
    client.force_login(user)
    return client


def test_viewers_read_and_strangers_do_not(ask, sprint):
    viewer = get_user_model().objects.create_user("viewer")
    Profile.objects.create(user=viewer, is_viewer=True)
    assert ask(log.newest_number(), client=client_of(viewer)).status_code == 204
    response = ask(0, client=Client())
    assert (response.status_code, response["Location"].startswith("/login/")) == (302, True)
    viewer.is_active = False
    viewer.save()
    assert ask(0, client=client_of(viewer)).status_code == 302


@pytest.mark.parametrize("since", ["", "-1", "x", "1.5", str(2**63), "9" * 5000])
def test_invalid_queries_are_rejected(ask, since):
    assert ask(since).status_code == 400


def test_an_unknown_language_is_refused(ask):
    assert ask(0, language="xx").status_code == 400


def test_an_open_page_does_not_prolong_the_log_in(browser, ask):
    soon = timezone.now() + timedelta(hours=1)
    Session.objects.update(expire_date=soon)
    ask(0)
    assert Session.objects.get().expire_date == soon
    browser.get("/")
    assert Session.objects.get().expire_date > soon


def test_a_page_that_asks_has_been_seen(ask, user, sprint, monkeypatch):
    seen = []
    monkeypatch.setattr(hub, "see", seen.append)
    ask(5)
    assert [look[:3] for look in seen] == [(user.pk, sprint.pk, 5)]
