"""GET /api/events: the log itself."""

import pytest
from django.conf import settings

from api.models import KINDS
from api.schema import openapi
from board import actions
from board.history.schema import EXTRAS
from board.models import Event

from .responses import error, refusal

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
    seqs, url = [], "/api/events?wait=0"
    while url:
        answer = client.get(url)
        page = answer.json()
        assert len(page["events"]) <= 100
        seqs += [event["seq"] for event in page["events"]]
        url = page["next"]
        assert answer.get("Link") == (f'<{url}>; rel="next"' if url else None)
    assert seqs == list(range(1, 121))


def test_a_page_of_the_log_is_as_long_as_was_asked_for(client, ada):
    for number in range(3):
        actions.add_task(ada, name=f"Task {number}")
    page = client.get("/api/events?page_size=2").json()
    assert [event["seq"] for event in page["events"]] == [1, 2]
    assert page["next"] == "http://testserver/api/events?page_size=2&since=2"


def test_a_client_that_is_up_to_date_gets_no_events(client, ada, sprint):
    page = client.get("/api/events", {"since": sprint.version}).json()
    assert page == {"newest": sprint.version, "next": None, "events": []}


def test_a_log_that_does_not_reach_back_says_so(client, ada):
    for number in range(3):
        actions.add_task(ada, name=f"Task {number}")
    Event.objects.filter(seq__lte=2).delete()
    answer = client.get("/api/events", {"since": 1})
    assert error(answer, 410)["newest"] == 3
    assert client.get("/api/events", {"since": 2}).status_code == 200


def test_a_client_ahead_of_a_restored_log_gets_410(client, ada, sprint):
    answer = client.get("/api/events", {"since": sprint.version + 1})
    assert error(answer, 410)["newest"] == sprint.version


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "x"}, "since"),
        ({"since": -1}, "since"),
        ({"wait": 26}, "wait"),
        ({"until": 3}, "until"),
        ({"since": ""}, "since"),
        ({"since": [1, 2]}, "since"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 101}, "page_size"),
    ],
)
def test_what_cannot_be_understood_is_named(client, ada, query, field):
    answer = client.get("/api/events", query)
    assert refusal(answer) == [field]


def test_strangers_do_not_read_the_log(stranger):
    assert stranger.get("/api/events").status_code == 401


@pytest.mark.parametrize("name", EXTRAS)
def test_each_extra_key_of_events_stands_in_the_reference_and_the_manual(name):
    event = openapi()["components"]["schemas"]["Event"]
    assert f"`{name}`" in event["properties"]["changes"]["description"]
    assert f"`{name}`" in (settings.BASE_DIR / "docs" / "api.md").read_text()


def test_webhooks_know_each_kind_of_event():
    assert {f"{model}.{kind}" for model in ("task", "comment", "sprint") for kind in Event.Kind} == KINDS.keys()


def test_an_event_says_which_one_it_reverses(client, ada, sprint):
    event = actions.undo(ada, sprint.event.seq)
    (line,) = client.get("/api/events", {"since": event.seq - 1}).json()["events"]
    assert (line["action"], line["changes"]["undoes"]) == ("remove", sprint.event.seq)


def test_an_event_names_a_comment_without_its_text(client, ada, sprint):
    task = actions.add_task(ada, name="Radar", sprint_id=sprint.pk)
    comment = actions.add_comment(ada, task.pk, "The password is hunter2")
    actions.remove_comment(ada, comment.pk)
    response = client.get(f"/api/events?since={task.version}")
    assert [event["changes"] for event in response.json()["events"]] == [
        {"comment_count": [0, 1], "comment": {"id": comment.pk, "action": "add"}},
        {"comment_count": [1, 0], "comment": {"id": comment.pk, "action": "remove"}},
    ]
    assert "hunter2" not in response.text
