"""A clock, a store, a transport and a message format for tests of the hub's parts."""

import asyncio

from board.live.connection import Client, Connection, Credential


class FakeClock:
    """A clock that stands still until it is advanced."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += seconds


class FakeStore:
    """A store with settable state and accounts. The next query raises `error`."""

    def __init__(self):
        self.state = 5, 0
        self.people = {}
        self.unread = {}
        self.looks = []
        self.error = None

    def read_state(self):
        error, self.error = self.error, None
        if error:
            raise error
        return self.state

    def read_people(self):
        return dict(self.people)

    def count_unread(self, people):
        return {person: self.unread[person] for person in people if person in self.unread}

    def save_looks(self, looks):
        self.looks.append([(look.person, look.board, look.seq) for look in looks])


class FakeTransport:
    """A socket that records what was sent and the codes it was closed with. Its client reads while `reading` is set."""

    def __init__(self):
        self.sent = []
        self.closed = []
        self.error = None
        self.reading = asyncio.Event()
        self.reading.set()

    async def send_text(self, text):
        await self.reading.wait()
        if self.error:
            raise self.error
        self.sent.append(text)

    async def close(self, code):
        self.closed.append(code)


class FakeFormat:
    """A format with frames as (sequence number, room). `rendered` records each rendered (board, since)."""

    def __init__(self, acknowledges=True):
        self.acknowledges = acknowledges
        self.rendered = []

    def render(self, board, since, state):
        self.rendered.append((board, since))
        return {"seq": state[0], "cards": f"{since} to {state[0]}"}

    def serialize(self, frame):
        return [frame]

    def serialize_lock(self, task_id, action):
        return None if self.acknowledges else (task_id, action)

    def serialize_person(self, action, user):
        return None if self.acknowledges else (action, user)


class Revoked(set):
    """The revoked credentials, and the function that finds them."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other

    def __call__(self, credentials):
        return {credential for credential in credentials if credential in self}


PAGES = FakeFormat()


def client(board=1, user=1, key="session", **fields):
    """Return a client that shows `board`, by default a page of user 1."""
    fields = {"format": PAGES, "is_present": True, "find_revoked": Revoked()} | fields
    fields.setdefault("transport", FakeTransport())
    person = {"id": user, "name": f"User {user}", "initials": "U", "colour": 0}
    return Client(board=board, person=person, credential=Credential(key, user, "fingerprint"), **fields)


def connection(clock, **fields):
    return Connection(client(**fields), clock)
