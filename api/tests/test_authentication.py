"""Tokens: what they open, what they do not, and until when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.models import Token
from board.live import notifications
from board.models import Sprint


def by(key, keyword="Token"):
    return {"authorization": f"{keyword} {key}"}


@pytest.mark.parametrize("keyword", ["Token", "token", "Bearer", "bearer"])
def test_a_token_signs_in_as_its_owner(stranger, ada, issue, keyword, sprint):
    key = issue()
    answer = stranger.post("/api/tasks", {"name": "Draw", "sprint": sprint.pk}, headers=by(key, keyword))
    assert answer.status_code == 201
    assert stranger.get("/api/events", headers=by(key)).json()["events"][-1]["by"] == "ada"


def test_the_key_itself_is_kept_nowhere(issue):
    key = issue()
    assert key.startswith("lb_")
    assert len(key) >= 3 + 43
    assert key.removeprefix("lb_") not in str(list(Token.objects.values()))


@pytest.mark.parametrize(
    "wrong", ["", "lb_", "lb_wrong", "{digest}", "{key}x", "{key} more", "\xe9", "x" * 5000], ids=range(8)
)
def test_anything_else_signs_nobody_in(stranger, issue, wrong):
    key = issue()
    value = wrong.format(key=key, digest=Token.objects.get().digest)
    assert stranger.get("/api/users", headers=by(value)).status_code == 401


def test_a_revoked_token_fails_on_the_next_request(stranger, issue):
    key = issue()
    assert stranger.get("/api/users", headers=by(key)).status_code == 200
    Token.objects.get().revoke()
    answer = stranger.get("/api/users", headers=by(key))
    assert answer.status_code == 401
    assert "revoked" in str(answer.json())


def test_an_expired_token_fails(stranger, issue):
    now = timezone.now()
    assert stranger.get("/api/users", headers=by(issue(expires_at=now + timedelta(hours=1)))).status_code == 200
    assert stranger.get("/api/users", headers=by(issue(expires_at=now))).status_code == 401


def test_a_token_of_a_deactivated_user_fails(stranger, ada, issue):
    key = issue()
    ada.is_active = False
    ada.save()
    assert stranger.get("/api/users", headers=by(key)).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_token_that_may_read_changes_nothing(stranger, issue, sprint, method):
    key = issue("read")
    url = "/api/sprints" if method == "post" else f"/api/sprints/{sprint.pk}"
    body = {"name": "Renamed", "end": (sprint.end + timedelta(days=1)).isoformat()}
    answer = getattr(stranger, method)(url, body, headers=by(key))
    assert answer.status_code == 403
    assert "read-only" in str(answer.json())
    assert list(Sprint.objects.values_list("name")) == [("Walking skeleton",)]


@pytest.mark.parametrize("url", ["/api/", "/api/sprints", "/api/tasks", "/api/users", "/api/events"])
def test_a_token_that_may_read_reads(stranger, issue, url):
    assert stranger.get(url, headers=by(issue("read"))).status_code == 200


def test_the_last_use_is_kept_and_not_written_at_each_request(stranger, issue):
    key = issue()
    stranger.get("/api/users", headers=by(key))
    first = Token.objects.get().last_used_at
    with CaptureQueriesContext(connection) as queries:
        stranger.get("/api/users", headers=by(key))
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    stranger.get("/api/users", headers=by(key))
    assert Token.objects.get().last_used_at >= first


def test_revoking_rings_so_that_sockets_are_looked_at(issue, django_capture_on_commit_callbacks):
    issue()
    token = Token.objects.get()
    bells = []
    notifications.subscribe(bells.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            token.revoke()
    finally:
        notifications.unsubscribe(bells.append)
    assert bells == [notifications.REVOKE]
