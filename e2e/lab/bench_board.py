"""Measures the board beside static files and naive views, in one run: `python -m e2e.lab.bench_board`.

A real server as `make run` starts it, boards of 20, 200 and 1,000 cards. Each figure stands beside one that was
measured in the same run: a static file of the same page with the same scripts and styles, an empty view of the same
server, a plain rendering without anything kept. Medians; prints a table and keeps it as JSON; judges nothing.
"""

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
from playwright.sync_api import expect, sync_playwright

from e2e.board_page import Person
from e2e.browser import launch
from e2e.server import ROOT, Server
from e2e.services import Postgres
from e2e.sessions import session_cookie_name

from .goals import row, table

SIZES = (20, 200, 1000)
VISITS = 5
DROPS = 30
OPENINGS = 30
CLIENTS = (8, 16)
REQUESTS = 600
ROUNDS = 5
MOVERS = 8
MOVES = 400

# Makes the boards through the actions, past HTTP: prints {size: sprint id} and a session key of the demo account.
FILL = """
import json
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils import timezone
from board import actions
user = get_user_model().objects.get(username="demo")
day = timezone.localdate
sprints = {}
for place, size in enumerate(%r):
    sprints[size] = actions.add_sprint(user, name=f"{size} cards", end=day() + timedelta(days=100 + place)).pk
    for n in range(size):
        actions.add_task(
            user, name=f"Task number {n} of the board", sprint_id=sprints[size], status=n %% 4 + 1,
            description="Some words about what is to be done here, and why it matters." if n %% 2 else "",
            assigned=user if n %% 3 else None, due=day() + timedelta(days=n %% 9) if n %% 4 == 0 else None,
        )
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session.save()
print(json.dumps([sprints, session.session_key]))
"""

# Renders a board with all cards kept and with nothing kept; prints {size: [seconds, seconds]}.
RENDER = """
import json, statistics, time
from board import components
from board.history import log
def took(work, times):
    work()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
def render(pk, keeps_cards):
    components.board_cache.clear()
    if not keeps_cards:
        components.card_cache.clear()
    components.board(pk, log.state())
def again(pk):
    components.board(pk, log.state())
print(json.dumps({size: [took(lambda: again(pk), 50), took(lambda: render(pk, True), 15),
                         took(lambda: render(pk, False), 7)] for size, pk in %r.items()}))
"""

# Moves cards of an empty database's own board from some threads; prints [moves a second, changes lost, equal places].
MOVE = """
import json, random, threading, time
from collections import Counter
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from board import actions
from board.history import log
from board.actions import Place
from board.models import Event, Task
call_command("migrate", verbosity=0)
user = get_user_model().objects.create(username="mover")
sprint = actions.add_sprint(user, end=timezone.localdate() + timedelta(days=9)).pk
cards = [actions.add_task(user, name=f"Card {n}", sprint_id=sprint).pk for n in range(200)]
before, errors = log.newest_number(), []
def work(seed):
    chance = random.Random(seed)
    try:
        for _ in range(%d):
            actions.place_task(user, chance.choice(cards), Place(sprint, chance.randrange(1, 5), top=chance.random() < .5))
    except Exception as error:
        errors.append(repr(error))
    connection.close()
threads = [threading.Thread(target=work, args=[n]) for n in range(%d)]
begun = time.perf_counter()
for thread in threads: thread.start()
for thread in threads: thread.join()
seconds = time.perf_counter() - begun
done = log.newest_number() - before
lost = done - Event.objects.filter(seq__gt=before).count()
places = Counter(Task.objects.values_list("sprint", "status", "order"))
print(json.dumps([done / seconds, lost, sum(n > 1 for n in places.values()), errors]))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench" / "board.json")
    options = parser.parse_args()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    figures, goals = {}, []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lightboard-bench-")))
        server = Server(folder)
        stack.callback(server.stop)
        server.start()
        sprints, session = run(FILL % (SIZES,), server.env)
        site = Site(server, {int(size): pk for size, pk in sprints.items()}, session)
        keep = partial(show, figures, goals, options.json)
        keep("answers", answers(site))
        keep("rendering", rendering(site))
        keep("moves", moves(folder))
        with sync_playwright() as playwright:
            browser = launch(playwright)
            keep("visits", visits(browser, site, folder))
            keep("drop", drops(browser, site))
            keep("comment", comments(browser, site))
            keep("hand", hands(browser, site))
    print(f"\n{table(goals)}")


def show(figures, goals, file, name, found):
    """Print a part's figures, and keep what there is so far: a part that fails takes no others with it."""
    rows, reached = found
    goals += reached
    figures |= {name: rows, "goals": goals}
    file.write_text(json.dumps(figures, indent=1))
    print(f"\n{name}")
    for what, value in rows.items():
        print(f"  {what:<58}{value}", flush=True)


