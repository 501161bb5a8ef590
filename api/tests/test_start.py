"""POST /api/sprints/<id>/start"""

from datetime import timedelta

import pytest

from board import actions

from .responses import error


def start(client, sprint, **headers):
    return client.post(f"/api/sprints/{sprint.pk}/start", headers=headers)


def test_a_started_sprint_runs(client, sprint, today):
    assert client.get(f"/api/sprints/{sprint.pk}").json()["state"] == "planned"
    answer = start(client, sprint)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["state"], body["start"]) == ("running", today.isoformat())
    assert body["started_at"].endswith("Z")
    assert answer["ETag"].startswith(f'"{body["version"]}.')


def test_a_running_sprint_is_not_started_again(client, sprint):
    start(client, sprint)
    assert error(start(client, sprint), 400) == {"non_field_errors": ["Walking skeleton is already running."]}


def test_a_repeated_request_with_the_same_key_gets_the_first_response(client, sprint):
    answers = [start(client, sprint, **{"Idempotency-Key": "a"}) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].json()["started_at"] == answers[1].json()["started_at"]


def test_it_is_refused_for_another_version(client, ada, sprint):
    old = client.get(f"/api/sprints/{sprint.pk}")["ETag"]
    actions.change_sprint(ada, sprint.pk, name="New")
    assert start(client, sprint, **{"If-Match": old}).status_code == 412


@pytest.mark.parametrize("body", [{"start": "2027-01-01"}, {"x": 1}])
def test_it_has_no_fields(client, sprint, body):
    (name,) = body
    assert error(client.post(f"/api/sprints/{sprint.pk}/start", body), 400) == {name: ["Unknown field."]}


def test_an_unknown_sprint_is_not_found(client, db):
    assert client.post("/api/sprints/99/start").status_code == 404


def test_a_start_date_is_not_after_the_end(client, sprint):
    later = (sprint.end + timedelta(1)).isoformat()
    answer = client.patch(f"/api/sprints/{sprint.pk}", {"start": later})
    assert error(answer, 400) == {"start": ["The start date can't be after the end date."]}
