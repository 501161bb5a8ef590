"""POST /api/tasks/<id>/move"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from api.serializers.tasks import MoveSerializer
from board import actions
from board.history import log
from board.models import Event, Status, Task

from .responses import refusal


@pytest.fixture
def next_sprint(ada, today):
    return actions.add_sprint(ada, name="Next", end=today + timedelta(days=28))


@pytest.fixture
def cards(ada, sprint):
    """Three tasks in one column: a, b, c."""
    return {name: actions.add_task(ada, name=name, sprint_id=sprint.pk).pk for name in "abc"}


def column(sprint_id, status=1):
    return "".join(Task.objects.in_column(sprint_id, status).values_list("name", flat=True))


def move(client, pk, **body):
    return client.post(f"/api/tasks/{pk}/move", body)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "bca"),
        ({"bottom": True}, "bca"),
        ({"top": True}, "abc"),
        ({"after": "b"}, "bac"),
        ({"before": "c"}, "bac"),
        ({"before": "b"}, "abc"),
        ({"after": "c"}, "bca"),
        ({"top": False, "after": "b"}, "bac"),
    ],
)
def test_a_task_goes_where_it_is_put_in_its_column(client, sprint, cards, place, expected):
    body = {name: cards.get(value, value) for name, value in place.items()}
    answer = move(client, cards["a"], **body)
    assert answer.status_code == 200
    assert answer.json() == client.get(f"/api/tasks/{cards['a']}").json()
    assert column(sprint.pk) == expected


def test_a_task_goes_to_another_column_with_the_dates_that_follow(client, sprint, cards, today):
    move(client, cards["b"], status=4)
    body = move(client, cards["a"], status=4, before=cards["b"]).json()
    assert (body["status"], body["started"], body["completed"]) == (4, today.isoformat(), today.isoformat())
    assert (column(sprint.pk), column(sprint.pk, 4)) == ("c", "ab")


def test_a_task_goes_to_another_sprint_and_keeps_its_status(client, sprint, next_sprint, cards):
    move(client, cards["a"], status=2)
    body = move(client, cards["a"], sprint=next_sprint.pk).json()
    assert (body["sprint"], body["status"]) == (next_sprint.pk, 2)


def test_a_task_goes_to_the_backlog_and_is_not_started_there(client, cards):
    move(client, cards["a"], status=3)
    body = move(client, cards["a"], sprint=None).json()
    assert (body["sprint"], body["status"], body["started"]) == (None, 1, None)


def test_a_move_is_one_change_of_the_client_and_the_same_place_none(client, ada, sprint, cards):
    newest = log.newest_number()
    for _ in range(2):
        assert move(client, cards["c"], top=True).json()["version"] == newest + 1
    (event,) = Event.objects.filter(seq__gt=newest)
    assert (event.actor, event.kind, event.task) == (ada, "update", cards["c"])


# body, fields
NO_PLACES = [
    ({"before": "b", "after": "c"}, ["before", "after"]),
    ({"top": True, "bottom": True}, ["top", "bottom"]),
    ({"top": True, "after": "b"}, ["after", "top"]),
    ({"before": 999_999_999}, ["before"]),
    ({"after": 999_999_999}, ["after"]),
    ({"after": "a"}, ["after"]),
    ({"before": "c", "status": 2}, ["before"]),
    ({"after": "b", "sprint": None}, ["after"]),
    ({"after": None}, ["after"]),
    ({"after": 0}, ["after"]),
    ({"after": 10**30}, ["after"]),
    ({"after": "x"}, ["after"]),
    ({"after": [1]}, ["after"]),
    ({"before": True}, ["before"]),
    ({"before": 1.5}, ["before"]),
    ({"top": "often"}, ["top"]),
    ({"top": None}, ["top"]),
    ({"bottom": []}, ["bottom"]),
    ({"status": 5}, ["status"]),
    ({"status": None}, ["status"]),
    ({"status": "Done"}, ["status"]),
    ({"sprint": 999_999_999}, ["sprint"]),
    ({"sprint": 0}, ["sprint"]),
    ({"sprint": "x"}, ["sprint"]),
    ({"sprint": None, "status": 2}, ["status"]),
    ({"order": 5}, ["order"]),
    ({"name": "x"}, ["name"]),
    ({"above": 1}, ["above"]),
]


def test_a_place_that_is_not_there_is_refused_by_name_and_nothing_moves(client, sprint, cards):
    newest = log.newest_number()
    for body, fields in NO_PLACES:
        body = {name: cards.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
        assert refusal(move(client, cards["a"], **body)) == fields
        assert (column(sprint.pk), log.newest_number()) == ("abc", newest)


def test_a_task_of_the_backlog_does_not_start_there(client, ada):
    task = actions.add_task(ada, name="Draw")
    assert refusal(move(client, task.pk, status=2)) == ["status"]


def test_the_rules_of_the_board_hold(client, ada, cards, next_sprint, past_sprint):
    assert refusal(move(client, cards["a"], sprint=past_sprint.pk)) == ["sprint"]
    move(client, cards["a"], status=4)
    assert refusal(move(client, cards["a"], sprint=next_sprint.pk)) == ["sprint"]


def test_what_is_not_named_is_as_it_is_under_the_lock(client, ada, sprint, cards, monkeypatch):
    """Someone moves the task after the request was read and before it has its turn."""
    is_valid = MoveSerializer.is_valid

    def and_meanwhile(self, **kwargs):
        actions.place_task(ada, cards["a"], actions.Place(sprint.pk, Status.TESTING))
        return is_valid(self, **kwargs)

    monkeypatch.setattr(MoveSerializer, "is_valid", and_meanwhile)
    assert move(client, cards["a"], top=True).json()["status"] == Status.TESTING


def test_a_neighbour_that_left_in_the_meantime_is_missed(client, ada, sprint, cards, monkeypatch):
    is_valid = MoveSerializer.is_valid

    def and_meanwhile(self, **kwargs):
        actions.place_task(ada, cards["c"], actions.Place(sprint.pk, Status.TESTING))
        return is_valid(self, **kwargs)

    monkeypatch.setattr(MoveSerializer, "is_valid", and_meanwhile)
    assert refusal(move(client, cards["a"], after=cards["c"])) == ["after"]


def test_an_unknown_task_is_not_found(client):
    for pk in ["0", "999999999", "9" * 400, "-1", "x"]:
        assert move(client, pk, top=True).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_a_move_is_posted(client, cards, method):
    answer = getattr(client, method)(f"/api/tasks/{cards['a']}/move")
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


def test_a_stranger_moves_nothing(stranger, cards, sprint):
    assert move(stranger, cards["a"], bottom=True).status_code == 401
    assert column(sprint.pk) == "abc"


def test_the_number_of_queries_does_not_grow_with_the_column(client, ada, sprint, django_assert_num_queries):
    first = actions.add_task(ada, name="first", sprint_id=sprint.pk)
    move(client, first.pk, bottom=True)  # the first request notes more than a move
    for total in (10, 1_000):
        new = range(Task.objects.count(), total)
        Task.objects.bulk_create(
            Task(name="x", sprint=sprint, order=(n + 2) << 20, version=0, assigned=get_user_model().objects.get())
            for n in new
        )
        other = Task.objects.order_by("-order").first()
        with django_assert_num_queries(8):
            move(client, first.pk, after=other.pk)
