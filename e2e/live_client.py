"""A board page without a browser: it speaks the live protocol and keeps its picture by the page's own rules.

What live.js and cards.js do with elements is done here with a dictionary, so that many can be had at once.
"""

import asyncio
import contextlib
import json
import random
import re
import time

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from .server import has_tls

# As in live.js.
SILENT_AFTER = 20
UNREACHED_WAIT = 2
LONGEST_WAIT = 10
FIRST_WAIT = 0.25
JITTER = random.Random(1)

CARD = re.compile(r'<li class="card" data-task="(\d+)" data-version="(\d+)" data-order="(-?\d+)" data-in="(\w+)"')
BOARD = re.compile(r'data-seq="(\d+)" data-format="([^"]+)"')


class LoggedOutError(Exception):
    """The server wants a log-in where there was one."""


def cards_of(html):
    """Return the cards of a piece of HTML, as they come: [(id, (version, column, order))]."""
    return [(int(pk), (int(version), column, int(order))) for pk, version, order, column in CARD.findall(html)]


class Picture:
    """What a page shows: `cards` is {id: (version, column, order)}, as of sequence number `seq`."""

    def __init__(self):
        self.cards = {}
        self.gone = {}
        self.seq = 0
        self.format = None

    def show_page(self, html):
        """Show a freshly fetched board: what it has, and nothing else that is older."""
        seq, self.format = BOARD.search(html).groups()
        seq, fresh = int(seq), cards_of(html)
        for pk in self.cards.keys() - dict(fresh).keys():
            self.leave(pk, seq)
        for pk, card in fresh:
            self.settle(pk, card)
        self.seq = seq

    def show_frame(self, frame):
        """Put the cards of a frame in their places; older never replaces newer."""
        for pk, card in cards_of(frame.get("cards", "")):
            self.settle(pk, card)
        for pk in frame.get("left", ()):
            self.leave(pk, frame["seq"])
        self.seq = max(self.seq, frame["seq"])

    def settle(self, pk, card):
        if card[0] > self.gone.get(pk, 0) and card[0] >= self.cards.get(pk, (0,))[0]:
            self.cards[pk] = card

    def leave(self, pk, seq):
        self.gone[pk] = seq
        if self.cards.get(pk, (seq + 1,))[0] <= seq:
            del self.cards[pk]


class LiveClient:
    """A page with its socket. `run` lives until it is cancelled; `is_live` tells whether the server spoke to it."""

    def __init__(self, url, cookie, sprint):
        self.url, self.cookie, self.sprint = url, cookie, sprint
        self.path = f"/sprints/{sprint}/"
        self.picture = Picture()
        self.is_live = False
        self.failures = 0
        self.socket = None
        self.reading = asyncio.Event()
        self.reading.set()
        self.closed = []
        self.heard = []

    async def run(self):
        """Load the page, then open the socket and keep it open, with the page's own patience."""
        await self.load()
        while True:
            with contextlib.suppress(OSError, TimeoutError, WebSocketException, httpx.HTTPError):
                await self.follow()
            self.is_live = False
            code = self.socket and self.socket.close_code
            self.closed.append(code)
            if code == 4401:
                raise LoggedOutError
            longest = LONGEST_WAIT if self.socket else UNREACHED_WAIT
            wait = min(longest, FIRST_WAIT * 2**self.failures) * JITTER.uniform(0.5, 1.5)
            self.failures += 1
            await asyncio.sleep(wait)

    async def follow(self):
        self.socket = None
        async with connect(
            f"{self.url.replace('http', 'ws')}{self.path}live",
            origin=self.url,
            additional_headers={"Cookie": self.cookie},
            compression=None,
            ping_interval=None,
            open_timeout=SILENT_AFTER,
            close_timeout=1,
            max_size=None,
        ) as self.socket:
            await self.say()
            while True:
                frame = json.loads(await asyncio.wait_for(self.socket.recv(), SILENT_AFTER))
                await self.reading.wait()
                await self.hear(frame)

    async def hear(self, frame):
        self.failures = 0
        if "reset" in frame or frame.get("format", self.picture.format) != self.picture.format:
            await self.load()
        else:
            self.picture.show_frame(frame)
            self.heard.append((time.time(), self.picture.seq))
        self.is_live = True
        await self.say()

    async def say(self):
        """Say which sequence number the page shows: a greeting, an acknowledgement, or a question."""
        await self.socket.send(json.dumps({"since": self.picture.seq}))

    async def load(self):
        self.picture.show_page(await fetch_page(self.url + self.path, self.cookie))

    def stop_reading(self):
        """Stop reading from the wire, as a frozen tab does."""
        self.reading.clear()
        if self.socket:
            self.socket.transport.pause_reading()

    def read_again(self):
        """Go on, with what is still there."""
        self.reading.set()
        if self.socket:
            with contextlib.suppress(RuntimeError):
                self.socket.transport.resume_reading()


async def fetch_page(url, cookie):
    """Return the HTML of a page as it is now."""
    async with httpx.AsyncClient(timeout=SILENT_AFTER, verify=has_tls(url)) as browser:
        answer = await browser.get(url, headers={"Cookie": cookie})
    if answer.is_redirect:
        raise LoggedOutError
    return answer.raise_for_status().text


class Wire:
    """A proxy on the loopback between clients and a server, which can cut its connections or go dead."""

    def __init__(self, port):
        self.target = port
        self.pairs = set()
        self.is_dead = {}

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error):
        self.server.close()
        self.cut()
        await self.server.wait_closed()

    async def connect(self, reader, writer):
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = writer, to_writer
        self.pairs.add(pair)
        self.is_dead[pair] = False
        try:
            await asyncio.gather(
                self.forward(pair, reader, to_writer),
                self.forward(pair, to_reader, writer),
                return_exceptions=True,
            )
        finally:
            self.forget(pair)

    async def forward(self, pair, reader, writer):
        """Pass on what comes; of a dead pair nothing passes, not even that one end closed."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if not self.is_dead.get(pair):
                    writer.write(data)
                    await writer.drain()
        if not self.is_dead.get(pair):
            self.forget(pair)

    def cut(self):
        """Cut every connection."""
        for pair in list(self.pairs):
            self.forget(pair)

    def go_dead(self):
        """Let the connections of now be half-open: both ends believe in them, nothing gets through."""
        for pair in self.pairs:
            self.is_dead[pair] = True

    def forget(self, pair):
        self.pairs.discard(pair)
        self.is_dead.pop(pair, None)
        for writer in pair:
            writer.transport.abort()
