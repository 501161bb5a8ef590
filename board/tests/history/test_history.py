from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.history import log, sentences
from board.models import Event, Sprint, Status, Task

pytestmark = pytest.mark.django_db


def test_each_change_has_the_next_number_which_is_the_rows_version(user, sprint, add):
    task = add()
    changed = actions.change_task(user, task.pk, name="Fix log-out")
    assert [sprint.version, task.version, changed.version] == [1, 2, 3]
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def test_an_event_records_the_actor_the_time_and_both_values(user, add):
    task = add("Fix log-in")
    actions.change_task(user, task.pk, name="Fix log-out", due=timezone.localdate())
    event = Event.objects.get(seq=2)
    assert (event.actor, event.kind, event.task) == (user, "update", task.pk)
    assert event.changes == {
        "name": ["Fix log-in", "Fix log-out"],
        "due": [None, timezone.localdate().isoformat()],
    }
    assert timezone.now() - event.created_at < timedelta(minutes=1)


def test_a_change_without_effect_writes_nothing(user, sprint, add):
    task = add()
    actions.change_task(user, task.pk, name=task.name)
    actions.change_sprint(user, sprint.pk, end=sprint.end)
    actions.place_task(user, task.pk, actions.Place(None, Status.TODO))
    assert log.newest_number() == Event.objects.count() == 2
    task.refresh_from_db()
    assert task.version == 2


def test_a_refused_change_returns_its_number(user, add):
    task = add()
    with pytest.raises(ValidationError):
        actions.change_task(user, task.pk, name="")
    assert actions.change_task(user, task.pk, name="Better").version == 2


def test_a_removed_task_stays_in_the_log(user, add):
    task = add("Fix log-in")
    actions.remove_task(user, task.pk)
    event = Event.objects.get(kind="remove")
    assert event.task == task.pk
    assert event.changes["name"] == ["Fix log-in", None]


def test_replaying_the_log_yields_the_database(user, sprint, next_sprint, add):
    tasks = [add(f"Task {n}", sprint) for n in range(4)]
    actions.place_task(user, tasks[0].pk, actions.Place(sprint.pk, Status.ACTIVE, after=tasks[1].pk))
    actions.place_task(user, tasks[3].pk, actions.Place(None, Status.TODO))
    actions.change_task(user, tasks[1].pk, description="More", assigned=user)
    actions.remove_task(user, tasks[2].pk)
    actions.remove_sprint(user, next_sprint.pk)
    state = log.replay(log.since(0))
    assert state["tasks"] == {task.pk: with_version(task) for task in Task.objects.all()}
    assert state["sprints"] == {one.pk: with_version(one) for one in Sprint.objects.all()}


def with_version(row):
    return {**log.snapshot(row), "version": row.version}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Better"}, "Ana Lind renamed this task from “Fix log-in” to “Better”"),
        ({"status": Status.TESTING}, "Ana Lind moved this task from In Development to In Testing"),
        ({"sprint_id": None, "status": Status.TODO}, "Ana Lind moved this task from Sprint 1 to Backlog"),
        ({"order": 5}, "Ana Lind moved this task within its column"),
    ],
)
def test_the_history_of_a_task_names_actors_and_changes(user, sprint, add, changes, words):
    task = add(sprint=sprint, status=Status.ACTIVE)
    actions.change_task(user, task.pk, **changes)
    assert [line["text"] for line in sentences.story(task.pk)] == [words, "Ana Lind created this task"]