def run(program, env):
    """Return what a program prints in the product's shell, as JSON."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


class Site:
    """The server under measurement, its boards and a log-in."""

    def __init__(self, server, sprints, session):
        self.server, self.sprints, self.session = server, sprints, session
        self.url, self.port = server.url, server.port
        self.session_cookie = session_cookie_name(server.url)
        self.client = httpx.Client(base_url=server.url, cookies={self.session_cookie: session}, timeout=60)
        self.client.get("/")

    def board(self, size):
        return f"/sprints/{self.sprints[size]}/"

    @property
    def cookies(self):
        return [{"name": name, "value": value, "url": self.url} for name, value in self.client.cookies.items()]

    @property
    def cookie_header(self):
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())


# Answers a second


def answers(site):
    """Requests a second on kept-alive connections: the board, an unchanged board, an empty view, in turn."""
    etag = site.client.get(site.board(200), headers={"Accept-Encoding": "identity"}).headers["ETag"]
    paths = {
        "empty view": ["/healthz"],
        **{f"board of {size} cards": [site.board(size)] for size in SIZES},
        "board of 200 cards, 304": [site.board(200), f"If-None-Match: {etag}"],
    }
    rows, goals = {}, []
    for clients in CLIENTS:
        rounds = [{what: rate(site, clients, *asked) for what, asked in paths.items()} for _ in range(ROUNDS)]
        shares = {what: [one[what] / one["empty view"] for one in rounds] for what in paths}
        for what in paths:
            per_second = statistics.median(one[what] for one in rounds)
            share = statistics.median(shares[what])
            rows[f"{what}, {clients} clients"] = f"{per_second:.0f}/s = {share:.2f} of the empty view"
        for what, goal in (("board of 200 cards", 0.5), ("board of 200 cards, 304", 0.7)):
            name = f"{what} against an empty view, {clients} clients"
            goals.append(row(name, goal, shares[what], "x", at_least=True))
    return rows, goals


def rate(site, clients, path, *headers):
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{site.port}", f"Cookie: {site.cookie_header}", *headers]
    request = "\r\n".join([*lines, "", ""]).encode()
    return asyncio.run(_rate(site.port, request, clients))


async def _rate(port, request, clients):
    left = iter(range(REQUESTS))

    async def ask():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            writer.write(request)
            await _answer(reader)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(clients)))
    return REQUESTS / (time.perf_counter() - begun)


async def _answer(reader):
    """Read one answer to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, _, fields = head.decode("latin-1").partition("\r\n")
    assert status.split()[1] in ("200", "304"), status
    length = next((line for line in fields.lower().splitlines() if line.startswith("content-length:")), "0")
    await reader.readexactly(int(length.rpartition(":")[2]))


# Rendering and moving, in a process of their own


def rendering(site):
    """Milliseconds to make the board's HTML, by size."""
    took = {int(size): seconds for size, seconds in run(RENDER % site.sprints, site.server.env).items()}
    rows = {
        f"{size} cards: unchanged / cards kept / nothing kept": " / ".join(
            f"{one * 1000:.2f} ms" for one in seconds
        )
        for size, seconds in took.items()
    }
    least, most = min(took), max(took)
    a_card = (took[most][1] - took[least][1]) / (most - least) * 1e6
    return rows, [row("a kept card", 10, [a_card], "µs")]


