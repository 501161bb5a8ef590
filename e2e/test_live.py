"""No screen shows a board that is not true: what people see while the socket fails, others edit, and the server dies."""

import random
import re
import signal
import threading
import time

import httpx
import pytest
from playwright.sync_api import expect

from .api_client import api_of
from .board_page import BREAKING, set_hidden, unused_end_date
from .page_socket import PageSocket


def same_as_fresh(person, sprint):
    """Expect a person's board to become, card by card and version by version, what the server answers with now."""
    answer = person.page.request.get(f"{person.base_url}/sprints/{sprint}/")
    fresh = person.board(answer.text())
    deadline = time.monotonic() + 10
    while person.board() != fresh and time.monotonic() < deadline:
        person.page.wait_for_timeout(100)
    assert person.board() == fresh


def test_no_change_is_missed_whether_it_came_before_the_socket_or_while_there_was_none(
    someone, sprint, add_tasks, api
):
    quick, *tasks = add_tasks("Quick", *[f"Task {n}" for n in range(6)])
    person = someone("demo")

    def move_first(route):
        api.patch(f"/tasks/{quick}", json={"status": 2}).raise_for_status()
        route.continue_()

    person.page.route(re.compile(r"/board/board\.\w+\.js"), move_first)
    socket = PageSocket(person)
    person.open_board(sprint).see("active", ["Quick"])
    pages = []
    # A page that is without its socket for seconds polls for changes, which is not a reload.
    board = f"{person.base_url}/sprints/{sprint}/"
    person.page.on("request", lambda request: pages.append(request.url) if request.url == board else None)
    person.page.evaluate("() => (window.stayed = true)")
    socket.cut()
    expect(person.page.locator("[data-live]")).not_to_have_attribute("data-live", "live")
    for number in range(18):
        api.patch(f"/tasks/{tasks[number % 6]}", json={"status": number % 4 + 1}).raise_for_status()
    socket.mend()
    person.see_live()
    same_as_fresh(person, sprint)
    assert pages == []

    # A page that is reset fetches the board once.
    socket.cut()
    api.delete(f"/tasks/{tasks[0]}").raise_for_status()
    api.patch(f"/tasks/{quick}", json={"status": 1, "name": "Settled"}).raise_for_status()
    socket.reset = True
    socket.mend()
    expect(person.card("Task 0")).to_have_count(0)
    expect(person.column("todo").get_by_role("link", name="Settled")).to_be_visible()
    person.see_live()
    same_as_fresh(person, sprint)
    assert pages == [board]
    assert person.page.evaluate("() => window.stayed")


def test_frames_that_come_twice_or_out_of_order_change_nothing(someone, sprint, add_tasks, api):
    first, second = add_tasks("a", "b")
    person = someone("demo")
    socket = PageSocket(person)
    person.open_board(sprint)
    for status in (2, 3, 1):
        api.patch(f"/tasks/{first}", json={"status": status}).raise_for_status()
    api.patch(f"/tasks/{first}", json={"status": 2, "name": "settled"}).raise_for_status()
    person.see("active", ["settled"])
    socket.repeat = True
    person.page.evaluate(
        """() => {
            window.changes = [];
            new MutationObserver((records) => window.changes.push(...records.map((record) => record.type)))
                .observe(document.querySelector('[data-column="active"] .cards'), { childList: true, subtree: true });
        }"""
    )
    api.patch(f"/tasks/{second}", json={"status": 3}).raise_for_status()
    person.see("testing", ["b"])
    api.patch(f"/tasks/{second}", json={"name": "c"}).raise_for_status()
    person.see("testing", ["c"])
    assert person.page.evaluate("() => window.changes") == []
    same_as_fresh(person, sprint)


