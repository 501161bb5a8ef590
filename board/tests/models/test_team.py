"""The team's settings, and the rhythm of its sprints."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from board import actions
from board.history import log
from board.models import Sprint, Team
from board.models.rhythm import propose_sprint

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY, THURSDAY = date(2027, 3, 12), date(2027, 3, 15), date(2027, 3, 25)


def test_without_settings_a_week_has_five_working_days():
    team = Team.load()
    assert (team.working_days, team.sprint_length, team.points_scale[-1]) == ([0, 1, 2, 3, 4], 14, 21)
    assert team.next_working_day(FRIDAY) == MONDAY
    assert team.working_days_between(FRIDAY, MONDAY) == 2
    assert team.working_days_between(MONDAY, FRIDAY) == 0
    assert team.working_days_between(FRIDAY, THURSDAY) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"working_days": []},
        {"working_days": [7]},
        {"working_days": [1, 1]},
        {"working_days": "12"},
        {"points_scale": [3, 2]},
        {"points_scale": [True]},
        {"points_scale": [1000]},
        {"sprint_length": 0},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValidationError) as error:
        Team(pk=1, **wrong).full_clean()
    assert error.value.message_dict.keys() == wrong.keys()


def test_points_are_of_the_teams_scale(user, add):
    with pytest.raises(ValidationError) as error:
        add(points=4)
    assert error.value.message_dict == {"points": ["Use one of these numbers: 0, 1, 2, 3, 5, 8, 13, 21."]}
    task = add(points=3)
    Team(pk=1, points_scale=[1, 2, 4]).save()
    assert add(points=4).points == 4
    assert actions.change_task(user, task.pk, name="New").points == 3


def make(end, start=None, name="Sprint 9"):
    Sprint.objects.create(name=name, start=start, end=end, version=1)


def test_the_first_sprint_starts_on_a_working_day_and_has_the_teams_length(today_is):
    today_is(date(2027, 3, 13))
    assert propose_sprint(Team(sprint_length=14)) == ("", MONDAY, date(2027, 3, 26))


def test_the_next_sprint_is_as_long_as_the_last(today_is):
    today_is(date(2027, 3, 1))
    make(start=date(2027, 3, 3), end=FRIDAY)
    assert propose_sprint(Team()) == ("Sprint 10", MONDAY, date(2027, 3, 24))


def test_sprints_without_a_start_follow_each_other(today_is):
    today_is(date(2027, 3, 1))
    make(end=date(2027, 3, 5))
    make(end=FRIDAY)
    assert propose_sprint(Team()) == ("Sprint 10", MONDAY, date(2027, 3, 19))


def test_after_a_break_the_next_sprint_starts_today(today_is):
    today_is(THURSDAY)
    make(start=date(2027, 3, 8), end=FRIDAY, name="Spring")
    assert propose_sprint(Team()) == ("", THURSDAY, date(2027, 3, 29))


def test_changed_settings_are_validated_and_shown_on_open_boards(user):
    people = log.state().people
    assert actions.change_team(name="Ferries", working_days=[0, 1]).name == "Ferries"
    assert (Team.load().working_days, log.state().people) == ([0, 1], people + 1)
    with pytest.raises(ValidationError):
        actions.change_team(working_days=[])
    actions.change_team(sprint_length=7)
    assert (Team.objects.count(), Team.load().name, Team.load().sprint_length) == (1, "Ferries", 7)


def test_a_sprint_at_the_end_of_time_has_no_follower(db):
    make(end=date.max)
    assert propose_sprint(Team()).name == ""
