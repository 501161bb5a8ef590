"""The hub: what a connection is sent, and what closes it."""

import asyncio

import pytest
from channels.layers import InMemoryChannelLayer
from django.db import OperationalError

from board.live import hub as hub_module
from board.live import notifications
from board.live.connection import ACKNOWLEDGE_WITHIN
from board.live.hub import GIVE_WAY, LOG_IN, RESTARTING, Hub
from board.live.locks import LOCK_LASTS
from board.live.poller import CHECK_SESSIONS_EVERY
from board.live.registry import CONNECTIONS_PER_LOGIN
from board.live.relay import GROUP
from board.live.sender import TRY_LATER

from .fakes import FakeFormat, FakeTransport, Revoked, client


@pytest.fixture
def hub(store, clock):
    """A hub that ticks only when called."""
    return Hub(store, clock)


@pytest.fixture
async def running_hub(hub):
    """A hub whose loop runs, and that polls only when something happens."""
    hub._loop.every = 60
    hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
def revoked():
    return Revoked()


@pytest.fixture
async def page(hub, revoked):
    """A page that shows number 5, the newest one, and the room of its board."""
    page = hub.join(client(find_revoked=revoked))
    hub.acknowledge(page, 5)
    await hub._tick()
    hub.acknowledge(page, 5)
    sent(page).clear()
    return page


@pytest.fixture
def program(hub):
    """An API client that shows number 5 and does not acknowledge."""
    return hub.join(client(user=2, key=None, is_present=False, format=FakeFormat(acknowledges=False)), since=5)


def sent(connection):
    return connection.client.transport.sent


def closed(connection):
    return connection.client.transport.closed


# Catch-up


async def test_a_page_catches_up_from_the_number_it_shows(hub):
    page = hub.join(client())
    await hub._tick()
    assert sent(page) == [], "it has not said what it shows"
    hub.acknowledge(page, 2)
    await hub._tick()
    assert [(frame["seq"], frame["cards"]) for frame in sent(page)] == [(5, "2 to 5")]
    assert sent(page)[0]["room"]["people"] == [page.client.person]


async def test_a_page_that_is_far_behind_catches_up_step_by_step(hub):
    class Steps(FakeFormat):
        def render(self, board, since, state):
            return {"seq": min(since + 2, state[0])}

    page = hub.join(client(format=Steps()))
    hub.acknowledge(page, 0)
    for _ in range(3):
        await hub._tick()
        hub.acknowledge(page, sent(page)[-1]["seq"])
    assert [frame["seq"] for frame in sent(page)] == [2, 4, 5]


async def test_a_page_can_be_reset(hub):
    class Resets(FakeFormat):
        def render(self, board, since, state):
            return {"reset": True}

    page = hub.join(client(format=Resets()))
    hub.acknowledge(page, 99)
    await hub._tick()
    assert sent(page)[0]["reset"] is True


async def test_a_program_that_joins_with_a_number_needs_no_greeting(hub, program, store):
    await hub._tick()
    store.state = 6, 0
    await hub._tick()
    await hub._tick()
    assert [frame.get("cards") for frame in sent(program)] == [None, "5 to 6"]


async def test_changes_made_while_a_frame_is_in_flight_are_sent_together(hub, page, store):
    store.state = 6, 0
    await hub._tick()
    store.state = 9, 0
    await hub._tick()
    assert [frame["cards"] for frame in sent(page)] == ["5 to 6"]
    hub.acknowledge(page, 6)
    await hub._tick()
    assert [frame["cards"] for frame in sent(page)] == ["5 to 6", "6 to 9"]


async def test_a_page_that_acknowledges_while_the_hub_polls_gets_the_change_at_once(running_hub, store):
    """It was not polled for, and its number was the newest when it acknowledged."""
    hub = running_hub
    transport = FakeTransport()
    page = hub.join(client(transport=transport))
    hub.acknowledge(page, 5)
    await until(lambda: transport.sent)
    loop, read_state = asyncio.get_running_loop(), store.read_state

    def read_while_it_acknowledges():
        store.read_state = read_state
        asyncio.run_coroutine_threadsafe(acknowledge(), loop).result()
        store.state = 6, 0
        return store.state

    async def acknowledge():
        hub.acknowledge(page, 5)

    store.read_state = read_while_it_acknowledges
    notifications.publish(notifications.CHANGE)
    await until(lambda: len(transport.sent) == 2)
    assert transport.sent[1]["cards"] == "5 to 6"