def test_a_page_says_how_its_wire_is_and_comes_back_from_each_state(someone, sprint, add_tasks):
    """The server fell silent, the socket stays away, the network goes, and all come back."""
    # A clock of its own is only sure in a browser that nobody had before.
    person = someone("demo", is_new=True)
    clock = person.page.clock
    clock.install()
    socket = PageSocket(person)
    sign = person.open_board(sprint).page.locator("[data-live]")
    socket.is_silent = True
    add_tasks("Said into the silence")
    clock.fast_forward("00:21")
    expect(sign).to_have_attribute("data-live", "offline")
    socket.mend()
    person.see_live().see("todo", ["Said into the silence"])

    socket.cut()
    expect(sign).to_have_attribute("data-live", "catching-up")
    clock.fast_forward("00:06")
    expect(sign).to_have_text("Offline")
    clock.fast_forward("00:02")
    expect(sign).to_have_text("Live, delayed")
    person.page.context.set_offline(True)
    clock.fast_forward("00:15")
    expect(sign).to_have_attribute("data-live", "catching-up")
    clock.fast_forward("00:06")
    expect(sign).to_have_text("Offline")
    add_tasks("Came meanwhile")
    person.page.context.set_offline(False)
    expect(sign).to_have_text("Live, delayed")
    person.see("todo", ["Said into the silence", "Came meanwhile"])
    socket.mend()
    clock.fast_forward("00:45")
    expect(sign).to_have_text("Live")


# Two people at one board


def test_others_see_who_is_here_and_what_they_hold_until_it_is_saved(someone, sprint, add_tasks):
    add_tasks("Mine now")
    one = someone("demo").open_board(sprint)
    people = one.page.get_by_role("list", name="On this board").get_by_role("listitem")
    other = someone("guest").open_board(sprint)
    expect(people).to_have_text(["DM", "GL"])

    one.lift("Mine now")
    expect(other.page.locator(".held")).to_have_attribute("data-held", "Dana Moreau")
    box = other.card("Mine now").bounding_box()
    other.page.mouse.move(box["x"] + 30, box["y"] + 10)
    other.page.mouse.down()
    other.page.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    expect(other.page.locator(".slot")).to_have_count(0)
    other.page.mouse.up()
    one.page.keyboard.press("Escape")
    one.page.mouse.up()
    expect(other.page.locator(".held")).to_have_count(0)

    # One that was put down is held until its move is saved, and changes on the own page once.
    waiting = []
    one.page.route("**/place/", lambda route: waiting.append(route))
    one.page.evaluate(
        """() => {
            window.added = 0;
            new MutationObserver((records) => records.forEach((record) => (window.added += record.addedNodes.length)))
                .observe(document.querySelector('[data-column="done"] .cards'), { childList: true });
        }"""
    )
    one.drag("Mine now", "done")
    expect(one.page.locator(".saving")).to_have_count(1)
    add_tasks("Seen after the drop")
    other.see("todo", ["Mine now", "Seen after the drop"])
    assert other.page.locator(".held").count() == 1
    waiting[0].continue_()
    other.see("done", ["Mine now"])
    expect(other.page.locator(".held")).to_have_count(0)
    expect(one.page.locator(".saving")).to_have_count(0)
    one.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    one.see("done", ["Mine now"])
    # The slot, the card dropped into it, and the server's card in its place.
    assert one.page.evaluate("() => window.added") == 3

    other.go("/")
    expect(people).to_have_text(["DM"], timeout=10_000)


def test_my_own_lock_keeps_no_card_from_me_and_ends_with_my_page(someone, sprint, add_tasks):
    add_tasks("Mine alone")
    one, other = someone("demo"), someone("guest").open_board(sprint)
    one.page.route_web_socket(re.compile("/live"), without_releases)
    one.open_board(sprint).see_live()
    one.drag("Mine alone", "done")
    expect(one.page.locator(".saving")).to_have_count(0)
    expect(other.page.locator(".held")).to_have_count(1)
    add_tasks("Comes with the lock")
    one.see("todo", ["Comes with the lock"])
    one.card("Mine alone").locator("> .name").focus()
    one.page.keyboard.press("e")
    expect(one.page.get_by_role("form", name="Edit task")).to_be_visible()
    one.page.close()
    expect(other.page.locator(".held")).to_have_count(0)
    one.page = one.page.context.new_page()


def without_releases(page):
    """Pass on what a page and the server say to each other, but for the end of locks."""
    server = page.connect_to_server()
    page.on_message(lambda text: None if "release" in text else server.send(text))
    server.on_message(page.send)


