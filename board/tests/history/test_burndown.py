"""The burndown, day by day, against histories counted by hand."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from board import actions
from board.history import timeline
from board.history.burndown import burndown
from board.models import Sprint, Status

pytestmark = pytest.mark.django_db
WEEK = [0, 1, 2, 3, 4]


def march(day, hour=12):
    return datetime(2027, 3, day, hour, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def at(user):
    """Set the time: `at(3, 17)` is 5 pm on 3 March 2027, in the team's time zone."""
    with pytest.MonkeyPatch.context() as patch:
        yield lambda day, hour=12: patch.setattr("django.utils.timezone.now", lambda: march(day, hour))


@pytest.fixture
def running(at, user):
    """A sprint from Thursday, 4 March to Tuesday, 9 March, with a weekend in it."""
    at(1)
    return actions.add_sprint(user, start=date(2027, 3, 4), end=date(2027, 3, 9))


def chart(sprint, unit="tasks"):
    return burndown(Sprint.objects.get(pk=sprint.pk), timeline.timeline_of(sprint.pk).read(), WEEK, unit)


def numbers(sprint, unit="tasks"):
    """Return {day: (remaining, scope)}, without days to come."""
    return {day.day.day: (day.remaining(unit), day.scope(unit)) for day in chart(sprint, unit).past_days}


def move(user, task, sprint, status=Status.TODO):
    actions.place_task(user, task.pk, actions.Place(sprint and sprint.pk, status))


@pytest.fixture
def history(at, user, running, add):
    """Return the sprint after a history with everything in it."""
    at(2)
    one, two, three = (add(name, running, points=points) for name, points in (("1", 3), ("2", 5), ("3", None)))
    at(4, 9)
    four = add("4", running, points=8)
    at(4, 15)
    move(user, one, running, Status.DONE)
    at(5)
    move(user, two, None)
    actions.change_task(user, three.pk, points=2)
    at(6)
    move(user, one, running, Status.TESTING)
    at(8, 9)
    move(user, two, running)
    actions.remove_task(user, four.pk)
    at(8, 23)
    move(user, one, running, Status.DONE)
    at(9)
    return running


def test_each_day_has_the_numbers_of_its_end(history):
    assert numbers(history) == {4: (3, 4), 5: (2, 3), 6: (3, 3), 7: (3, 3), 8: (2, 3), 9: (2, 3)}
    assert numbers(history, "points") == {
        4: (13, 16),
        5: (10, 13),
        6: (13, 13),
        7: (13, 13),
        8: (7, 10),
        9: (7, 10),
    }


def test_the_line_begins_with_what_was_in_the_sprint_at_its_start(history):
    assert [chart(history, unit).initial for unit in ("tasks", "points")] == [3, 8]


def test_the_ideal_line_is_flat_on_days_off_and_ends_at_nothing(history):
    days = chart(history, "points").days
    assert [round(day.ideal, 9) for day in days] == [6, 4, 4, 4, 2, 0]
    assert [day.is_working_day for day in days] == [True, True, False, False, True, True]


def test_a_sprint_of_days_off_only_has_a_straight_line(at, user):
    at(1)
    weekend = actions.add_sprint(user, start=date(2027, 3, 6), end=date(2027, 3, 7))
    actions.add_task(user, name="a", sprint_id=weekend.pk)
    assert [day.ideal for day in chart(weekend).days] == [0.5, 0]


def test_days_to_come_have_no_numbers_and_today_is_marked(history, at):
    at(6)
    figure = chart(history)
    assert (figure.today, [day.totals is None for day in figure.days]) == (
        date(2027, 3, 6),
        [False] * 3 + [True] * 3,
    )


def test_the_line_ends_with_the_sprint(history, at, user):
    at(20)
    assert list(numbers(history)) == [4, 5, 6, 7, 8, 9]
    assert chart(history).today is None


def test_a_closed_sprint_keeps_its_line(history, at, user):
    actions.close_sprint(user, history.pk, outcome="met", others="backlog")
    before = numbers(history), numbers(history, "points")
    assert before[0][9] == (2, 3)
    at(30)
    actions.change_team(working_days=[6])
    assert (numbers(history), numbers(history, "points")) == before
    assert [day.is_working_day for day in chart(history).days][:3] == [True, True, False]
    timeline.timeline_of.cache_clear()
    assert (numbers(history), numbers(history, "points")) == before


def test_a_sprint_that_closes_early_has_no_later_numbers(running, at, user, add):
    at(4)
    add("a", running)
    at(5)
    actions.close_sprint(user, running.pk, outcome="met", others="backlog")
    at(8)
    assert numbers(running) == {4: (1, 1), 5: (1, 1)}


def test_closing_and_reopening_leaves_no_trace(history, at, user):
    actions.close_sprint(user, history.pk, outcome="met", others="backlog")
    actions.reopen_sprint(user, history.pk)
    assert numbers(history)[9] == (2, 3)


def test_days_are_split_at_midnight_of_the_teams_time_zone(running, at, user, add, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    at(4, 0)
    add("first hour of Thursday", running)
    at(4, 23)
    add("last hour of Thursday", running)
    at(5)
    assert numbers(running) == {4: (2, 2), 5: (2, 2)}


def test_each_day_has_a_cumulative_flow(history):
    flow = [day.counts("tasks") for day in chart(history).days]
    assert flow == [(3, 0, 0, 1), (2, 0, 0, 1), (2, 0, 1, 0), (2, 0, 1, 0), (2, 0, 0, 1), (2, 0, 0, 1)]


def test_a_sprint_without_a_start_begins_with_the_tasks_of_its_first_day(at, user, add):
    at(3, 9)
    sprint = actions.add_sprint(user, end=date(2027, 3, 5))
    add("a", sprint)
    at(4)
    add("b", sprint)
    assert (chart(sprint).initial, numbers(sprint)) == (1, {3: (1, 1), 4: (2, 2)})


def test_a_sprint_that_someone_started_begins_at_that_moment(running, at, user, add):
    add("before", running)
    at(2, 10)
    actions.start_sprint(user, running.pk)
    at(2, 11)
    add("after", running)
    assert (chart(running).initial, numbers(running)) == (1, {2: (2, 2)})


def test_what_others_read_before_is_continued(running, at, user, add):
    """A task is renamed and estimated outside of the sprint, between two readings."""
    at(4)
    task = add("a", running, points=1)
    assert numbers(running, "points") == {4: (1, 1)}
    at(5)
    move(user, task, None)
    actions.change_task(user, task.pk, points=5, name="b")
    assert numbers(running, "points")[5] == (0, 0)
    at(6)
    move(user, task, running)
    assert numbers(running, "points")[6] == (5, 5)
    assert timeline.timeline_of(running.pk).read().members[task.pk].name == "b"


def test_it_counts_in_points_if_most_tasks_have_some(running, add, at):
    at(4)
    add("a", running)
    assert chart(running, None).unit == "tasks"
    add("b", running, points=3)
    add("c", running, points=0)
    assert chart(running, None).unit == "points"


def test_a_sprint_of_centuries_has_few_days_but_always_today_and_the_end(at, user, add):
    at(1)
    sprint = actions.add_sprint(user, end=date(2999, 12, 31))
    add("a", sprint)
    at(3)
    figure = chart(sprint)
    assert len(figure.days) < 500
    assert [day.day for day in figure.past_days] == [date(2027, 3, 1), date(2027, 3, 3)]
    assert (figure.days[-1].day, figure.days[-1].ideal, figure.today) == (sprint.end, 0, date(2027, 3, 3))
