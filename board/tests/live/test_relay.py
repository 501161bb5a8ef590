"""Processes exchange messages, and continue without the channel layer."""

import asyncio
from contextlib import asynccontextmanager

from channels.layers import InMemoryChannelLayer

from board.live import relay as relays
from board.live.relay import GROUP, Relay


class Owner:
    """A fake of the hub's interface to the relay."""

    def __init__(self):
        self.rooms = []
        self.received = asyncio.Queue()

    def receive(self, message):
        self.received.put_nowait(message)

    def report_rooms(self):
        return self.rooms


class BrokenLayer(InMemoryChannelLayer):
    """A channel layer whose next receive and send fail."""

    def __init__(self):
        super().__init__()
        self.failures = {"receive", "send"}

    async def receive(self, channel):
        if "receive" in self.failures:
            self.failures.discard("receive")
            raise OSError("away")
        return await super().receive(channel)

    async def group_send(self, group, message):
        if "send" in self.failures:
            self.failures.discard("send")
            raise OSError("away")
        await super().group_send(group, message)


@asynccontextmanager
async def running(layer):
    """Two relays on a channel layer, each with its owner."""
    owners = Owner(), Owner()
    relays = [Relay(layer, owner) for owner in owners]
    tasks = [asyncio.ensure_future(relay.run()) for relay in relays]
    async with asyncio.timeout(5):
        while len(layer.groups.get(GROUP, ())) < 2:
            await asyncio.sleep(0)
    yield *relays, *owners
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_process_receives_messages_of_others_only():
    async with running(InMemoryChannelLayer()) as (relay, _, own, other):
        own.rooms = [{"board": 1, "people": [], "holders": {}}]
        relay.add_topic("change")
        relay.add_topic("change")
        relay.add_lock(1, 7, "drop")
        message = await asyncio.wait_for(other.received.get(), 5)
        assert message["topics"] == ["change"]
        assert message["rooms"] == own.rooms
        assert [tuple(lock) for lock in message["locks"]] == [(1, 7, "drop")]
        assert own.received.empty()


async def test_nothing_is_sent_when_there_is_nothing_to_report():
    async with running(InMemoryChannelLayer()) as (relay, _, _, other):
        relay.wake()
        for _ in range(10):
            await asyncio.sleep(0)
        assert other.received.empty()


async def test_rooms_are_reported_again_and_again(monkeypatch):
    monkeypatch.setattr(relays, "REPORT_EVERY", 0.001)
    async with running(InMemoryChannelLayer()) as (_, _, own, other):
        own.rooms = [{"board": 1, "people": [], "holders": {}}]
        for _ in range(2):
            assert (await asyncio.wait_for(other.received.get(), 5))["rooms"] == own.rooms


async def test_a_channel_layer_that_was_down_is_used_again(monkeypatch, caplog):
    monkeypatch.setattr(relays, "TRY_AGAIN_AFTER", 0.001)
    layer = BrokenLayer()
    async with running(layer) as (relay, _, _, other):
        while layer.failures:
            relay.add_topic("change")
            await asyncio.sleep(0.001)
        relay.add_topic("revoke")
        messages = [await asyncio.wait_for(other.received.get(), 5)]
        while "revoke" not in messages[-1]["topics"]:
            messages.append(await asyncio.wait_for(other.received.get(), 5))
    assert "The channel layer is unavailable (away)" in caplog.text