async def test_a_page_that_leaves_while_the_hub_polls_gets_nothing(hub, page, store):
    read_state = store.read_state

    def read_while_it_leaves():
        hub.leave(page)
        return read_state()

    store.read_state, store.state = read_while_it_leaves, (6, 0)
    assert await hub._tick() == 0
    assert sent(page) == []


async def until(is_so):
    """Run the event loop until a condition is true."""
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0)


# Waking the hub


async def test_only_an_acknowledgement_that_leaves_something_to_send_wakes_the_hub(hub, page, store):
    def is_woken_by(seq):
        hub._loop._wake.clear()
        hub.acknowledge(page, seq)
        return hub._loop._wake.is_set()

    page.mark_sent(None, page.room_shown)
    assert not is_woken_by(5)
    assert is_woken_by(5), "a question"
    page.mark_sent(None, page.room_shown)
    assert is_woken_by(4), "it is behind"
    page.mark_sent(None, None)
    assert is_woken_by(5), "it shows another room"


async def test_a_notification_wakes_the_hub(running_hub, store):
    hub = running_hub
    page = hub.join(client())
    hub.acknowledge(page, 5)
    await until(lambda: sent(page))
    hub.acknowledge(page, 5)
    store.state = 6, 0
    notifications.publish(notifications.CHANGE)
    await until(lambda: len(sent(page)) == 2)


@pytest.mark.parametrize("error", [OperationalError("away"), RuntimeError("a bug")])
async def test_the_hub_continues_after_an_error(hub, store, caplog, error):
    hub._loop.every = 0.001
    hub.start()
    store.error = error
    page = hub.join(client(), since=2)
    await until(lambda: sent(page))
    await hub.stop()
    assert str(error) in caplog.text


# Closing connections


async def test_a_page_that_does_not_acknowledge_is_closed(hub, page, store, clock):
    store.state = 6, 0
    await hub._tick()
    clock.advance(ACKNOWLEDGE_WITHIN + 1)
    await hub._tick()
    assert closed(page) == [TRY_LATER]


async def test_an_up_to_date_page_is_not_silent(hub, page, clock):
    clock.advance(ACKNOWLEDGE_WITHIN - 1)
    await hub._tick()
    assert closed(page) == []


async def test_a_revoked_session_is_closed_before_anything_is_sent(hub, page, program, store, revoked):
    revoked.add(page.client.credential)
    store.state = 6, 0
    hub._receive_topic(notifications.REVOKE)
    await hub._tick()
    assert (closed(page), sent(page)) == ([LOG_IN], [])
    assert closed(program) == []


async def test_a_revocation_without_notification_is_found_within_seconds(hub, page, clock, revoked):
    revoked.add(page.client.credential)
    await hub._tick()
    assert closed(page) == []
    clock.advance(CHECK_SESSIONS_EVERY)
    await hub._tick()
    assert closed(page) == [LOG_IN]


async def test_the_eleventh_connection_of_a_login_is_refused_or_takes_the_place_of_a_hidden_one(hub):
    pages = [hub.join(client()) for _ in range(CONNECTIONS_PER_LOGIN)]
    refused = hub.join(client())
    assert closed(refused) == [TRY_LATER]
    pages[3].set_hidden(True)
    another = hub.join(client())
    assert (closed(pages[3]), closed(another)) == ([GIVE_WAY], [])


# Locks and people


async def test_a_lock_is_in_the_room_and_sent_to_api_clients(hub, page, program):
    await hub._tick()
    sent(program).clear()
    assert hub.acquire_lock(page, 7)
    await hub._tick()
    assert sent(page)[-1]["room"]["held"] == {"7": "User 1"}
    assert sent(program)[0] == (7, "dragstart")