def test_a_form_opens_though_its_card_changes_meanwhile_and_is_never_replaced(someone, sprint, add_tasks, api):
    (task,) = add_tasks("Contested")
    person = someone("guest").open_board(sprint)
    waiting = []
    person.page.route("**/edit/", lambda route: waiting.append(route))
    person.card("Contested").locator("> .name").focus()
    person.page.keyboard.press("e")
    api.patch(f"/tasks/{task}", json={"status": 4}).raise_for_status()
    add_tasks("Comes with the change")
    expect(person.card("Comes with the change")).to_be_visible()
    waiting[0].continue_()
    form = person.column("done").get_by_role("form", name="Edit task")
    name = form.get_by_label("Name")
    expect(name).to_be_focused()
    name.fill("What I am typing")
    name.evaluate("(field) => field.setSelectionRange(4, 9)")
    api.patch(f"/tasks/{task}", json={"status": 3, "due": "2999-01-01"}).raise_for_status()
    expect(person.page.locator("[data-changed]")).to_have_attribute("data-changed", "Dana Moreau")
    expect(name).to_have_value("What I am typing")
    expect(name).to_be_focused()
    assert name.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [4, 9]
    person.page.get_by_role("button", name="Cancel").click()
    person.see("testing", ["Contested"])
    same_as_fresh(person, sprint)


def test_a_card_in_the_hand_is_not_replaced_and_focus_and_scroll_survive_a_change(someone, sprint, add_tasks, api):
    tasks = add_tasks("In my hand", *[f"Task {n}" for n in range(20)])
    person = someone("guest").open_board(sprint)
    person.lift("In my hand")
    api.patch(f"/tasks/{tasks[0]}", json={"name": "Renamed meanwhile"}).raise_for_status()
    expect(person.page.locator("[data-changed]")).to_be_visible()
    person.carry("active")
    person.page.mouse.up()
    person.see("active", ["Renamed meanwhile"])
    same_as_fresh(person, sprint)

    link = person.card("Task 18").get_by_role("link", name="Task 18")
    link.focus()
    cards = person.column("todo").locator(".cards")
    top = cards.evaluate("(list) => list.scrollTop")
    assert top > 0
    api.patch(f"/tasks/{tasks[19]}", json={"description": "More"}).raise_for_status()
    expect(person.card("Task 18")).to_contain_text("More")
    expect(link).to_be_focused()
    assert abs(cards.evaluate("(list) => list.scrollTop") - top) <= 1


# The socket does not come through


def test_without_a_socket_the_board_asks_for_changes_while_it_is_seen_and_says_so(someone, sprint, add_tasks, api):
    first, _ = add_tasks("a", "b")
    person = someone("demo")
    person.page.clock.install()
    socket = PageSocket(person)
    socket.cut()
    sign = person.open_board(sprint).page.locator("[data-live]")
    looks = []
    person.page.on("request", lambda request: looks.append(request.url) if "/changes/" in request.url else None)
    expect(sign).to_have_text("Live, delayed")
    expect(sign).to_have_attribute("title", re.compile("^Live updates aren't getting through"))
    person.hear("Live updates aren't getting through")
    api.patch(f"/tasks/{first}", json={"status": 2}).raise_for_status()
    person.page.clock.fast_forward("00:15")
    person.see("active", ["a"])
    person.drag("b", "active")
    person.see("active", ["a", "b"])
    api.delete(f"/tasks/{first}").raise_for_status()
    person.page.clock.fast_forward("00:15")
    person.see("active", ["b"])
    same_as_fresh(person, sprint)

    set_hidden(person.page, True)
    person.page.clock.fast_forward("00:20")
    add_tasks("Unseen", status=4)
    looks.clear()
    person.page.clock.fast_forward("10:00")
    assert looks == []
    set_hidden(person.page, False)
    person.see("done", ["Unseen"])

    socket.mend()
    person.page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(sign).to_have_text("Live")
    expect(sign).to_have_attribute("title", "")
    looks.clear()
    add_tasks("c", status=4)
    person.see("done", ["Unseen", "c"])
    assert looks == []


@pytest.mark.engines
def test_a_browser_that_opens_no_sockets_asks_for_changes(someone, sprint, add_tasks):
    person = someone("demo")
    person.page.clock.install()
    person.page.add_init_script("window.WebSocket = function () { throw new Error('No sockets here') }")
    expect(person.open_board(sprint).page.locator("[data-live]")).to_have_text("Live, delayed")
    add_tasks("By others")
    person.page.clock.fast_forward("00:15")
    person.see("todo", ["By others"])


