"""The number in the bell: counted for whom, and sent to which pages."""

import pytest

from board.live import batches, notifications
from board.live.bells import COUNT_EVERY
from board.live.consumers import BoardFormat
from board.live.hub import Hub

from .fakes import FakeFormat, client


@pytest.fixture
def hub(store, clock):
    return Hub(store, clock)


@pytest.fixture
async def page(hub, store):
    """A page of user 1 that shows number 5 and 2 unread notifications."""
    store.unread = {1: 2}
    return await open_page(hub)


async def open_page(hub, **fields):
    page = hub.join(client(**fields))
    hub.acknowledge(page, 5)
    await tick(hub)
    return page


async def tick(hub):
    """Take a turn; then each page acknowledges what it got."""
    await hub._tick()
    for one in hub._registry:
        if one.in_flight:
            hub.acknowledge(one, 5)


def numbers(page):
    return [frame["unread"] for frame in page.client.transport.sent if "unread" in frame]


async def test_a_new_page_gets_the_number_with_its_first_frame(page, hub):
    other = await open_page(hub, user=2)
    assert page.client.transport.sent[0]["unread"] == 2
    assert (numbers(page), numbers(other)) == ([2], [0])


async def test_a_notification_is_shown_at_once_and_only_where_the_number_changes(page, hub, store):
    same, other = await open_page(hub, key="phone"), await open_page(hub, user=2)
    store.unread = {1: 3}
    hub._receive_topic(notifications.NOTIFICATION)
    await tick(hub)
    assert (numbers(page), numbers(same), numbers(other)) == ([2, 3], [2, 3], [0])


async def test_what_was_read_is_shown_too(page, hub, store):
    store.unread = {}
    hub._receive_topic(notifications.NOTIFICATION)
    await tick(hub)
    assert numbers(page) == [2, 0]


async def test_a_notification_of_another_process_is_shown(page, hub, store):
    store.unread = {1: 3}
    hub.receive({"process": "other", "topics": [notifications.NOTIFICATION], "rooms": [], "locks": []})
    await tick(hub)
    assert numbers(page) == [2, 3]


async def test_without_a_hint_it_is_shown_within_seconds(page, hub, store, clock):
    store.unread = {1: 3}
    await tick(hub)
    assert numbers(page) == [2]
    clock.advance(COUNT_EVERY)
    await tick(hub)
    assert numbers(page) == [2, 3]


async def test_a_change_of_the_board_counts_nothing(page, hub, store, monkeypatch):
    monkeypatch.setattr(store, "count_unread", pytest.fail)
    store.state = 6, 0
    await tick(hub)
    assert page.client.transport.sent[-1]["seq"] == 6


async def test_programs_get_no_number(hub, store):
    store.unread = {1: 3}
    program = hub.join(client(is_present=False, format=FakeFormat(acknowledges=False)), since=5)
    await tick(hub)
    assert numbers(program) == []


def test_the_label_is_in_the_language_of_the_page():
    assert batches.for_page({"seq": 5, "unread": 1})["bell"] == {"unread": 1, "label": "1 unread notification"}
    assert "2 ungelesene Benachrichtigungen" in BoardFormat("de").serialize({"seq": 5, "unread": 2})[0]
    assert "bell" not in batches.for_page({"seq": 5})
