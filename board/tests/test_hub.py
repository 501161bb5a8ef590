"""What the hub does with changes and acknowledgements that cross."""

import asyncio

import pytest

from board.history import log
from board.live import hub as hub_module
from board.live.hub import Hub, Listener


@pytest.fixture
async def hub(monkeypatch):
    """A hub that looks only when it is told to, and knows of nobody."""
    monkeypatch.setattr(hub_module, "LOOK_EVERY", 60)
    hub = Hub()
    hub._people = 0, {}
    hub.start()
    yield hub
    await hub.stop()


async def test_who_acknowledges_while_the_hub_looks_gets_at_once_what_it_saw(hub, monkeypatch):
    sent = asyncio.Queue()
    listener = Listener(
        board=1,
        person={"id": 1},
        session=None,
        log_in=(),
        ended=None,
        look=None,
        texts=lambda frame: [frame["seq"]],
        send=sent.put,
        close=None,
    )
    loop = asyncio.get_running_loop()

    def look_at_first(places):
        return (1, 0), {}

    def look_meanwhile(places):
        monkeypatch.setattr(hub, "_look", look_again)
        loop.call_soon_threadsafe(hub.hear, listener, 1)
        return (2, 0), {}

    def look_again(places):
        return (2, 0), {place: {"seq": 2} for place in places}

    monkeypatch.setattr(hub, "_look", look_at_first)
    hub.join(listener)
    hub.hear(listener, 1)
    assert await sent.get() == 1
    monkeypatch.setattr(hub, "_look", look_meanwhile)
    hub._rung("changed")
    assert await asyncio.wait_for(sent.get(), 5) == 2


def test_a_frame_is_made_once_for_all_who_come_for_it_until_something_changes(monkeypatch):
    hub, made = Hub(), []

    def look(board, cursor, state):
        made.append((board, cursor, state))
        return {"seq": state[0]}

    def turn(state, *places):
        monkeypatch.setattr(log, "state", lambda: state)
        hub._state, hub._frames = hub._look({(look, *place) for place in places})
        return [hub._frames[look, *place] for place in places]

    assert turn((2, 0), (7, 1)) == turn((2, 0), (7, 1)) == [{"seq": 2}]
    assert made == [(7, 1, (2, 0))]
    turn((2, 0), (7, 0), (7, 1))
    turn((3, 0), (7, 1))
    turn((3, 1), (7, 1))
    assert made == [(7, 1, (2, 0)), (7, 0, (2, 0)), (7, 1, (3, 0)), (7, 1, (3, 1))]


def test_who_is_at_the_newest_number_gets_no_frame(monkeypatch):
    monkeypatch.setattr(log, "state", lambda: (2, 0))
    assert Hub()._look({(None, 7, 2)}) == ((2, 0), {})


# More sockets than a log-in may have


@pytest.fixture
def open_socket(hub, monkeypatch):
    """Let a socket of one log-in into a hub that lets in two: returns it, with `codes` that it was closed with."""
    monkeypatch.setattr(hub_module, "SOCKETS_PER_LOG_IN", 2)

    def open_one():
        codes = []

        async def close(code):
            codes.append(code)

        listener = Listener(
            board=1,
            person={"id": 1},
            session="s",
            log_in=("s", 1, ""),
            ended=None,
            look=None,
            texts=None,
            send=None,
            close=close,
        )
        listener.codes = codes
        hub.join(listener)
        return listener

    return open_one


async def test_the_page_hidden_longest_gives_way_to_another_of_its_log_in(hub, open_socket):
    first, second = open_socket(), open_socket()
    hub.set_hidden(second, True)
    hub.set_hidden(first, True)
    hub.set_hidden(second, True)
    third = open_socket()
    assert (first.codes, second.codes, third.codes) == ([], [hub_module.GIVE_WAY], [])
    assert hub.listeners == {first, third}


async def test_no_page_that_somebody_sees_gives_way(hub, open_socket):
    first, second = open_socket(), open_socket()
    hub.set_hidden(first, True)
    hub.set_hidden(first, False)
    third = open_socket()
    assert (first.codes, second.codes, third.codes) == ([], [], [hub_module.TRY_LATER])
    assert hub.listeners == {first, second}
