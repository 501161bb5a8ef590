"""Each connection gets its next frame, and a slow client does not delay others."""

import asyncio

import pytest

from board.live.connection import HEARTBEAT_EVERY
from board.live.sender import TRY_LATER, Sender

from .fakes import FakeFormat, connection

ROOM = {"people": [], "more": 0, "held": {}, "holders": {}}


class Owner:
    """A fake of the hub's interface to the sender."""

    def __init__(self):
        self.left = []

    def leave(self, one):
        self.left.append(one)


@pytest.fixture
def owner():
    return Owner()


@pytest.fixture
def sender(owner):
    return Sender(owner)


@pytest.fixture
async def page(clock):
    """A page that shows number 4 and the room of its board."""
    page = connection(clock)
    page.acknowledge(4)
    page.room_shown = ROOM
    return page


def sent(one):
    return one.client.transport.sent


async def test_a_connection_gets_the_frame_of_its_place(sender, page):
    assert sender.send_frames([page], {page.place: {"seq": 5}}, {1: ROOM}) == 1
    assert sent(page) == [{"seq": 5}]


async def test_nothing_more_is_sent_before_the_acknowledgement(sender, page):
    frames = {page.place: {"seq": 5}}
    sender.send_frames([page], frames, {1: ROOM})
    assert sender.send_frames([page], frames, {1: ROOM}) == 0
    page.acknowledge(4)
    assert sender.send_frames([page], frames, {1: ROOM}) == 1


async def test_an_up_to_date_connection_gets_nothing(sender, page):
    assert sender.send_frames([page], {}, {1: ROOM}) == 0
    assert sent(page) == []


async def test_a_heartbeat_has_the_current_number(sender, page, clock):
    clock.advance(HEARTBEAT_EVERY)
    sender.send_frames([page], {}, {1: ROOM})
    assert sent(page) == [{"seq": 4}]


async def test_a_request_gets_a_reply_even_without_changes(sender, page):
    page.acknowledge(4)
    sender.send_frames([page], {}, {1: ROOM})
    assert sent(page) == [{"seq": 4}]


async def test_a_room_is_sent_when_it_is_another_object(sender, page):
    other = ROOM | {"more": 1}
    sender.send_frames([page], {}, {1: other})
    page.acknowledge(4)
    sender.send_frames([page], {page.place: {"seq": 5}}, {1: other})
    assert sent(page) == [{"seq": 4, "room": other}, {"seq": 5}]


async def test_a_reset_is_sent_unchanged(sender, page):
    sender.send_frames([page], {page.place: {"reset": True}}, {1: ROOM})
    assert sent(page) == [{"reset": True}]


async def test_a_frame_is_serialized_once_for_all_connections_at_a_place(sender, page, clock):
    others = [connection(clock) for _ in range(3)]
    for other in others:
        other.acknowledge(4)
        other.room_shown = ROOM
    sender.send_frames([page, *others], {page.place: {"seq": 5}}, {1: ROOM})
    assert len({id(sent(one)[0]) for one in (page, *others)}) == 1


async def test_connections_with_other_formats_get_other_frames(sender, clock):
    german, english = FakeFormat(), FakeFormat()
    connections = [connection(clock, format=one) for one in (german, english)]
    for one in connections:
        one.acknowledge(4)
        one.room_shown = ROOM
    frames = {(german, 1, 4): {"seq": 5, "head": "Endet"}, (english, 1, 4): {"seq": 5, "head": "Ends"}}
    sender.send_frames(connections, frames, {1: ROOM})
    assert [sent(one)[0]["head"] for one in connections] == ["Endet", "Ends"]


async def test_a_slow_client_does_not_delay_others(sender, page, clock):
    other = connection(clock)
    page.client.transport.reading.clear()
    sender.send(page, ["a"])
    sender.send(other, ["a"])
    assert (sent(page), sent(other)) == ([], ["a"])
    page.client.transport.reading.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sent(page) == ["a"]


async def test_a_connection_that_is_lost_leaves(sender, page, owner):
    page.client.transport.error = OSError("gone")
    sender.send(page, ["a"])
    assert owner.left == [page]


async def test_nothing_is_sent_where_there_is_no_text(sender, page):
    sender.send(page, [])
    assert sent(page) == []


async def test_a_connection_is_closed_with_its_code(sender, page):
    sender.close(page, TRY_LATER)
    assert page.client.transport.closed == [TRY_LATER]
