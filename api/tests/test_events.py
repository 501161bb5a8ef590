"""GET /api/events: the log itself."""

import pytest

from board import actions
from board.models import Event

pytestmark = pytest.mark.django_db


def test_the_log_says_who_changed_what_from_what_to_what(client, ada, sprint):
    task = actions.add_task(ada, name="Fix log-in", sprint_id=sprint.pk)
    actions.change_task(ada, task.pk, name="Fix log-out")
    answer = client.get("/api/events", {"since": task.version}).json()
    assert answer["newest"] == task.version + 1
    (event,) = answer["events"]
    assert event.pop("at")
    assert event == {
        "seq": task.version + 1,
        "by": ada.username,
        "model": "task",
        "id": task.pk,
        "action": "update",
        "sprint": sprint.pk,
        "changes": {"name": ["Fix log-in", "Fix log-out"]},
    }


def test_a_sprint_is_named_as_such(client, ada, sprint):
    event = client.get("/api/events").json()["events"][0]
    assert (event["model"], event["id"], event["action"]) == ("sprint", sprint.pk, "add")


def test_a_long_log_comes_in_parts_that_miss_nothing(client, ada):
    for number in range(120):
        actions.add_task(ada, name=f"Task {number}")
    first = client.get("/api/events").json()
    second = client.get("/api/events", {"since": first["events"][-1]["seq"]}).json()
    seqs = [event["seq"] for event in first["events"] + second["events"]]
    assert seqs == list(range(1, first["newest"] + 1))
    assert len(first["events"]) == 100


def test_who_is_up_to_date_gets_nothing(client, ada, sprint):
    assert client.get("/api/events", {"since": sprint.version}).json() == {"newest": sprint.version, "events": []}


def test_a_log_that_does_not_reach_back_says_so(client, ada):
    for number in range(3):
        actions.add_task(ada, name=f"Task {number}")
    Event.objects.filter(seq__lte=2).delete()
    answer = client.get("/api/events", {"since": 1})
    assert answer.status_code == 410
    assert answer.json()["newest"] == 3
    assert client.get("/api/events", {"since": 2}).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [({"since": "x"}, "since"), ({"since": -1}, "since"), ({"wait": 26}, "wait"), ({"until": 3}, "until")],
)
def test_what_cannot_be_understood_is_named(client, ada, query, field):
    answer = client.get("/api/events", query)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_strangers_do_not_read_the_log(stranger):
    assert stranger.get("/api/events").status_code == 401
