"""The report of a sprint. test_report_property.py compares it with a naive count."""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.history import timeline
from board.history.report import report, velocity
from board.models import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(user, sprint, add):
    """A sprint that started with two tasks."""
    add("a", sprint, points=3)
    add("b", sprint, points=5)
    return actions.start_sprint(user, sprint.pk)


def names(part):
    return [task.name for task in part.tasks]


def changes(sprint):
    return [
        (change.kind, change.task.name, change.by, change.tasks, change.points)
        for change in report(sprint.pk).changes
    ]


def test_while_a_sprint_runs_its_report_says_where_it_stands(user, running, add):
    task = add("c", running, Status.DONE, points=2)
    found = report(running.pk)
    assert (found.outcome, names(found.committed), names(found.added)) == (None, ["a", "b"], ["c"])
    assert (names(found.done), names(found.unfinished), names(found.carried)) == (["c"], ["a", "b"], [])
    assert [part.points for part in (found.committed, found.done, found.unfinished)] == [8, 2, 8]
    assert found.burndown.today == timezone.localdate()
    assert task.pk


def test_the_scope_changes_say_what_changed_and_by_whom(user, running, add):
    task = add("c", running, points=2)
    actions.change_task(user, task.pk, points=8)
    actions.change_task(user, task.pk, name="d")
    actions.place_task(user, task.pk, actions.Place(None, Status.TODO))
    assert changes(running) == [
        ("added", "c", "Ana Lind", 1, 2),
        ("estimated", "c", "Ana Lind", 0, 6),
        ("removed", "d", "Ana Lind", -1, -8),
    ]


def test_a_closed_sprint_keeps_the_names_of_people_sprints_and_tasks(user, running, add, next_sprint):
    leftover = add("c", running)
    actions.close_sprint(user, running.pk, outcome="partly", note="Rain", others=next_sprint.pk)
    before = report(running.pk)
    assert (before.outcome, before.note) == ("partly", "Rain")
    assert [(task.name, task.went, task.to) for task in before.carried.tasks] == [
        (name, "sprint", "Sprint 2") for name in "abc"
    ]
    actions.change_task(user, leftover.pk, name="Renamed", points=13)
    actions.change_sprint(user, next_sprint.pk, name="Renamed")
    type(user).objects.update(first_name="Renamed")
    assert report(running.pk) == before
    assert changes(running) == [("added", "c", "Ana Lind", 1, 0)]
    user.delete()
    timeline.timeline_of.cache_clear()
    assert report(running.pk) == before
    assert changes(running) == [("added", "c", "Ana Lind", 1, 0)]


def test_it_says_where_each_leftover_went(user, running, next_sprint, add):
    a, b = report(running.pk).committed.tasks
    actions.close_sprint(user, running.pk, outcome="met", choices={a.id: "dropped", b.id: "backlog"})
    found = report(running.pk)
    assert [(task.name, task.went, task.sprint) for task in found.unfinished.tasks] == [
        ("a", "dropped", None),
        ("b", "backlog", None),
    ]
    assert (names(found.dropped), names(found.carried)) == (["a"], ["b"])


def test_a_task_that_was_away_for_a_while_is_neither_added_nor_removed(user, running):
    task = report(running.pk).committed.tasks[0]
    actions.place_task(user, task.id, actions.Place(None, Status.TODO))
    actions.place_task(user, task.id, actions.Place(running.pk, Status.TODO))
    found = report(running.pk)
    assert (names(found.added), names(found.removed)) == ([], [])
    assert [change.kind for change in found.changes] == ["removed", "added"]


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_grow(user, running, add, count, django_assert_num_queries):
    moved = [add(f"Task {number}").pk for number in range(count)]
    actions.move_tasks(user, moved, running.pk)
    with django_assert_num_queries(4):
        report(running.pk)
    with django_assert_num_queries(3):
        report(running.pk)


def close(user, points, end):
    sprint = actions.add_sprint(user, end=timezone.localdate() + timedelta(end), start=timezone.localdate())
    for number in points:
        actions.add_task(user, name="a", sprint_id=sprint.pk, status=Status.DONE, points=number)
    actions.add_task(user, name="left", sprint_id=sprint.pk, points=21)
    return actions.close_sprint(user, sprint.pk, outcome="met", others="backlog")


def test_velocity_is_what_was_done_in_the_last_five_closed_sprints(user, django_assert_num_queries):
    sprints = [close(user, [number], end) for end, number in enumerate([1, 13, 5, 8, 3, 21])]
    with django_assert_num_queries(2):
        found = velocity()
    assert found.bars == list(zip(sprints[1:], [13, 5, 8, 3, 21], strict=True))
    assert (found.unit, found.typical, found.low, found.high) == ("points", 8, 5, 13)


def test_velocity_counts_tasks_where_tasks_have_no_points(user):
    close(user, [None, None], 1)
    found = velocity()
    assert (found.unit, found.typical, found.low, found.high) == ("tasks", 2, 2, 2)


def test_there_is_no_velocity_without_a_closed_sprint(db):
    assert velocity()[1:] == ([], 0, 0, 0)