def moves(folder):
    """Moves a second of threads through the actions, each logged and announced."""
    rows, goals = {}, []
    with Postgres(durable=True) as postgres:
        databases = {
            "SQLite": f"sqlite:///{folder / 'moves.sqlite3'}",
            "PostgreSQL": postgres.new_database("moves"),
        }
        for name, url in databases.items():
            env = {**os.environ, "DATABASE_URL": url}
            per_second, lost, doubled, errors = run(MOVE % (MOVES // MOVERS, MOVERS), env)
            rows[f"{name}, {MOVERS} writers"] = (
                f"{per_second:.0f} moves/s, {lost} lost, {doubled} places twice, {len(errors)} errors"
            )
            goal = {"SQLite": 250, "PostgreSQL": 150}[name]
            goals.append(row(f"moves a second, {MOVERS} writers, {name}", goal, [per_second], at_least=True))
            goals.append(row(f"… lost, twice at a place, or refused, {name}", 0, [lost + doubled + len(errors)]))
    return rows, goals


# In the browser

# Resolves when the last card is painted: the frame after the one in which it is there.
PAINTED = """count => new Promise(resolve => {
    const look = () => document.querySelectorAll(".card").length >= count && document.readyState !== "loading"
        ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
        : requestAnimationFrame(look);
    look();
})"""


def visits(browser, site, folder):
    """First visits, from the click to the last card painted, beside a static file of the same page.

    The file is served with the page's own headers, since what they ask of the browser (a process of its own for
    Cross-Origin-Opener-Policy above all) is as well to be paid for a file; and without any, for comparison.
    """
    rows, goals = {}, []
    for size in SIZES:
        path, folder_of_size = site.board(size), folder / f"static-{size}"
        with (
            static_copy(site, path, folder_of_size) as copy,
            static_copy(site, path, folder_of_size, False) as bare,
        ):
            took, cost = {"ours": [], "file": [], "bare file": []}, None
            for _ in range(VISITS):
                milliseconds, cost, repeat = visit(browser, site.url + path, size, site.cookies)
                took["ours"].append(milliseconds)
                took["file"].append(visit(browser, copy, size, [])[0])
                took["bare file"].append(visit(browser, bare, size, [])[0])
        for what, values in took.items():
            rows[f"{size} cards, first visit, {what}"] = (
                f"{statistics.median(values):.0f} ms ({min(values):.0f}-{max(values):.0f})"
            )
        rows[f"{size} cards, over the wire"] = f"{cost[1] / 1024:.1f} KB in {cost[0]} requests"
        rows[f"{size} cards, repeat visit"] = f"{repeat[1] / 1024:.1f} KB in {repeat[0]} requests"
        if size == SIZES[0]:
            continue
        for other, name in (("file", "a static file"), ("bare file", "a static file without the headers")):
            theirs = statistics.median(took[other])
            values = [one / theirs for one in took["ours"]]
            goals.append(row(f"first visit against {name}, {size} cards", 1.25, values, "x"))
        if size == 200:
            goals.append(row("requests of a first visit, 200 cards", 8, [cost[0]]))
            goals.append(row("bytes of a first visit, 200 cards", 60, [cost[1] / 1024], "KB"))
            goals.append(row("requests of a repeat visit", 1, [repeat[0]]))
    return rows, goals


def visit(browser, url, cards, cookies):
    """Return (milliseconds to the last card, the visit's (requests, bytes), those of a second visit)."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    loads = []
    wire.on("Network.loadingFinished", lambda event: loads.append(event["encodedDataLength"]))
    page.goto(url, wait_until="commit")
    milliseconds = page.evaluate(PAINTED, cards)
    page.wait_for_load_state("networkidle")
    first = count(loads)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    second = count(loads)
    context.close()
    return milliseconds, first, second


def count(loads):
    """Return (requests that went over the wire, bytes) and start again."""
    result = sum(size > 0 for size in loads), sum(loads)
    loads.clear()
    return result


# What belongs to the answer and not to the page.
OF_THE_ANSWER = {"content-length", "content-encoding", "etag", "date", "server", "set-cookie", "vary"}


@contextlib.contextmanager
def static_copy(site, path, folder, with_headers=True):
    """Serve the page and the static files from the disk, compressed beforehand; gives the page's address."""
    folder.mkdir(exist_ok=True)
    answer = site.client.get(path)
    (folder / "index.html.gz").write_bytes(gzip.compress(answer.content))
    if not (folder / "static").exists():
        (folder / "static").symlink_to(ROOT / "var" / "static")
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_ANSWER}
    handler = type("Copy", (Compressed,), {"page_headers": headers if with_headers else {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


class Compressed(SimpleHTTPRequestHandler):
    """Sends the compressed file beside the one that is asked for."""

    protocol_version = "HTTP/1.1"
    is_compressed = False
    page_headers = {}

    def translate_path(self, path):
        found = Path(super().translate_path(path))
        beside = found.with_name(f"{found.name}.gz")
        self.is_compressed = beside.exists()
        return str(beside if self.is_compressed else found)

    def guess_type(self, path):
        return super().guess_type(path.removesuffix(".gz"))

    def end_headers(self):
        if self.is_compressed:
            self.send_header("Content-Encoding", "gzip")
        self.is_compressed = False
        for name, value in self.page_headers.items() if self.path == "/index.html" else ():
            if name != "content-type":
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args):
        pass


# Notes when the card with this name stands in this column, by the clock that all pages of the machine share.
ARRIVED = """([name, column]) => new Promise(resolve => {
    const look = () => [...document.querySelectorAll(`[data-column="${column}"] .card > .name`)]
        .some(link => link.textContent === name) && resolve(performance.timeOrigin + performance.now());
    new MutationObserver(look).observe(document.querySelector(".columns"), { childList: true, subtree: true });
})"""
FIRST_CARDS = [("todo", "Task number 0 of the board"), ("active", "Task number 5 of the board")]
DROPPED = """() => addEventListener("pointerup", () => {
    window.droppedAt = performance.timeOrigin + performance.now();
}, { capture: true })"""


def two_people(browser, site):
    people = []
    for _ in range(2):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies(site.cookies)
        people.append(Person(context.new_page(), site.url).open_board(site.sprints[20]))
    return people


def drops(browser, site):
    """From the drop in one browser to the card in place in another, 30 times."""
    one, other = two_people(browser, site)
    one.page.evaluate(DROPPED)
    name = "Task number 1 of the board"
    delays = []
    for number in range(DROPS):
        # At the top, because toasts cover the bottom of the first columns.
        column, first = FIRST_CARDS[number % 2]
        other.page.evaluate(f"window.arrived = ({ARRIVED})({json.dumps([name, column])}), null")
        one.drag(name, column, before=first)
        expect(one.page.locator(".card.saving")).to_have_count(0)
        arrived = other.page.evaluate("window.arrived")
        delays.append(arrived - one.page.evaluate("window.droppedAt"))
    delays.sort()
    rows = {"median of 30": f"{statistics.median(delays):.0f} ms", "95 of 100": f"{high(delays):.0f} ms"}
    goals = [
        row("drop to the other browser", 40, delays, "ms"),
        row("… 95 of 100", 80, [high(delays)], "ms"),
    ]
    return rows, goals


# Notes when so many comments stand in the panel, by the clock that all pages of the machine share.
COMMENTED = """(count) => new Promise(resolve => {
    const look = () => document.querySelectorAll("#panel .comment").length === count
        && resolve(performance.timeOrigin + performance.now());
    new MutationObserver(look).observe(document.querySelector("#panel"), { childList: true, subtree: true });
})"""
SENT = """() => addEventListener("keydown", ({ key }) => {
    if (key === "Enter") window.sentAt = performance.timeOrigin + performance.now();
}, { capture: true })"""


def comments(browser, site):
    """From Ctrl+Enter in one panel to the comment in another that shows the same task, 30 times."""
    one, other = two_people(browser, site)
    for person in (one, other):
        person.card("Task number 3 of the board").locator("> .name").click()
        expect(person.page.locator("#panel-name")).to_be_focused()
    one.page.evaluate(SENT)
    field = one.page.locator(".new-comment textarea")
    delays = []
    for number in range(DROPS):
        other.page.evaluate(f"window.commented = ({COMMENTED})({number + 1}), null")
        field.fill(f"Comment number {number}")
        field.press("Control+Enter")
        expect(field).to_have_value("")
        delays.append(other.page.evaluate("window.commented") - one.page.evaluate("window.sentAt"))
    rows = {"median of 30": f"{statistics.median(delays):.0f} ms", "95 of 100": f"{high(delays):.0f} ms"}
    return rows, [
        row("comment to the other panel", 40, delays, "ms"),
        row("… 95 of 100", 80, [high(delays)], "ms"),
    ]


# Notes at a click when the form's first field, or the panel's heading, has the focus, at a drop when the card stands in the other column, and
# how many frames were painted in between.
OPENED = """() => new Promise(resolve => addEventListener("click", () => {
    const begun = performance.now();
    document.querySelector("main").addEventListener("focusin", ({ target }) =>
        target.matches(".card.open :is(input, select), #panel-name") && resolve(performance.now() - begun));
}, { capture: true, once: true }))"""
STOOD = """([name, column]) => new Promise(resolve => addEventListener("pointerup", () => {
    const begun = performance.now();
    let frames = 0;
    const look = () => [...document.querySelectorAll(`[data-column="${column}"] .card:not(.lifted) > .name`)]
        .some(link => link.textContent === name);
    const wait = () => (frames += 1, look() ? resolve([frames, performance.now() - begun]) : requestAnimationFrame(wait));
    requestAnimationFrame(wait);
}, { capture: true, once: true }))"""


def hands(browser, site):
    """From the click on a card to its panel or form, and from the drop to the card in its place on the same screen."""
    rows = {}
    for size in SIZES:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies(site.cookies)
        person = Person(context.new_page(), site.url).open_board(site.sprints[size])
        name = "Task number 1 of the board"
        card = person.card(name)
        for form, link in (("panel", card.locator("> .name")), ("form for moving", card.locator(".move"))):
            delays = [opening(person, link) for _ in range(OPENINGS)]
            rows[f"{size} cards, {form}"] = f"{statistics.median(delays):.0f} ms, 95 of 100 {high(delays):.0f} ms"
        frames = []
        for number in range(DROPS):
            column = ("todo", "active")[number % 2]
            before = person.cards(column).first.inner_text()
            person.lift(name)
            person.carry(column, before=None if before == name else before)
            person.page.evaluate(f"window.stood = ({STOOD})({json.dumps([name, column])}), null")
            person.page.mouse.up()
            frames.append(person.page.evaluate("window.stood"))
            person.page.wait_for_selector(".saving", state="detached")
        most = max(count for count, _ in frames)
        rows[f"{size} cards, drop"] = f"{statistics.median(ms for _, ms in frames):.0f} ms, at most {most} frames"
        context.close()
    return rows, []


def opening(person, link):
    person.page.evaluate(f"window.opened = ({OPENED})(), null")
    link.click()
    delay = person.page.evaluate("window.opened")
    person.page.keyboard.press("Escape")
    person.page.wait_for_selector(".card.open, #panel:not([hidden])", state="detached")
    return delay


def high(delays):
    return sorted(delays)[int(len(delays) * 0.95)]


if __name__ == "__main__":
    main()
