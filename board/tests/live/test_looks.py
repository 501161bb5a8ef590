"""What counts as seen: what a page shows that is not hidden, when it is hidden or closed, and once a minute."""

import asyncio

import pytest
from django.utils import timezone

from board.actions import Look
from board.live.hub import Hub
from board.live.looks import SAVE_EVERY

from .fakes import FakeFormat, client

ME, BOARD = 1, 7


@pytest.fixture
def hub(store, clock):
    return Hub(store, clock)


@pytest.fixture
def page(hub):
    """A page that shows number 5."""
    page = hub.join(client(board=BOARD, user=ME))
    hub.acknowledge(page, 5)
    return page


async def saved(hub, store):
    """Return what was saved since the last call."""
    await hub._looks.flush()
    looks, store.looks = store.looks, []
    return [look for saved in looks for look in saved]


async def test_a_page_that_is_closed_or_hidden_has_been_seen(hub, store, page):
    hub.set_hidden(page, True)
    assert await saved(hub, store) == [(ME, BOARD, 5)]
    hub.set_hidden(page, False)
    hub.leave(page)
    assert await saved(hub, store) == [(ME, BOARD, 5)]


async def test_a_hidden_page_has_been_seen_by_nobody_whatever_it_shows(hub, store, clock, page):
    hub.set_hidden(page, True)
    await saved(hub, store)
    hub.acknowledge(page, 9)
    clock.advance(SAVE_EVERY)
    hub.set_hidden(page, True)
    hub.leave(page)
    assert await saved(hub, store) == []


async def test_a_page_that_was_hidden_from_the_start_has_been_seen_by_nobody(hub, store):
    page = hub.join(client(board=BOARD))
    hub.set_hidden(page, True)
    hub.acknowledge(page, 5)
    hub.leave(page)
    assert await saved(hub, store) == []


async def test_what_was_not_acknowledged_has_not_been_seen(hub, store, page):
    page.mark_sent({"seq": 9}, None)
    hub.leave(page)
    hub.leave(hub.join(client(board=BOARD)))
    assert await saved(hub, store) == [(ME, BOARD, 5)]


async def test_pages_that_are_shown_are_saved_once_a_minute(hub, store, clock, page):
    clock.advance(SAVE_EVERY - 1)
    assert await saved(hub, store) == []
    clock.advance(1)
    assert await saved(hub, store) == [(ME, BOARD, 5)]
    assert await saved(hub, store) == []


async def test_a_page_without_a_socket_is_saved_with_the_others(hub, store):
    hub.start()
    await asyncio.to_thread(hub.see, Look(ME, BOARD, 5, timezone.now()))
    await asyncio.sleep(0)
    await hub.stop()
    assert await saved(hub, store) == [(ME, BOARD, 5)]


async def test_the_hub_saves_by_itself_what_a_page_showed(hub, store):
    hub.start()
    page = hub.join(client(board=BOARD, user=ME))
    hub.acknowledge(page, 5)
    hub.leave(page)
    while not store.looks:
        await asyncio.sleep(0)
    await hub.stop()
    assert store.looks == [[(ME, BOARD, 5)]]


async def test_a_program_sees_nothing(hub, store, clock):
    program = hub.join(client(is_present=False, format=FakeFormat(acknowledges=False)), since=5)
    clock.advance(SAVE_EVERY)
    hub.leave(program)
    assert await saved(hub, store) == []


async def test_a_connection_ends_once(hub, store, page):
    hub.leave(page)
    hub.leave(page)
    assert await saved(hub, store) == [(ME, BOARD, 5)]


async def test_a_process_that_stops_saves_what_was_seen(hub, store, page):
    await hub.drain()
    assert store.looks == [[(ME, BOARD, 5)]]
