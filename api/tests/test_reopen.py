"""POST /api/sprints/<id>/reopen"""

import pytest

from board import actions
from board.models import Task

from .responses import error


@pytest.fixture
def left_over(ada, sprint, task):
    """A task that the closed sprint moved to the backlog."""
    actions.start_sprint(ada, sprint.pk)
    actions.close_sprint(ada, sprint.pk, outcome="met", others="backlog")
    return task


def reopen(client, sprint, **headers):
    return client.post(f"/api/sprints/{sprint.pk}/reopen", headers=headers)


def test_the_leftovers_come_back(client, sprint, left_over):
    answer = reopen(client, sprint)
    assert answer.status_code == 200
    assert answer.json()["kept"] == []
    assert answer.json()["sprint"] == client.get(f"/api/sprints/{sprint.pk}").json() | {
        "links": answer.json()["sprint"]["links"]
    }
    assert (answer.json()["sprint"]["state"], Task.objects.get().sprint_id) == ("running", sprint.pk)


def test_a_task_that_changed_since_is_named_with_the_reason(client, ada, sprint, left_over):
    other = actions.add_sprint(ada, end=sprint.end.replace(year=sprint.end.year + 1))
    actions.change_task(ada, left_over.pk, sprint_id=other.pk)
    kept = {"task": left_over.pk, "name": "Draw the columns", "reason": "You have since changed it."}
    assert reopen(client, sprint).json()["kept"] == [kept]


def test_only_a_closed_sprint_is_reopened(client, sprint):
    assert error(reopen(client, sprint), 400) == {"non_field_errors": ["Walking skeleton is not closed."]}


def test_a_repeated_request_with_the_same_key_gets_the_first_response(client, sprint, left_over):
    first, again = (reopen(client, sprint, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert first.json() == again.json()


def test_it_is_refused_for_another_version(client, sprint, left_over):
    assert reopen(client, sprint, **{"If-Match": '"1"'}).status_code == 412
