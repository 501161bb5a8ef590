"""Starting, closing and reopening sprints."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.history import log
from board.models import Column, Event, Sprint, SprintState, Status, Task

pytestmark = pytest.mark.django_db


def places(*tasks):
    """Return (sprint, column, times carried) of each task, None for a deleted one."""
    rows = Task.objects.in_bulk([task.pk for task in tasks])
    return [(row.sprint_id, row.column, row.carried) if (row := rows.get(task.pk)) else None for task in tasks]


def refused(action, *args, **kwargs):
    """Return the messages of a refused action, which changed nothing."""
    newest = log.newest_number()
    with pytest.raises(ValidationError) as error:
        action(*args, **kwargs)
    assert log.newest_number() == newest == Event.objects.count()
    return error.value.message_dict if hasattr(error.value, "error_dict") else error.value.messages


@pytest.fixture
def running(user, sprint):
    return actions.start_sprint(user, sprint.pk)


@pytest.fixture
def tasks(running, add):
    """A done task and three that are not."""
    statuses = (Status.DONE, Status.TODO, Status.ACTIVE, Status.TESTING)
    return [add(status.label, running, status) for status in statuses]


@pytest.fixture
def closed(user, running, tasks, next_sprint):
    """The sprint, closed with a leftover for each choice."""
    _, todo, active, testing = tasks
    choices = {todo.pk: "backlog", active.pk: next_sprint.pk, testing.pk: "dropped"}
    return actions.close_sprint(user, running.pk, outcome="partly", note="Rain", choices=choices)


def test_a_started_sprint_runs_and_starts_today(user, sprint):
    later = actions.change_sprint(user, sprint.pk, start=sprint.end)
    started = actions.start_sprint(user, later.pk)
    assert (started.state, started.start) == (SprintState.RUNNING, timezone.localdate())


def test_undoing_a_start_makes_the_sprint_planned_again(user, sprint, running):
    actions.undo(user, running.event.seq)
    row = Sprint.objects.get(pk=sprint.pk)
    assert (row.state, row.start, row.started_at) == (SprintState.PLANNED, None, None)


def test_a_running_sprint_is_not_started_again(user, running):
    assert refused(actions.start_sprint, user, running.pk) == ["Sprint 1 is already running."]


def test_a_sprint_that_ended_is_not_started(user, past_sprint):
    reason = "Sprint 0 has ended. Change its end date to start it."
    assert refused(actions.start_sprint, user, past_sprint.pk) == [reason]


def test_closing_moves_each_leftover_to_its_own_place(closed, tasks, next_sprint):
    assert closed.state == SprintState.CLOSED
    assert places(*tasks) == [
        (closed.pk, Column.DONE, 0),
        (None, Column.BACKLOG, 1),
        (next_sprint.pk, Column.ACTIVE, 1),
        None,
    ]


def test_leftovers_keep_their_order_and_come_first_in_the_backlog(user, running, add):
    waiting, *leftovers = add("Waiting"), add("a", running), add("b", running), add("c", running)
    actions.close_sprint(user, running.pk, outcome="met", others="backlog")
    assert list(Task.objects.in_column(None, Status.TODO)) == [*leftovers, waiting]


def test_choices_for_tasks_that_were_done_meanwhile_are_ignored(user, running, tasks):
    actions.close_sprint(user, running.pk, outcome="met", choices={tasks[0].pk: "dropped"}, others="backlog")
    assert places(tasks[0]) == [(running.pk, Column.DONE, 0)]


def test_each_leftover_needs_a_choice(user, running, tasks):
    errors = refused(actions.close_sprint, user, running.pk, outcome="met", choices={tasks[1].pk: "backlog"})
    assert errors == {f"task-{task.pk}": ["Choose what happens to this task."] for task in tasks[2:]}


def test_a_leftover_is_not_sent_to_a_sprint_that_closed_meanwhile(user, running, tasks, closed_sprint):
    choices = {tasks[1].pk: closed_sprint.pk}
    errors = refused(actions.close_sprint, user, running.pk, outcome="met", choices=choices, others="backlog")
    assert errors == {f"task-{tasks[1].pk}": ["This sprint is no longer open. Choose another one."]}


@pytest.mark.parametrize(("wrong", "field"), [({"outcome": "great"}, "outcome"), ({"note": "x" * 2001}, "note")])
def test_the_outcome_and_the_note_are_validated(user, running, wrong, field):
    assert refused(actions.close_sprint, user, running.pk, **{"outcome": "met"} | wrong).keys() == {field}


def test_a_sprint_closes_once(user, closed):
    assert refused(actions.close_sprint, user, closed.pk, outcome="met") == ["Sprint 1 is already closed."]


def test_a_sprint_that_did_not_start_is_not_closed_before_its_end(user, sprint, past_sprint):
    reason = "Sprint 1 has not started, so you can't close it."
    assert refused(actions.close_sprint, user, sprint.pk, outcome="met") == [reason]
    assert actions.close_sprint(user, past_sprint.pk, outcome="met").is_closed


@pytest.fixture
def closed_sprint(user, past_sprint):
    return actions.close_sprint(user, past_sprint.pk, outcome="met")


def test_a_closed_sprint_refuses_every_change_of_its_tasks(user, closed, tasks, next_sprint, add):
    reason = {"sprint": ["Sprint 1 is closed. Reopen it to change its tasks."]}
    done, _, active, _ = tasks
    for refusal in (
        refused(actions.add_task, user, name="New", sprint_id=closed.pk),
        refused(actions.change_task, user, done.pk, name="New"),
        refused(actions.change_task, user, done.pk, order=1),
        refused(actions.change_task, user, active.pk, sprint_id=closed.pk),
        refused(actions.place_task, user, active.pk, actions.Place(closed.pk, Status.TODO)),
        refused(actions.place_task, user, done.pk, actions.Place(closed.pk, Status.TODO)),
        refused(actions.remove_task, user, done.pk),
        refused(actions.undo, user, done.event.seq),
    ):
        assert refusal == reason


def test_a_closed_sprint_refuses_every_change_of_itself(user, closed):
    reason = ["Sprint 1 is closed. Reopen it to change it."]
    renaming = Event.objects.filter(task=None, sprint=closed.pk).first()
    for refusal in (
        refused(actions.change_sprint, user, closed.pk, name="New"),
        refused(actions.remove_sprint, user, closed.pk),
        refused(actions.start_sprint, user, closed.pk),
    ):
        assert refusal == reason
    assert refused(actions.undo, user, renaming.seq)


def test_a_task_deleted_from_a_closed_sprint_is_restored_to_the_backlog(user, running, add):
    task = add("a", running)
    removal = actions.remove_task(user, task.pk)
    actions.close_sprint(user, running.pk, outcome="met")
    assert refused(actions.undo, user, removal.seq).keys() == {"sprint"}
    assert actions.restore_task(user, task.pk).sprint is None


@pytest.mark.parametrize("how", ["reopen_sprint", "undo"])
def test_reopening_puts_everything_back(user, running, tasks, closed, how):
    before = [(running.pk, task.column, 0) for task in tasks]
    orders = {task.pk: task.order for task in tasks}
    if how == "undo":
        actions.undo(user, closed.event.seq)
    else:
        reopened = actions.reopen_sprint(user, closed.pk)
        assert (reopened.sprint.state, reopened.kept) == (SprintState.RUNNING, [])
    assert places(*tasks) == before
    assert dict(Task.objects.values_list("pk", "order")) == orders
    assert not Sprint.objects.get(pk=closed.pk).is_closed


def test_reopening_also_puts_tasks_back_after_the_end_of_the_sprint(user, closed, tasks):
    today = timezone.localdate()
    Sprint.objects.filter(pk=closed.pk).update(start=today - timedelta(9), end=today - timedelta(3))
    assert actions.reopen_sprint(user, closed.pk).kept == []
    assert [place[0] for place in places(*tasks)] == [closed.pk] * 4


def test_reopening_leaves_tasks_that_changed_since_and_says_which(user, closed, tasks, next_sprint):
    _, todo, active, testing = tasks
    actions.change_task(user, active.pk, name="Renamed", status=Status.DONE)
    actions.restore_task(user, testing.pk)
    reopened = actions.reopen_sprint(user, closed.pk)
    assert {(kept.task, kept.name) for kept in reopened.kept} == {(active.pk, "Renamed"), (testing.pk, "Testing")}
    assert {kept.reason for kept in reopened.kept} == {
        "You have since changed it.",
        "You have since restored it.",
    }
    assert places(todo, active) == [(closed.pk, Column.TODO, 0), (next_sprint.pk, Column.DONE, 1)]


def test_a_leftover_that_was_only_renamed_comes_back_with_its_new_name(user, closed, tasks):
    actions.change_task(user, tasks[1].pk, name="Renamed")
    assert actions.reopen_sprint(user, closed.pk).kept == []
    assert Task.objects.get(pk=tasks[1].pk).name == "Renamed"


def test_only_a_closed_sprint_is_reopened(user, running):
    assert refused(actions.reopen_sprint, user, running.pk) == ["Sprint 1 is not closed."]


def test_reopening_is_not_undone_without_choices_for_the_leftovers(user, closed):
    reopened = actions.reopen_sprint(user, closed.pk).sprint
    assert refused(actions.undo, user, reopened.event.seq) == ["To close this sprint again, use “Close sprint”."]


def test_a_task_counts_the_sprints_that_passed_it_on(user, sprint, next_sprint, add):
    task = add("a", actions.start_sprint(user, sprint.pk))
    actions.close_sprint(user, sprint.pk, outcome="met", others=next_sprint.pk)
    actions.start_sprint(user, next_sprint.pk)
    actions.close_sprint(user, next_sprint.pk, outcome="met", others="backlog")
    assert places(task) == [(None, Column.BACKLOG, 2)]
    actions.reopen_sprint(user, next_sprint.pk)
    assert places(task) == [(next_sprint.pk, Column.TODO, 1)]


def test_the_closing_is_published_once(user, running, tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        actions.close_sprint(user, running.pk, outcome="met", others="backlog")
    assert len(callbacks) == 1
