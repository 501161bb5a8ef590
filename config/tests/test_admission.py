"""Admission control: limits of bodies, and a fair share of threads."""

import asyncio

import pytest

from board.ops.request_limits import PARTS
from config import admission, request_body
from config.admission import Client, FairThreadPool, QueueFullError
from config.request_body import with_complete_body

HEADERS = [(b"content-type", b"text/plain")]


def scope(path="/login/", headers=()):
    return {"type": "http", "path": path, "headers": [*HEADERS, *headers]}


def parts_of(*bodies, more=False):
    """Return a `receive` that gives a body in these parts, and waits forever if there is `more`."""
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
    monkeypatch.setattr(request_body, "BODY_WITHIN", 0)
    reached, (start, _) = await ask(scope(), parts_of(b"a", more=True))
    assert (reached, start["status"]) == (None, 408)


async def test_a_body_of_countless_parts_is_refused_before_django_reads_it():
    headers = [(b"content-type", b"Multipart/form-data; boundary=B")]
    reached, (start, _) = await ask(scope(headers=headers), parts_of(b"--B\r\n\r\n" * (PARTS + 1)))
    assert (reached, start["status"]) == (None, 400)


# The pool

MANY, FEW = Client(1, "many"), Client(2, "few")


@pytest.fixture
async def gone():
    """A future that is done when the client disconnects: it never does."""
    future = asyncio.get_running_loop().create_future()
    yield future
    future.cancel()


async def test_a_client_with_many_requests_leaves_a_thread_to_others(gone):
    pool = FairThreadPool("test", 2, has_reserve=True)
    while pool.acquire_nowait(MANY):
        pass
    assert pool.acquire_nowait(FEW)


async def test_a_client_with_one_request_does_not_wait_for_all_requests_of_another(gone):
    pool = FairThreadPool("test", 1)
    thread = pool.acquire_nowait(MANY)
    order = []

    async def work(client, name):
        order.append((name, await pool.acquire(client, gone)))

    tasks = [asyncio.create_task(work(MANY, "many")) for _ in range(3)]
    tasks.append(asyncio.create_task(work(FEW, "few")))
    await asyncio.sleep(0)
    for client in (MANY, MANY, FEW, MANY):
        pool.release(client, thread)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert [name for name, _ in order].index("few") <= 1


async def test_a_disconnected_client_takes_no_thread(gone):
    pool = FairThreadPool("test", 1)
    thread = pool.acquire_nowait(MANY)
    waiting = asyncio.create_task(pool.acquire(FEW, gone))
    await asyncio.sleep(0)
    gone.set_result(None)
    assert await waiting is None
    pool.release(MANY, thread)
    assert pool.acquire_nowait(MANY) is thread


async def test_the_queue_is_limited(gone, monkeypatch):
    monkeypatch.setattr(admission, "MAX_WAITING_PER_OWNER", 0)
    with pytest.raises(QueueFullError):
        await FairThreadPool("test", 1).acquire(MANY, gone)


# Which request gets a thread of which pool

BOARD, STRANGE = "/sprints/1/", "/login/"
HEAVY = ("/image/2000x2000.avif", b"pattern=cross")


class Work:
    """An application that works until it is released, and authenticates every request as `user`."""

    def __init__(self, user=7):
        self.user, self.begun, self.may_end = user, [], asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.begun.append(scope["path"])
        await self.may_end.wait()
        if scope["headers"]:
            scope[admission.USER_ID] = self.user
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def ask_for(application, path, query=b"", key=b""):
    """Start a request and return its task, whose result is the statuses that were sent."""
    headers = [(b"authorization", key)] if key else []
    of_request = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": headers,
        "client": ("192.0.2.1", 1),
    }

    async def run():
        statuses = []

        async def send(message):
            statuses.append(message.get("status"))

        await application(of_request, parts_of(b""), send)
        return statuses[0]

    return asyncio.create_task(run())


@pytest.fixture
async def work():
    return Work()


@pytest.fixture
async def admitting(work):
    """The application behind the pools, which know the credentials `known`."""
    application = admission.with_fair_threads(work)
    work.may_end.set()
    await ask_for(application, BOARD, key=b"known")
    work.may_end.clear()
    work.begun.clear()
    yield application
    work.may_end.set()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_anonymous_clients_leave_the_threads_of_people_alone(admitting, work):
    tasks = [ask_for(admitting, STRANGE) for _ in range(30)]
    # A key that nobody has seen to be right makes nobody known.
    tasks += [ask_for(admitting, STRANGE, key=b"forged %d" % number) for number in range(30)]
    await settle()
    assert work.begun == [STRANGE]
    tasks.append(ask_for(admitting, BOARD, key=b"known"))
    await settle()
    assert work.begun == [STRANGE, BOARD]
    work.may_end.set()
    assert set(await asyncio.gather(*tasks)) == {200}


async def test_large_pictures_and_probes_have_threads_of_their_own(admitting, work):
    path, query = HEAVY
    tasks = [ask_for(admitting, path, query + b"&seed=%d" % number) for number in range(10)]
    tasks += [ask_for(admitting, "/readyz"), ask_for(admitting, STRANGE), ask_for(admitting, "/healthz")]
    await settle()
    assert len(work.begun) == len(tasks)
    work.may_end.set()
    await asyncio.gather(*tasks)


async def test_a_thread_is_released_before_the_response_is_sent(admitting, work):
    work.may_end.set()
    reading = asyncio.Event()

    async def send(message):
        await reading.wait()

    for _ in range(5):
        slow = {"type": "http", "method": "GET", "path": STRANGE, "query_string": b"", "headers": []}
        asyncio.get_running_loop().create_task(admitting(slow, parts_of(b""), send))
    assert await ask_for(admitting, STRANGE) == 200
    reading.set()


async def test_credentials_that_turn_out_to_be_nobodys_are_forgotten(admitting, work):
    work.may_end.set()
    work.user = None
    await ask_for(admitting, BOARD, key=b"known")
    work.may_end.clear()
    tasks = [ask_for(admitting, BOARD, key=b"known") for _ in range(2)]
    await settle()
    assert work.begun == [BOARD, BOARD]
    work.may_end.set()
    await asyncio.gather(*tasks)


async def test_when_the_queue_is_full_the_next_request_gets_a_503(admitting, work, monkeypatch):
    monkeypatch.setattr(admission, "MAX_WAITING", 3)
    tasks = [ask_for(admitting, STRANGE) for _ in range(5)]
    await settle()
    work.may_end.set()
    assert sorted(await asyncio.gather(*tasks)) == [200, 200, 200, 200, 503]
