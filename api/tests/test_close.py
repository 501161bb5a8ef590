"""POST /api/sprints/<id>/close"""

from datetime import timedelta

import pytest

from board import actions
from board.history import log
from board.models import Status, Task

from .responses import error, problem


@pytest.fixture
def running(ada, sprint):
    return actions.start_sprint(ada, sprint.pk)


@pytest.fixture
def tasks(ada, running):
    return [actions.add_task(ada, name=name, sprint_id=running.pk, status=Status.ACTIVE).pk for name in "abc"]


@pytest.fixture
def next_sprint(ada, today):
    return actions.add_sprint(ada, name="Next", end=today + timedelta(days=28))


def close(client, sprint, headers=None, **body):
    return client.post(f"/api/sprints/{sprint.pk}/close", {"outcome": "met"} | body, headers=headers)


def sprints_of(tasks):
    return [Task.objects.filter(pk=pk).values_list("sprint", "carried").first() for pk in tasks]


def test_closing_moves_each_leftover_where_it_should_go(client, running, tasks, next_sprint):
    choices = {tasks[0]: next_sprint.pk, tasks[1]: "dropped"}
    answer = close(client, running, note="Rain", choices=choices, others="backlog")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["closed_at"][-1]) == ("closed", "Z")
    assert sprints_of(tasks) == [(next_sprint.pk, 1), None, (None, 1)]


def test_the_events_of_a_closing_belong_together(client, running, tasks):
    seq = close(client, running, others="backlog").json()["version"]
    events = client.get(f"/api/events?since={seq - 1}").json()["events"]
    assert [(event["model"], event["changes"]["batch"]) for event in events] == [
        ("sprint", seq),
        *[("task", seq)] * 3,
    ]
    assert events[0]["changes"]["closing"]["outcome"] == "met"


def test_a_leftover_without_a_choice_is_an_error_at_that_task(client, running, tasks):
    newest = log.newest_number()
    body = error_at_choices(close(client, running, choices={tasks[0]: "backlog"}))
    assert body == {str(pk): ["Choose what happens to this task."] for pk in tasks[1:]}
    assert log.newest_number() == newest


def test_a_sprint_that_is_not_open_is_an_error_at_that_task(client, running, tasks, past_sprint):
    body = error_at_choices(close(client, running, choices={tasks[0]: past_sprint.pk}, others="backlog"))
    assert body == {str(tasks[0]): ["This sprint is no longer open. Choose another one."]}


def error_at_choices(answer):
    assert answer.status_code == 400
    assert answer.json().keys() == {"choices"}
    return answer.json()["choices"]


def test_as_problem_details_the_messages_have_their_field(client, running, tasks):
    answer = close(client, running, headers={"accept": "application/problem+json"})
    assert "choices" in problem(answer, 400)["fields"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "great"}, "outcome"),
        ({"note": "x" * 2001}, "note"),
        ({"note": 5}, "note"),
        ({"choices": {"1": "trash"}}, "choices"),
        ({"choices": {"1": True}}, "choices"),
        ({"choices": {"one": "backlog"}}, "choices"),
        ({"choices": {"1" * 30: "backlog"}}, "choices"),
        ({"choices": ["backlog"]}, "choices"),
        ({"others": 2**70}, "others"),
        ({"others": ["backlog"]}, "others"),
        ({"goal": "x"}, "goal"),
    ],
)
def test_invalid_fields_are_named(client, running, body, field):
    answer = close(client, running, **body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_sprint_closes_once_unless_the_request_is_repeated_with_its_key(client, running):
    first, again = (close(client, running, headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert first.json()["version"] == again.json()["version"]
    assert error(close(client, running), 400) == {"non_field_errors": ["Walking skeleton is already closed."]}


def test_it_is_refused_for_another_version(client, running):
    assert close(client, running, headers={"If-Match": '"1"'}).status_code == 412


def test_a_closed_sprint_and_its_tasks_refuse_changes(client, ada, running, tasks):
    actions.change_task(ada, tasks[0], status=Status.DONE)
    close(client, running, others="backlog")
    reason = ["Walking skeleton is closed. Reopen it to change its tasks."]
    sprint_url, task_url = f"/api/sprints/{running.pk}", f"/api/tasks/{tasks[0]}"
    for answer in (
        client.patch(task_url, {"name": "New"}),
        client.delete(task_url),
        client.post(f"{task_url}/move", {"top": True}),
        client.post("/api/tasks", {"name": "New", "sprint": running.pk}),
        client.patch(f"/api/tasks/{tasks[1]}", {"sprint": running.pk}),
    ):
        assert error(answer, 400) == {"sprint": reason}
    for answer in (client.patch(sprint_url, {"name": "New"}), client.delete(sprint_url)):
        assert error(answer, 400) == {"non_field_errors": ["Walking skeleton is closed. Reopen it to change it."]}