# The server dies


class Storm(threading.Thread):
    """A client of the API that adds, moves, edits and deletes at random, and remembers what was acknowledged."""

    def __init__(self, url, sprint, changes, seed):
        super().__init__(daemon=True)
        self.api = api_of(url)
        self.sprint = sprint
        self.changes = changes
        self.random = random.Random(seed)
        self.tasks = {}
        self.doubtful = set()
        self.acknowledged = 0

    def run(self):
        with self.api:
            while self.acknowledged < self.changes:
                try:
                    self.change()
                    self.acknowledged += 1
                except httpx.HTTPError:
                    time.sleep(0.05)

    def change(self):
        kind = self.random.choice(["add", "move", "move", "move", "edit", "delete"])
        if kind == "add" or len(self.tasks) < 5:
            body = {"name": f"Storm {self.random.random()}", "sprint": self.sprint}
            task = self.api.post("/tasks", json=body).raise_for_status().json()
            self.tasks[task["id"]] = task
            return
        pk = self.random.choice(list(self.tasks))
        self.doubtful.add(pk)
        if kind == "delete":
            answer = self.api.delete(f"/tasks/{pk}")
            if answer.status_code != 404:
                answer.raise_for_status()
            del self.tasks[pk]
        else:
            change = {
                "move": {"status": self.random.randint(1, 4)},
                "edit": {"name": f"Edit {self.random.random()}"},
            }
            answer = self.api.patch(f"/tasks/{pk}", json=change[kind])
            if answer.status_code == 404:
                del self.tasks[pk]
            else:
                self.tasks[pk] = answer.raise_for_status().json()
        self.doubtful.discard(pk)


def test_every_screen_converges_whatever_fails(someone, own_server):
    """Two pages and a client make 25 changes while sockets are cut and the server is killed."""
    with api_of(own_server.url) as api:
        sprint = api.post("/sprints", json={"end": unused_end_date().isoformat()}).json()["id"]
        for status in (1, 2, 3):
            body = {"name": f"Page {status}", "sprint": sprint, "status": status}
            api.post("/tasks", json=body).raise_for_status()
    people = [someone(name, own_server.url) for name in ("demo", "guest")]
    sockets = [PageSocket(person) for person in people]
    for person in people:
        person.expected = BREAKING
        person.open_board(sprint)
    storm = Storm(own_server.url, sprint, changes=20, seed=5)
    storm.start()
    for step in range(6):
        person, socket = people[step % 2], sockets[(step + 1) % 2]
        drag_anything(person, step)
        if step % 5 == 1:
            socket.cut()
        if step % 5 == 3:
            for each in sockets:
                each.mend()
        if step == 2:
            own_server.stop(signal.SIGKILL)
            own_server.start()
    storm.join(timeout=120)
    assert not storm.is_alive()
    for socket in sockets:
        socket.mend()
    for person in people:
        person.see_live()
        close_forms(person)
        same_as_fresh(person, sprint)
    shown = dict(card for cards in people[0].board().values() for card in cards)
    assert sum(len(cards) for cards in people[0].board().values()) == len(shown)
    for pk, task in storm.tasks.items():
        assert int(shown[str(pk)]) >= task["version"]


def close_forms(person):
    """Close what a drag opened whose card came under the pointer again: a card with an open form stays where it is."""
    forms = person.page.locator(".card.open")
    forms.get_by_label("Name").evaluate_all(
        """(fields) => fields.forEach(
            (field) => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })))"""
    )
    expect(forms).to_have_count(0)


def drag_anything(person, step):
    """Drag one of the pages' own cards into another column, as far as it goes while things fail."""
    name = f"Page {step % 3 + 1}"
    if (
        person.card(name)
        .locator("xpath=self::*[not(contains(@class,'saving') or contains(@class,'held'))]")
        .count()
    ):
        column = ("todo", "active", "testing")[step // 3 % 3]
        box = person.card(name).bounding_box()
        target = person.column(column).bounding_box()
        if box and target:
            person.page.mouse.move(box["x"] + 40, box["y"] + 12)
            person.page.mouse.down()
            person.page.mouse.move(box["x"] + 50, box["y"] + 20, steps=2)
            person.page.mouse.move(target["x"] + 60, target["y"] + 60, steps=4)
            person.page.mouse.up()
