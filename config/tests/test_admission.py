"""Bodies and places: what reaches Django, and whose turn it is."""

import asyncio

import pytest

from board.limits import PARTS
from config import admission
from config.admission import Client, FullError, Places, with_complete_body

HEADERS = [(b"content-type", b"text/plain")]


def scope(path="/login/", headers=()):
    return {"type": "http", "path": path, "headers": [*HEADERS, *headers]}


def parts_of(*bodies, more=False):
    """Return a `receive` that gives a body in these parts, and waits for ever when there is `more`."""
    messages = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    if not more:
        messages[-1]["more_body"] = False

    async def receive():
        if messages:
            return messages.pop(0)
        return await asyncio.Future()

    return receive


async def ask(scope, receive):
    """Return (body that reached the application or None, messages that were sent)."""
    reached, sent = [], []

    async def application(scope, receive, send):
        reached.append((await receive())["body"])

    async def send(message):
        sent.append(message)

    await with_complete_body(application)(scope, receive, send)
    return (reached or [None])[0], sent


async def test_a_body_reaches_the_application_whole():
    assert await ask(scope(), parts_of(b"a", b"b")) == (b"ab", [])


@pytest.mark.parametrize(("path", "limit"), [("/login/", 1_000_000), ("/api/tasks", 2_621_440)])
async def test_a_body_that_says_it_is_too_long_is_refused_unread(path, limit):
    headers = [(b"content-length", b"%d" % (limit + 1))]
    reached, (start, _) = await ask(scope(path, headers), parts_of(b"a", more=True))
    assert (reached, start["status"]) == (None, 413)
    assert (b"connection", b"close") in start["headers"]


async def test_a_body_in_chunks_is_refused_once_it_is_too_long():
    reached, (start, body) = await ask(scope("/api/tasks"), parts_of(*[b"a" * 500_000] * 6, more=True))
    assert (reached, start["status"]) == (None, 413)
    assert body["body"] == b'{"detail": "The body is too large."}'


async def test_a_body_that_does_not_come_is_given_up(monkeypatch):
    monkeypatch.setattr(admission, "BODY_WITHIN", 0)
    reached, (start, _) = await ask(scope(), parts_of(b"a", more=True))
    assert (reached, start["status"]) == (None, 408)


async def test_a_body_of_countless_parts_is_refused_before_django_reads_it():
    headers = [(b"content-type", b"Multipart/form-data; boundary=B")]
    reached, (start, _) = await ask(scope(headers=headers), parts_of(b"--B\r\n\r\n" * (PARTS + 1)))
    assert (reached, start["status"]) == (None, 400)


# Turns

MANY, FEW = Client(1, "many"), Client(2, "few")


@pytest.fixture
async def gone():
    """A client that stays."""
    future = asyncio.get_running_loop().create_future()
    yield future
    future.cancel()


async def test_a_client_with_much_at_work_leaves_a_place_to_others(gone):
    places = Places("test", 2, has_reserve=True)
    while places.take(MANY):
        pass
    assert places.take(FEW)


async def test_who_asks_little_does_not_wait_for_all_that_another_one_asked(gone):
    places = Places("test", 1)
    thread = places.take(MANY)
    order = []

    async def work(client, name):
        order.append((name, await places.wait(client, gone)))

    tasks = [asyncio.create_task(work(MANY, "many")) for _ in range(3)]
    tasks.append(asyncio.create_task(work(FEW, "few")))
    await asyncio.sleep(0)
    for client in (MANY, MANY, FEW, MANY):
        places.give_back(client, thread)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert [name for name, _ in order].index("few") <= 1


async def test_who_went_away_takes_no_place(gone):
    places = Places("test", 1)
    thread = places.take(MANY)
    waiting = asyncio.create_task(places.wait(FEW, gone))
    await asyncio.sleep(0)
    gone.set_result(None)
    assert await waiting is None
    places.give_back(MANY, thread)
    assert places.take(MANY) is thread


async def test_only_so_many_wait(gone, monkeypatch):
    monkeypatch.setattr(admission, "WAITING_OF_OWNER", 0)
    with pytest.raises(FullError):
        await Places("test", 1).wait(MANY, gone)
