"""A connection is a cursor into the log with at most one frame in flight."""

import pytest

from board.live import connection as connections

from .fakes import FakeFormat, connection


@pytest.fixture
def page(clock):
    return connection(clock)


def test_nothing_is_sent_before_the_client_reports_its_number(page):
    assert page.place is None


def test_the_greeting_gives_the_connection_its_place(page):
    page.acknowledge(4)
    assert page.place == (page.client.format, 1, 4)
    assert not page.wants_reply


def test_there_is_no_place_while_a_frame_is_in_flight(page):
    page.acknowledge(4)
    page.mark_sent({"seq": 5}, None)
    assert page.place is None
    page.acknowledge(5)
    assert page.place.cursor == 5


def test_a_frame_moves_the_cursor_only_when_it_is_acknowledged(page):
    page.acknowledge(4)
    page.mark_sent({"seq": 9}, None)
    assert page.cursor == 4
    page.acknowledge(7)
    assert page.cursor == 7


@pytest.mark.parametrize(("frame", "cursor"), [({"seq": 9}, 9), ({"reset": True}, 4), (None, 4)])
def test_without_acknowledgements_the_cursor_follows_what_was_sent(clock, frame, cursor):
    program = connection(clock, format=FakeFormat(acknowledges=False))
    program.acknowledge(4)
    program.mark_sent(frame, None)
    assert program.place.cursor == cursor


def test_a_number_without_a_frame_in_flight_requests_a_reply(page):
    page.acknowledge(4)
    page.acknowledge(4)
    assert page.wants_reply
    page.mark_sent(None, None)
    assert not page.wants_reply


def test_a_client_is_silent_when_it_does_not_acknowledge_in_time(page, clock):
    page.acknowledge(4)
    clock.advance(100)
    assert not page.is_silent(), "nothing is in flight"
    page.mark_sent({"seq": 5}, None)
    clock.advance(connections.ACKNOWLEDGE_WITHIN)
    assert not page.is_silent()
    clock.advance(0.1)
    assert page.is_silent()


def test_a_client_that_never_reports_its_number_is_silent(page, clock):
    clock.advance(connections.ACKNOWLEDGE_WITHIN + 0.1)
    assert page.is_silent()


def test_a_heartbeat_is_due_some_time_after_the_last_frame(page, clock):
    page.mark_sent(None, None)
    clock.advance(connections.HEARTBEAT_EVERY - 0.1)
    assert not page.is_heartbeat_due()
    clock.advance(0.1)
    assert page.is_heartbeat_due()


def test_messages_are_limited_per_second(page, clock):
    limit = connections.MESSAGES_PER_SECOND
    assert not any(page.is_rate_limited() for _ in range(limit))
    assert page.is_rate_limited()
    clock.advance(1)
    assert not page.is_rate_limited()


def test_a_page_is_hidden_since_its_first_report(page, clock):
    page.set_hidden(True)
    since = clock.now
    clock.advance(5)
    page.set_hidden(True)
    assert page.hidden_since == since
    page.set_hidden(False)
    assert page.hidden_since is None
