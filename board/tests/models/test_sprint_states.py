"""The life cycle of sprints, derived from their dates."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.models import Sprint, SprintState

pytestmark = pytest.mark.django_db


def day(days):
    return timezone.localdate() + timedelta(days)


def make(end, start=None, started=False, closed=False):
    """Return a sprint with dates in days from today, whatever the actions would say to them."""
    now = timezone.now()
    return Sprint.objects.create(
        end=day(end),
        start=None if start is None else day(start),
        started_at=now if started else None,
        closed_at=now if closed else None,
        version=1,
    )


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({"end": 5}, SprintState.PLANNED),
        ({"end": 5, "start": 1}, SprintState.PLANNED),
        ({"end": 5, "start": 0}, SprintState.RUNNING),
        ({"end": 5, "start": 1, "started": True}, SprintState.RUNNING),
        ({"end": -5, "start": -9}, SprintState.RUNNING),
        ({"end": -5}, SprintState.PLANNED),
        ({"end": 5, "start": 0, "closed": True}, SprintState.CLOSED),
        ({"end": 5, "closed": True}, SprintState.CLOSED),
    ],
)
def test_the_state_follows_from_the_dates(dates, state):
    sprint = make(**dates)
    assert sprint.state == state
    assert [other for other in SprintState if sprint in Sprint.objects.in_state(other)] == [state]


@pytest.mark.parametrize(
    ("dates", "lists"),
    [
        ({"end": 0}, {"current", "planned", "open"}),
        ({"end": 0, "start": -9}, {"current", "running", "open"}),
        ({"end": -1, "start": -9}, {"current", "waiting_to_be_closed"}),
        ({"end": -90, "started": True}, {"current", "waiting_to_be_closed"}),
        ({"end": -6}, {"current", "waiting_to_be_closed"}),
        ({"end": -7}, {"past"}),
        ({"end": -1, "start": -9, "closed": True}, {"past"}),
        ({"end": 5, "closed": True}, {"past"}),
    ],
)
def test_each_sprint_is_in_one_list_of_home(dates, lists):
    sprint = make(**dates)
    names = ("current", "running", "waiting_to_be_closed", "planned", "past", "open")
    assert {name for name in names if sprint in getattr(Sprint.objects, name)()} == lists
    assert sprint.is_waiting_to_be_closed == ("waiting_to_be_closed" in lists)


def test_a_sprint_does_not_start_after_its_end(user):
    with pytest.raises(ValidationError) as error:
        actions.add_sprint(user, start=day(3), end=day(2))
    assert error.value.message_dict == {"start": ["The start date can't be after the end date."]}
    sprint = actions.add_sprint(user, start=day(2), end=day(2))
    with pytest.raises(ValidationError, match="start"):
        actions.change_sprint(user, sprint.pk, start=day(3))


def test_overlapping_sprints_share_a_day():
    first, second, old = make(start=1, end=7), make(start=8, end=14), make(end=20)
    assert list(Sprint.objects.overlapping(day(7), day(8))) == [first, second]
    assert list(Sprint.objects.overlapping(day(15), day(19))) == []
    assert list(Sprint.objects.overlapping(None, day(20))) == [old]


def test_sprints_count_tasks_and_points(user, sprint, next_sprint, add):
    add("a", sprint, points=5)
    add("b", sprint, 4, points=3)
    add("c", sprint)
    counts = Sprint.objects.with_counts().order_by("pk")
    assert list(counts.values_list("task_count", "done_count", "points", "done_points")) == [
        (3, 1, 8, 3),
        (0, 0, 0, 0),
    ]
