"""What the hub does with changes and acknowledgements that cross."""

import asyncio

import pytest

from board import hub as hubs
from board.hub import Hub, Listener


@pytest.fixture
async def hub(monkeypatch):
    """A hub that looks only when it is told to, and knows of nobody."""
    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
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
        return 1, 0, {}

    def look_meanwhile(places):
        monkeypatch.setattr(hubs, "_look", look_again)
        loop.call_soon_threadsafe(hub.hear, listener, 1)
        return 2, 0, {}

    def look_again(places):
        return 2, 0, {place: {"seq": 2} for place in places}

    monkeypatch.setattr(hubs, "_look", look_at_first)
    hub.join(listener)
    hub.hear(listener, 1)
    assert await sent.get() == 1
    monkeypatch.setattr(hubs, "_look", look_meanwhile)
    hub._rung("changed")
    assert await asyncio.wait_for(sent.get(), 5) == 2
