"""Who is on which board, from the connections of this process and the reports of the others."""

import pytest

from board.live.locks import CardLocks
from board.live.presence import PEOPLE_SHOWN, REMOTE_ROOM_LASTS, Presence

from .fakes import connection


@pytest.fixture
def locks(clock):
    return CardLocks(clock, lambda *change: None)


@pytest.fixture
def presence(clock, locks):
    return Presence(clock, locks)


def people(presence, board=1):
    return [person["id"] for person in presence.rooms[board]["people"]]


def person(user):
    return {"id": user, "name": f"User {user}"}


def report(board, *users, **holders):
    people = [person(user) for user in users]
    return {"board": board, "people": people, "holders": {task: person(user) for task, user in holders.items()}}


def test_a_room_lists_each_person_once_in_order(presence, clock):
    for user in (3, 1, 3):
        presence.join(connection(clock, user=user))
    assert presence.refresh()
    assert people(presence) == [1, 3]


def test_programs_are_not_listed_but_have_a_room(presence, clock):
    presence.join(connection(clock, is_present=False))
    presence.refresh()
    assert people(presence) == []


def test_a_room_in_which_nothing_changed_stays_the_same_object(presence, clock):
    presence.join(connection(clock))
    presence.refresh()
    room = presence.rooms[1]
    presence.join(connection(clock))
    assert not presence.refresh()
    assert presence.rooms[1] is room


def test_an_empty_board_has_no_room(presence, clock):
    first, second = connection(clock), connection(clock)
    presence.join(first)
    presence.join(second)
    presence.refresh()
    presence.leave(first)
    assert not presence.refresh()
    presence.leave(second)
    presence.leave(second)
    assert presence.refresh()
    assert presence.rooms == {}


def test_a_room_shows_the_holders_of_locks(presence, clock, locks):
    ana = connection(clock)
    presence.join(ana)
    presence.refresh()
    locks.acquire(ana, 7)
    assert presence.refresh()
    assert presence.rooms[1]["held"] == {"7": "User 1"}
    assert presence.rooms[1]["holders"] == {"7": 1}


def test_a_room_shows_the_people_and_locks_of_other_processes(presence, clock):
    presence.join(connection(clock))
    presence.receive("other", [report(1, 2, **{"9": 2}), report(2, 3)])
    presence.refresh()
    assert people(presence) == [1, 2]
    assert presence.rooms[1]["held"] == {"9": "User 2"}
    assert 2 not in presence.rooms, "nobody here shows it"


def test_a_remote_room_expires_unless_it_is_reported_again(presence, clock):
    presence.join(connection(clock))
    presence.receive("other", [report(1, 2)])
    clock.advance(REMOTE_ROOM_LASTS - 1)
    presence.receive("other", [report(1, 3)])
    clock.advance(REMOTE_ROOM_LASTS - 1)
    presence.refresh()
    assert people(presence) == [1, 3]
    clock.advance(1)
    assert presence.refresh()
    assert people(presence) == [1]


def test_a_full_room_counts_the_people_who_are_not_listed(presence, clock):
    for user in range(PEOPLE_SHOWN + 3):
        presence.join(connection(clock, user=user))
    presence.refresh()
    assert (len(people(presence)), presence.rooms[1]["more"]) == (PEOPLE_SHOWN, 3)


def test_an_empty_board_is_reported_once(presence, clock):
    ana = connection(clock)
    presence.join(ana)
    assert [(room["board"], len(room["people"])) for room in presence.report()] == [(1, 1)]
    presence.leave(ana)
    assert [(room["board"], len(room["people"])) for room in presence.report()] == [(1, 0)]
    assert presence.report() == []
