"""Locks of cards: one holder, renewal, and expiry."""

import pytest

from board.live.locks import LOCK_LASTS, CardLocks

from .fakes import connection


@pytest.fixture
def observed():
    """The (holder, task id, action) that the observer received."""
    return []


@pytest.fixture
def locks(clock, observed):
    return CardLocks(clock, lambda *change: observed.append(change))


@pytest.fixture
def ana(clock):
    return connection(clock, user=1)


@pytest.fixture
def ben(clock):
    return connection(clock, user=2)


def holders(locks, board):
    return {task: person["id"] for task, person in locks.holders_on(board).items()}


def test_a_card_has_one_holder(locks, ana, ben, observed):
    assert locks.acquire(ana, 7)
    assert not locks.acquire(ben, 7)
    assert holders(locks, 1) == {"7": 1}
    assert observed == [(ana, 7, "dragstart")]


def test_a_released_lock_can_be_acquired_by_another(locks, ana, ben, observed):
    locks.acquire(ana, 7)
    locks.release(ana, 7, "drop")
    assert locks.acquire(ben, 7)
    assert observed == [(ana, 7, "dragstart"), (ana, 7, "drop"), (ben, 7, "dragstart")]


def test_only_the_holder_releases_a_lock(locks, ana, ben, observed):
    locks.acquire(ana, 7)
    locks.release(ben, 7)
    locks.release(ana, 8)
    assert holders(locks, 1) == {"7": 1}
    assert len(observed) == 1


def test_a_lock_that_is_not_renewed_expires(locks, ana, clock, observed):
    locks.acquire(ana, 7)
    clock.advance(LOCK_LASTS)
    locks.expire()
    assert holders(locks, 1) == {"7": 1}
    clock.advance(0.1)
    locks.expire()
    assert holders(locks, 1) == {}
    assert observed[-1] == (ana, 7, "dragend")


def test_a_renewed_lock_lasts_and_is_reported_once(locks, ana, clock, observed):
    locks.acquire(ana, 7)
    clock.advance(LOCK_LASTS - 1)
    assert locks.acquire(ana, 7)
    clock.advance(LOCK_LASTS - 1)
    locks.expire()
    assert holders(locks, 1) == {"7": 1}
    assert observed == [(ana, 7, "dragstart")]


def test_a_leaving_connection_releases_its_locks(locks, ana, ben, observed):
    locks.acquire(ana, 7)
    locks.acquire(ana, 8)
    locks.acquire(ben, 9)
    locks.release_all(ana)
    assert holders(locks, 1) == {"9": 2}
    assert observed[-2:] == [(ana, 7, "dragend"), (ana, 8, "dragend")]


def test_a_board_shows_its_own_locks(locks, ana, clock):
    elsewhere = connection(clock, user=3, board=2)
    locks.acquire(ana, 7)
    locks.acquire(elsewhere, 7)
    assert (holders(locks, 1), holders(locks, 2)) == ({"7": 1}, {"7": 3})
