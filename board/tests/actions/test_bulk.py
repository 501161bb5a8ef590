"""Changes of several tasks at once."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.history import log, sentences
from board.models import Column, Event, Status, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(add):
    return [add(name) for name in "abcd"]


def ids(tasks):
    return [task.pk for task in tasks]


def names(sprint_id=None, status=Status.TODO):
    return "".join(Task.objects.in_column(sprint_id, status).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "bdca"),
        ({"top": True}, "cabd"),
        ({"after": 1}, "bcad"),
        ({"before": 1}, "cabd"),
    ],
)
def test_tasks_move_within_the_backlog_in_the_given_order(user, tasks, place, expected):
    anchors = {name: tasks[value].pk if name != "top" else value for name, value in place.items()}
    bulk = actions.move_tasks(user, [tasks[2].pk, tasks[0].pk], None, **anchors)
    assert (names(), bulk.skipped) == (expected, [])


def test_tasks_move_to_a_sprint_and_keep_their_status(user, tasks, sprint, next_sprint, add):
    active = add("e", next_sprint, Status.ACTIVE)
    actions.move_tasks(user, ids([*tasks[:2], active]), sprint.pk)
    assert (names(sprint.pk), names(sprint.pk, Status.ACTIVE), names()) == ("ab", "e", "cd")


def test_a_change_of_several_tasks_is_one_change_with_one_undo(user, tasks, sprint):
    bulk = actions.move_tasks(user, ids(tasks[:3]), sprint.pk)
    assert len(log.events_of_change(bulk.event)) == 3
    undone = actions.undo_all(user, bulk.event.seq)
    assert (names(), names(sprint.pk), undone.kept) == ("abcd", "", [])
    actions.undo(user, undone.event.seq)
    assert (names(), names(sprint.pk)) == ("d", "abc")


def test_any_event_of_a_change_undoes_all_of_it(user, tasks):
    bulk = actions.change_tasks(user, ids(tasks), points=5)
    actions.undo(user, log.newest_number())
    assert set(Task.objects.values_list("points", flat=True)) == {None}
    assert bulk.event.seq < log.newest_number()


def test_points_and_people_are_set_for_all(user, tasks):
    actions.change_tasks(user, ids(tasks), points=5, assigned=user)
    assert set(Task.objects.values_list("points", "assigned")) == {(5, user.pk)}


def test_several_tasks_are_deleted_and_restored(user, tasks):
    bulk = actions.remove_tasks(user, ids(tasks[1:3]))
    assert names() == "ad"
    actions.undo(user, bulk.event.seq)
    assert names() == "abcd"


def test_a_task_that_was_deleted_meanwhile_is_skipped_and_the_rest_done(user, tasks, sprint):
    actions.remove_task(user, tasks[0].pk)
    bulk = actions.move_tasks(user, [*ids(tasks), 999], sprint.pk)
    reason = "This task doesn't exist. It may have been deleted."
    assert bulk.skipped == [(tasks[0].pk, "a", reason), (999, "", reason)]
    assert names(sprint.pk) == "bcd"


def test_tasks_that_can_not_move_are_skipped_with_the_reason(user, tasks, sprint, next_sprint, add):
    done = add("done", sprint, Status.DONE)
    bulk = actions.move_tasks(user, [done.pk, tasks[0].pk], next_sprint.pk)
    assert bulk.skipped == [(done.pk, "done", "Completed tasks can't be moved to another sprint.")]
    assert (names(sprint.pk, Status.DONE), names(next_sprint.pk)) == ("done", "a")


def test_tasks_of_a_closed_sprint_are_skipped(user, tasks, sprint, add):
    done = add("done", actions.start_sprint(user, sprint.pk), Status.DONE)
    actions.close_sprint(user, sprint.pk, outcome="met")
    for bulk in (
        actions.remove_tasks(user, [done.pk, tasks[0].pk]),
        actions.change_tasks(user, [done.pk, tasks[1].pk], points=1),
    ):
        (skipped,) = bulk.skipped
        assert skipped[1:] == ("done", "Sprint 1 is closed. Reopen it to change its tasks.")
    assert names() == "bcd"


def test_nothing_is_written_if_nothing_can_change(user, tasks):
    newest = log.newest_number()
    assert actions.change_tasks(user, ids(tasks), points=4).event is None
    assert actions.move_tasks(user, [], None).event is None
    assert log.newest_number() == newest == Event.objects.count()


def test_undo_leaves_tasks_that_changed_since_and_says_which(user, tasks):
    bulk = actions.change_tasks(user, ids(tasks[:2]), points=5)
    actions.change_task(user, tasks[0].pk, points=8)
    undone = actions.undo_all(user, bulk.event.seq)
    assert undone.kept == [(tasks[0].pk, "a", "You have since changed it.")]
    assert list(Task.objects.order_by("pk").values_list("points", flat=True))[:2] == [8, None]


def test_cards_that_make_room_within_the_change_stay_in_order(user, sprint, add):
    first, last = add("x", sprint, order=1), add("z", sprint, order=2)
    moved = [add(name) for name in "abcdefgh"]
    actions.move_tasks(user, ids(moved), sprint.pk, after=first.pk)
    assert names(sprint.pk) == "xabcdefghz"
    assert {task.column for task in Task.objects.all()} == {Column.TODO}
    assert last.pk


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (lambda user, pks: actions.change_tasks(user, pks, points=5), "Set the points of 2 tasks to 5"),
        (lambda user, pks: actions.move_tasks(user, pks, None), "Moved 2 tasks within the column"),
        (lambda user, pks: actions.remove_tasks(user, pks), "Deleted 2 tasks"),
        (lambda user, _: actions.add_tasks(user, [{"name": "e"}, {"name": "f"}])[0], "Created 2 tasks"),
    ],
)
def test_a_change_of_several_tasks_is_described_by_their_number(user, tasks, act, text):
    assert sentences.describe_change(act(user, ids(tasks[1::-1])).event, "“b”") == text


@pytest.mark.parametrize(("count", "what"), [(1, "“a”"), (2, "2 tasks")])
def test_a_change_from_the_backlog_page_names_the_sprint(user, tasks, sprint, count, what):
    bulk = actions.move_tasks(user, ids(tasks[:count]), sprint.pk)
    assert sentences.describe_change(bulk.event, "“a”") == f"Moved {what} to Sprint 1"


def test_added_tasks_are_one_change_with_one_undo(user, tasks, sprint):
    fields = {"sprint_id": sprint.pk, "status": Status.ACTIVE}
    added = actions.add_tasks(user, [{"name": "x", "points": 3}, {"name": "y", **fields}, {"name": "z"}])
    assert (names(), names(sprint.pk, Status.ACTIVE)) == ("abcdxz", "y")
    assert (added[0].points, added[1].started) == (3, timezone.localdate())
    actions.undo(user, added[0].version)
    assert (names(), names(sprint.pk, Status.ACTIVE)) == ("abcd", "")


def test_if_one_of_the_added_tasks_is_invalid_none_is_created(user, tasks):
    with pytest.raises(ValidationError):
        actions.add_tasks(user, [{"name": "x"}, {"name": ""}])
    assert names() == "abcd"


@pytest.mark.parametrize(
    "act",
    [
        lambda user, pks: actions.move_tasks(user, pks, None, top=True, from_backlog=True),
        lambda user, pks: actions.change_tasks(user, pks, points=5, from_backlog=True),
        lambda user, pks: actions.remove_tasks(user, pks, from_backlog=True),
    ],
)
def test_a_task_that_left_the_backlog_meanwhile_is_skipped_if_it_should_be_there(user, tasks, sprint, act):
    actions.move_tasks(user, ids(tasks[:1]), sprint.pk)
    bulk = act(user, ids(tasks[:1] + tasks[2:3]))
    assert bulk.skipped == [(tasks[0].pk, "a", "It is no longer in the backlog.")]
    assert names(sprint.pk) == "a"
    assert bulk.event.task == tasks[2].pk
