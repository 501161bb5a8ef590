"""What people last saw of a board, and how they come to have seen what happened while they were away."""

from datetime import UTC, datetime, timedelta

import pytest

from board import actions
from board.actions import AWAY, Look
from board.models import LastSeen

pytestmark = pytest.mark.django_db

FIVE = datetime(2026, 11, 27, 17, 5, tzinfo=UTC)
MORNING = FIVE + timedelta(hours=16)


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben")


def seen():
    return {(row.person_id, row.board): (row.seq, row.at) for row in LastSeen.objects.all()}


def test_a_look_is_saved_for_each_person_and_board(user, ben):
    actions.record_looks([Look(user.pk, 1, 4, FIVE), Look(user.pk, 0, 5, FIVE), Look(ben.pk, 1, 6, FIVE)])
    assert seen() == {(user.pk, 1): (4, FIVE), (user.pk, 0): (5, FIVE), (ben.pk, 1): (6, FIVE)}


def test_of_several_tabs_the_newest_look_counts(user):
    actions.record_looks([Look(user.pk, 1, 7, FIVE), Look(user.pk, 1, 4, FIVE)])
    assert seen() == {(user.pk, 1): (7, FIVE)}


def test_a_look_within_an_hour_continues_the_last_one(user, sprint, ben, add):
    actions.record_looks([Look(user.pk, sprint.pk, 1, FIVE)])
    actions.change_sprint(ben, sprint.pk, goal="x")
    soon = FIVE + AWAY - timedelta(seconds=1)
    actions.record_looks([Look(user.pk, sprint.pk, 2, soon)])
    assert seen() == {(user.pk, sprint.pk): (2, soon)}


def test_whoever_was_away_has_not_seen_what_others_did_before_they_dismiss_it(user, ben, sprint):
    actions.record_looks([Look(user.pk, sprint.pk, 1, FIVE)])
    actions.change_sprint(ben, sprint.pk, goal="x")
    actions.record_looks([Look(user.pk, sprint.pk, 2, MORNING)])
    assert seen() == {(user.pk, sprint.pk): (1, FIVE)}
    actions.catch_up(Look(user.pk, sprint.pk, 2, MORNING))
    assert seen() == {(user.pk, sprint.pk): (2, MORNING)}


def test_whoever_was_away_and_missed_nothing_goes_on(user, ben, sprint, next_sprint):
    actions.record_looks([Look(user.pk, sprint.pk, 1, FIVE)])
    actions.change_sprint(user, sprint.pk, goal="By myself")
    actions.change_sprint(ben, next_sprint.pk, goal="Elsewhere")
    actions.record_looks([Look(user.pk, sprint.pk, 4, MORNING)])
    assert seen() == {(user.pk, sprint.pk): (4, MORNING)}


def test_looks_are_saved_in_two_statements(user, ben, django_assert_num_queries):
    looks = [Look(person.pk, board, 1, FIVE) for person in (user, ben) for board in range(20)]
    for _ in range(2):
        with django_assert_num_queries(2):
            actions.record_looks(looks)
