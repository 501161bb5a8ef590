"""Validation of sprints and tasks."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from board import actions
from board.history import log
from board.models import Event, Sprint, Status, Task

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def refused(action, *args, **kwargs):
    """Return the fields of the error, and check that nothing was saved."""
    rows = list(Task.objects.order_by("pk").values()), list(Sprint.objects.order_by("pk").values())
    newest = log.newest_number()
    with pytest.raises(ValidationError) as caught:
        action(*args, **kwargs)
    assert rows == (list(Task.objects.order_by("pk").values()), list(Sprint.objects.order_by("pk").values()))
    assert log.newest_number() == newest == Event.objects.count()
    return set(caught.value.message_dict)


def test_a_backlog_task_is_not_started(user, add):
    assert refused(actions.change_task, user, add().pk, status=Status.ACTIVE) == {"status"}


def test_removing_only_the_sprint_does_not_make_a_started_task_a_backlog_task(user, sprint, add):
    task = add(sprint=sprint, status=Status.ACTIVE)
    assert refused(actions.change_task, user, task.pk, sprint_id=None) == {"status"}


def test_a_start_date_needs_a_status_beyond_not_started(user, sprint, add):
    assert refused(actions.change_task, user, add(sprint=sprint).pk, started=TODAY()) == {"started"}


def test_a_completion_date_needs_done(user, sprint, add):
    task = add(sprint=sprint, status=Status.TESTING)
    assert refused(actions.change_task, user, task.pk, completed=TODAY()) == {"completed"}


def test_a_completed_task_cannot_change_its_sprint(user, sprint, next_sprint, add):
    task = add(sprint=sprint, status=Status.DONE)
    assert refused(actions.change_task, user, task.pk, sprint_id=next_sprint.pk) == {"sprint"}
    assert refused(actions.place_task, user, task.pk, actions.Place(None, Status.TODO)) == {"sprint"}


def test_a_task_cannot_be_moved_to_a_past_sprint(user, past_sprint, add):
    assert refused(actions.add_task, user, name="Late", sprint_id=past_sprint.pk) == {"sprint"}
    assert refused(actions.change_task, user, add().pk, sprint_id=past_sprint.pk) == {"sprint"}


def test_a_task_in_a_past_sprint_can_still_be_finished(user, past_sprint, add):
    task = add()
    Task.objects.filter(pk=task.pk).update(sprint=past_sprint)
    assert actions.change_task(user, task.pk, status=Status.DONE).completed == TODAY()


def test_a_task_needs_a_name_of_at_most_100_characters(user):
    assert refused(actions.add_task, user, name="") == {"name"}
    assert refused(actions.add_task, user, name="x" * 256) == {"name"}


def test_an_unknown_status_or_sprint_is_refused(user, sprint, add):
    task = add(sprint=sprint)
    assert refused(actions.change_task, user, task.pk, status=7) == {"status"}
    assert refused(actions.change_task, user, task.pk, sprint_id=sprint.pk + 99) == {"sprint"}


def test_entering_work_dates_the_start_and_going_back_clears_it(user, sprint, add):
    task = add(sprint=sprint)
    assert actions.change_task(user, task.pk, status=Status.ACTIVE).started == TODAY()
    assert actions.change_task(user, task.pk, status=Status.TODO).started is None


def test_finishing_dates_the_completion_and_reopening_clears_it(user, sprint, add):
    task = add(sprint=sprint)
    done = actions.change_task(user, task.pk, status=Status.DONE)
    assert (done.started, done.completed) == (TODAY(), TODAY())
    reopened = actions.change_task(user, task.pk, status=Status.TESTING)
    assert (reopened.started, reopened.completed) == (TODAY(), None)


def test_the_start_date_survives_later_moves(user, sprint, add):
    begun = TODAY() - timedelta(days=3)
    task = add(sprint=sprint, status=Status.ACTIVE, started=begun)
    assert actions.change_task(user, task.pk, status=Status.TESTING).started == begun


def test_back_in_the_backlog_a_task_is_not_started(user, sprint, add):
    task = add(sprint=sprint, status=Status.TESTING)
    moved = actions.place_task(user, task.pk, actions.Place(None, Status.TESTING))
    assert (moved.sprint_id, moved.status, moved.started) == (None, Status.TODO, None)


def test_the_end_of_a_sprint_cannot_be_in_the_past(user, sprint):
    yesterday = TODAY() - timedelta(days=1)
    assert refused(actions.add_sprint, user, end=yesterday) == {"end"}
    assert refused(actions.change_sprint, user, sprint.pk, end=yesterday) == {"end"}


def test_a_past_sprint_can_still_be_renamed(user, past_sprint):
    assert actions.change_sprint(user, past_sprint.pk, name="The one before").name == "The one before"


def test_no_two_sprints_end_on_one_day(user, sprint):
    assert refused(actions.add_sprint, user, end=sprint.end) == {"end"}


def test_a_sprint_with_tasks_is_not_removed(user, sprint, add):
    add(sprint=sprint)
    assert refused(actions.remove_sprint, user, sprint.pk) == {"tasks"}


def test_an_empty_sprint_is_removed(user, sprint):
    actions.remove_sprint(user, sprint.pk)
    assert not Sprint.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"sprint": None, "status": Status.ACTIVE},
        {"status": Status.TODO, "started": "2026-01-01"},
        {"status": Status.ACTIVE, "completed": "2026-01-01"},
        {"status": 9},
    ],
)
def test_database_constraints_reject_invalid_tasks(sprint, add, wrong):
    task = add(sprint=sprint)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**wrong)


def test_a_change_for_another_version_is_refused_and_changes_nothing(user, sprint, add):
    task = add(sprint=sprint)
    actions.change_task(user, task.pk, expect=task.version, name="Mine")
    for outdated in (
        lambda: actions.change_task(user, task.pk, expect=task.version, name="Late"),
        lambda: actions.place_task(user, task.pk, actions.Place(sprint.pk, Status.DONE), expect=task.version),
        lambda: actions.remove_task(user, task.pk, expect=task.version),
        lambda: actions.change_sprint(user, sprint.pk, expect=sprint.version + 1, name="Late"),
        lambda: actions.remove_sprint(user, sprint.pk, expect=sprint.version + 1),
    ):
        newest = log.newest_number()
        with pytest.raises(actions.Outdated) as error:
            outdated()
        assert str(error.value.row) in ("Mine", "Sprint 1")
        assert log.newest_number() == newest