async def test_a_lock_is_not_sent_to_its_holder_or_to_another_board(hub, program):
    elsewhere = hub.join(client(board=2, format=FakeFormat(acknowledges=False)), since=5)
    hub.acquire_lock(program, 7)
    hub.release_lock(program, 7, "drop")
    assert (sent(program), sent(elsewhere)) == ([], [])


async def test_a_lock_ends_with_its_connection(hub, page, program):
    hub.acquire_lock(page, 7)
    hub.leave(page)
    assert sent(program) == [(7, "dragstart"), (7, "dragend")]


async def test_a_lock_that_is_not_renewed_ends_at_the_next_tick(hub, page, program, clock):
    hub.acquire_lock(program, 7)
    clock.advance(LOCK_LASTS + 1)
    await hub._tick()
    assert hub.acquire_lock(page, 7)


async def test_changes_to_accounts_are_sent_to_api_clients(hub, page, program, store):
    await hub._tick()
    sent(program).clear()
    store.state, store.people = (5, 1), {9: "Nova"}
    await hub._tick()
    assert sent(program) == [("add", "Nova")]
    assert sent(page) == []


# Several processes


async def test_a_message_from_another_process_is_handled(hub, page, program, revoked):
    revoked.add(page.client.credential)
    rooms = [{"board": 1, "people": [{"id": 8, "name": "Remote"}], "holders": {"7": {"id": 8, "name": "Remote"}}}]
    hub.receive({"process": "other", "topics": ["revoke"], "rooms": rooms, "locks": [(1, 7, "dragstart")]})
    assert sent(program) == [(7, "dragstart")]
    await hub._tick()
    assert closed(page) == [LOG_IN]
    assert sent(program)[-1]["room"]["held"] == {"7": "Remote"}


async def test_two_hubs_exchange_rooms_locks_and_notifications(store, clock, monkeypatch):
    layer = InMemoryChannelLayer()
    monkeypatch.setattr(hub_module, "get_channel_layer", lambda alias: layer)
    one, other = Hub(store, clock), Hub(store, clock)
    for hub in (one, other):
        hub.start()
    await until(lambda: len(layer.groups.get(GROUP, ())) == 2)
    revoked = Revoked()
    page = one.join(client(), since=5)
    program = other.join(client(user=2, find_revoked=revoked, format=FakeFormat(acknowledges=False)), since=5)
    one.acquire_lock(page, 7)
    await until(lambda: any(isinstance(text, dict) and text["room"]["held"] for text in sent(program)))
    assert (7, "dragstart") in sent(program)
    assert [person["id"] for person in sent(program)[-1]["room"]["people"]] == [1, 2]
    revoked.add(program.client.credential)
    one._receive_topic(notifications.REVOKE)
    await until(lambda: closed(program) == [LOG_IN])
    for hub in (one, other):
        await hub.stop()


# Waiting and stopping


async def test_a_request_waits_until_there_is_an_event(hub, store):
    await hub._tick()
    waiting = asyncio.ensure_future(hub.wait_for_event(5, 60))
    await asyncio.sleep(0)
    assert not waiting.done()
    store.state = 6, 0
    await hub._tick()
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(hub.wait_for_event(5, 60), 5)


async def test_a_waiting_request_times_out(hub):
    await asyncio.wait_for(hub.wait_for_event(5, 0.001), 5)


async def test_a_stopping_process_closes_all_connections_and_wakes_all_requests(hub, page, program):
    waiting = asyncio.ensure_future(hub.wait_for_event(5, 60))
    await asyncio.sleep(0)
    await hub.drain()
    await asyncio.wait_for(waiting, 5)
    assert (closed(page), closed(program)) == ([RESTARTING], [RESTARTING])
    late = hub.join(client())
    assert closed(late) == [RESTARTING]
    assert await hub._tick() == 0
    await asyncio.wait_for(hub.wait_for_event(5, 60), 5)


async def test_a_hub_can_be_restarted(running_hub):
    tasks = running_hub._loop._tasks
    running_hub.start()
    assert running_hub._loop._tasks is tasks
    await running_hub.stop()
    running_hub.start()
    page = running_hub.join(client(), since=2)
    await until(lambda: sent(page))
