"""Idempotency-Key: whoever asks again gets the answer of the first time, and nothing is done twice."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.test import APIClient

from board import actions
from board.actions import idempotency
from board.history import log
from board.models import IdempotencyRecord, Sprint, Task

from .responses import error, refusal

KEY = {"idempotency-key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


def whole(answer):
    """Return what two equal answers share."""
    names = ("Content-Type", "Location", "ETag", "Cache-Control")
    return answer.status_code, answer.content, {name: answer.get(name) for name in names}


def test_a_repeated_post_adds_one_task_and_gets_the_same_response(client, sprint):
    body = {"name": "New", "sprint": sprint.pk}
    first, second = (client.post("/api/tasks", body, headers=KEY) for _ in range(2))
    assert first.status_code == 201
    assert first["Location"] == first.json()["links"]["self"]
    assert whole(first) == whole(second)
    assert Task.objects.count() == 1


def test_a_repeated_request_gets_the_first_response_whatever_happened_since(client, ada):
    first = client.post("/api/tasks", {"name": "New"}, headers=KEY)
    actions.remove_task(ada, first.json()["id"])
    assert whole(client.post("/api/tasks", {"name": "New"}, headers=KEY)) == whole(first)
    assert not Task.objects.exists()


def test_a_sprint_is_added_once(client, today):
    first, second = (client.post("/api/sprints", {"end": today.isoformat()}, headers=KEY) for _ in range(2))
    assert whole(first) == whole(second)
    assert Sprint.objects.count() == 1


def test_a_task_moves_once_and_stays_where_others_put_it_then(client, ada, sprint, task):
    url, body = f"/api/tasks/{task.pk}/move", {"status": 2}
    first = client.post(url, body, headers=KEY)
    actions.place_task(ada, task.pk, actions.Place(sprint.pk, 3))
    assert whole(client.post(url, body, headers=KEY)) == whole(first)
    assert Task.objects.get().status == 3


def test_a_repeated_move_succeeds_although_it_made_its_own_version_outdated(client, task):
    headers = KEY | {"if-match": client.get(f"/api/tasks/{task.pk}")["ETag"]}
    answers = [client.post(f"/api/tasks/{task.pk}/move", {"status": 2}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_same_fields_in_another_order_are_the_same_request(client):
    bodies = '{"name": "New", "status": 1}', '{ "status": 1, "name": "New" }'
    first, second = (
        client.post("/api/tasks", body, content_type="application/json", headers=KEY) for body in bodies
    )
    assert whole(first) == whole(second)


def test_another_request_under_the_key_is_refused(client, sprint, task):
    client.post("/api/tasks", {"name": "New"}, headers=KEY)
    newest = log.newest_number()
    for url, body in [
        ("/api/tasks", {"name": "Another"}),
        ("/api/sprints", {"name": "New"}),
        (f"/api/tasks/{task.pk}/move", {"name": "New"}),
    ]:
        assert "key" in error(client.post(url, body, headers=KEY), 422)["detail"]
    assert log.newest_number() == newest


def test_keys_are_each_person_s_own(client):
    other = APIClient()
    other.force_authenticate(get_user_model().objects.create_user("guest"))
    for who in (client, other):
        assert who.post("/api/tasks", {"name": "New"}, headers=KEY).status_code == 201
    assert Task.objects.count() == 2


def test_what_was_refused_may_be_tried_again_under_its_key(client, today):
    body = {"name": "New", "sprint": 1}
    assert refusal(client.post("/api/tasks", body, headers=KEY)) == ["sprint"]
    assert not IdempotencyRecord.objects.exists()
    assert client.post("/api/tasks", {"name": "New"}, headers=KEY).status_code == 201


def test_a_crash_after_the_change_rolls_it_back(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("api.views.idempotency._serialize", None)
    assert client.post("/api/tasks", {"name": "New"}, headers=KEY).status_code == 500
    assert not Task.objects.exists()
    assert not IdempotencyRecord.objects.exists()


def test_a_key_is_free_after_a_day(client):
    client.post("/api/tasks", {"name": "New"}, headers=KEY)
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert client.post("/api/tasks", {"name": "Another"}, headers=KEY).status_code == 201


def test_expired_records_are_deleted_while_new_ones_are_added(client, monkeypatch):
    monkeypatch.setattr(idempotency, "CLEAN_UP_EVERY", 3)
    for name in "abc":
        client.post("/api/tasks", {"name": name}, headers={"idempotency-key": name})
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    for name in "def":
        client.post("/api/tasks", {"name": name}, headers={"idempotency-key": name})
    assert set(IdempotencyRecord.objects.values_list("key", flat=True)) <= set("def")


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "a\x7fb", "\x85"])
def test_a_key_that_is_none_is_refused_by_name(client, key):
    answer = client.post("/api/tasks", {"name": "New"}, headers={"idempotency-key": key})
    assert refusal(answer) == ["Idempotency-Key"]
    assert not Task.objects.exists()


def test_without_a_key_each_request_counts(client):
    for _ in range(2):
        client.post("/api/tasks", {"name": "New"})
    assert Task.objects.count() == 2
