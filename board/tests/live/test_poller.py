"""The poller queries the database once for all connections."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError

from board.live.connection import Credential, Place
from board.live.poller import CHECK_SESSIONS_EVERY, Poller, compare_people
from board.live.store import with_connection

from .fakes import FakeFormat, Revoked, connection


@pytest.fixture
def poller(store, clock):
    return Poller(store, clock)


def user(pk, name="ana", is_active=True):
    return SimpleNamespace(
        pk=pk, is_active=is_active, get_username=lambda: name, get_full_name=lambda: name.title()
    )


async def test_a_place_gets_the_changes_since_its_number(poller, store):
    pages = FakeFormat()
    state, frames = await poller.poll({Place(pages, 7, 3)})
    assert state == store.state
    assert frames == {(pages, 7, 3): {"seq": 5, "cards": "3 to 5"}}


async def test_a_place_at_the_newest_number_gets_no_frame(poller):
    pages = FakeFormat()
    assert (await poller.poll({Place(pages, 7, 5)}))[1] == {}
    assert pages.rendered == []


async def test_a_frame_is_rendered_once_until_something_changes(poller, store):
    pages = FakeFormat()
    place = Place(pages, 7, 3)
    for _ in range(3):
        await poller.poll({place})
    await poller.poll({place, Place(pages, 7, 4)})
    assert pages.rendered == [(7, 3), (7, 4)]
    store.state = 5, 1
    await poller.poll({place})
    store.state = 6, 1
    await poller.poll({place})
    assert pages.rendered == [(7, 3), (7, 4), (7, 3), (7, 3)]


async def test_a_place_beyond_the_newest_number_is_rendered_for_the_format_to_reset(poller):
    pages = FakeFormat()
    await poller.poll({Place(pages, 7, 99)})
    assert pages.rendered == [(7, 99)]


async def test_the_next_poll_after_an_error_queries_again(poller, store):
    store.error = OperationalError("away")
    with pytest.raises(OperationalError):
        await poller.poll(set())
    assert (await poller.poll(set()))[0] == store.state


def test_a_database_connection_that_failed_is_closed(monkeypatch):
    closed = []
    monkeypatch.setattr("board.live.store.connection", SimpleNamespace(close=lambda: closed.append(True)))

    def fail():
        raise OperationalError("away")

    with pytest.raises(OperationalError):
        with_connection(fail)
    assert closed == [True]
    assert with_connection(divmod, 7, 2) == (3, 1)
    assert closed == [True]


async def test_accounts_are_compared_when_their_count_has_moved(poller, store):
    store.people = {1: user(1)}
    assert await poller.find_people_changes(1) == [], "nothing is known to compare with"
    store.people = {1: user(1), 2: user(2)}
    assert await poller.find_people_changes(1) == [], "the count is the same"
    (change,) = await poller.find_people_changes(2)
    assert (change.action, change.user.pk) == ("add", 2)


def test_only_publicly_visible_changes_to_accounts_are_found():
    before = {pk: user(pk) for pk in (1, 2, 3, 4)}
    now = {1: user(1), 2: user(2, "renamed"), 3: user(3, is_active=False), 5: user(5)}
    assert [(change.action, change.user.pk) for change in compare_people(before, now)] == [
        ("add", 5),
        ("update", 2),
        ("update", 3),
        ("remove", 4),
    ]


async def test_connections_with_a_revoked_credential_are_found(poller, clock):
    sessions, tokens = Revoked(), Revoked()
    first, second = (connection(clock, key=key, find_revoked=sessions) for key in ("a", "b"))
    program = connection(clock, key=9, find_revoked=tokens)
    assert await poller.find_revoked([first, second, program]) == []
    sessions.add(Credential("b", 1, "fingerprint"))
    tokens.add(Credential("a", 1, "fingerprint"))
    assert await poller.find_revoked([first, second, program]) == [second]


async def test_credentials_are_checked_regularly_and_on_request(poller, clock):
    assert not poller.is_check_due()
    clock.advance(CHECK_SESSIONS_EVERY)
    assert poller.is_check_due()
    assert not poller.is_check_requested()
    await poller.find_revoked([])
    assert not poller.is_check_due()
    poller.request_check()
    assert poller.is_check_due()
    assert poller.is_check_requested()
    await poller.find_revoked([])
    assert not poller.is_check_requested()
