"""Typed markup is text wherever it is shown: it runs nothing, requests nothing and swaps nothing."""

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from board.models.fields import one_line

from .api_client import api_of
from .payloads import PAYLOADS, TRACES

# Everybody on the board is called like a payload, and so are the sprints; prints the id of the one whose board we use.
FILL = """
import json
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from api.models import Token
from board import actions
payloads = %r
staff = User.objects.get(username="demo")
User.objects.filter(pk=staff.pk).update(is_staff=True, first_name=payloads[0], last_name=payloads[9])
tasks = []
for n, payload in enumerate(payloads):
    person = User.objects.create_user(f"person{n}", first_name=payload, last_name=payload)
    end = timezone.localdate() + timedelta(days=500 + n)
    sprint = actions.add_sprint(staff, name=payload, description=payload, end=end)
    # More than one may make.
    Token.objects.create(owner=staff, name=payload, scope="write", digest=f"{n:064}")
for n, payload in enumerate(payloads):
    person = User.objects.get(username=f"person{n}")
    task = actions.add_task(person, name=payload, description=payload, assigned=person, sprint_id=sprint.pk)
    actions.change_task(person, task.pk, description=payloads[n - 1])
    tasks.append(task.pk)
print(json.dumps([sprint.pk, tasks]))
"""

# All are pushed as cards; of these the card is moved, its form opened, and it is deleted: what breaks out of fields and attributes, and a few more.
ACTED_ON = [
    payload for number, payload in enumerate(PAYLOADS) if number % 4 == 0 or payload.startswith(("</", '"', "'"))
]
# What a person would press on each in turn, in one go.
PRESS_EACH = """(elements, keys) => elements.forEach(
    (element) => element.dispatchEvent(new KeyboardEvent("keydown", { ...keys, bubbles: true, cancelable: true })))"""
# What the browser makes of each task's page, without opening it.
READ_ALL = """async ([tasks, traces]) => {
    const texts = await Promise.all(tasks.map(async (task) => (await fetch(`/tasks/${task}/`)).text()));
    const pages = texts.map((text) => new DOMParser().parseFromString(text, "text/html"));
    const found = pages.flatMap((page) => [...page.querySelectorAll(traces)].map((one) => one.outerHTML));
    return [pages.map(({ title }) => title), found];
}"""


@pytest.fixture(scope="module")
def hostile(own_server):
    """A server whose people, sprints, tokens and tasks are called like payloads; with a `sprint` and its `tasks`."""
    filled = own_server.manage("shell", "--no-imports", "-c", FILL % PAYLOADS)
    own_server.sprint, own_server.tasks = json.loads(filled)
    return own_server


@pytest.fixture
def api(hostile):
    with api_of(hostile.url) as client:
        yield client


def done(answer):
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@pytest.fixture
def admin(someone, hostile):
    """An admin whose browser records what must not happen; `unharmed()` asserts that it did not."""
    person = someone("demo", hostile.url)
    asked, asked_by_dialog = [], []

    def note(request):
        if not request.url.startswith(hostile.url) or request.url.startswith(f"{hostile.url}/xss"):
            asked.append(request.url)

    def unharmed():
        found = person.page.evaluate(
            "(traces) => [window.__xss ?? null, [...document.querySelectorAll(traces)].map((one) => one.outerHTML)]",
            TRACES,
        )
        assert (found, asked, asked_by_dialog) == ([None, []], [], [])
        assert person.page.url.startswith(f"{hostile.url}/")

    person.page.on("request", note)
    person.page.on("dialog", lambda dialog: (asked_by_dialog.append(dialog.message), dialog.dismiss()))
    person.unharmed = unharmed
    return person


def test_pages_show_it_as_text(admin, hostile):
    board, task = f"/sprints/{hostile.sprint}/", f"/tasks/{hostile.tasks[0]}/"
    profile = ["/profile/", "/profile/tokens/", "/profile/webhooks/"]
    search = f"{board}?q={quote(' '.join(PAYLOADS))}"
    for path in [
        "/",
        board,
        f"{board}edit/",
        f"{task}edit/",
        f"{task}move/",
        f"{task}delete/",
        "/people/",
        *profile,
        search,
    ]:
        admin.go(path)
        admin.unharmed()
    admin.go(task)
    admin.unharmed()


def test_every_tasks_page_shows_it_as_text(admin, hostile):
    titles, traces = admin.go("/").page.evaluate(READ_ALL, [hostile.tasks, TRACES])
    # A browser makes one space of several in a title.
    assert titles == [" ".join(f"{payload} · Lightboard".split()) for payload in PAYLOADS]
    assert traces == []


def test_the_api_answers_with_what_no_browser_runs(admin):
    for path in ["tasks?page_size=100", "users?page_size=100", "sprints?page_size=100", "events"]:
        admin.go(f"/api/{path}")
        found = admin.page.evaluate("() => [document.contentType, window.__xss ?? null]")
        assert found == ["application/json", None]


def test_a_clash_shows_it_as_text(admin, hostile, api):
    admin.open_board(hostile.sprint)
    for task, payload in zip(hostile.tasks, PAYLOADS[9::20], strict=False):
        card = admin.page.locator(f'.cards > [data-task="{task}"]')
        card.locator("> .name").press("e")
        card.get_by_label("Name").fill("Mine")
        done(api.patch(f"/tasks/{task}", json={"name": payload}))
        card.get_by_role("button", name="Save").click()
        expect(card.locator(".theirs")).to_have_text(payload)
        admin.unharmed()
        card.get_by_role("button", name="Cancel").click()
        expect(card.locator("form")).to_have_count(0)


def test_what_is_pushed_opened_moved_and_deleted_stays_text(admin, api):
    sprint = done(api.post("/sprints", json={"name": PAYLOADS[0], "end": "2999-12-31"}))["id"]
    admin.open_board(sprint)
    rows = [{"name": payload, "description": payload, "sprint": sprint} for payload in PAYLOADS]
    tasks = [done(api.post("/tasks", json=row))["id"] for row in rows]
    admin.see("todo", PAYLOADS, timeout=20_000)
    admin.unharmed()
    acted_on = [tasks[PAYLOADS.index(payload)] for payload in ACTED_ON]
    cards = admin.page.locator(", ".join(f'.cards > [data-task="{task}"] > .name' for task in acted_on))
    cards.evaluate_all(PRESS_EACH, {"key": "ArrowRight", "altKey": True})
    moved = admin.column("active").locator("[data-task]:not(.saving)")
    expect(moved).to_have_count(len(ACTED_ON), timeout=20_000)
    moved.locator("> .name").evaluate_all(PRESS_EACH, {"key": "e"})
    names = admin.column("active").get_by_label("Name")
    expect(names).to_have_count(len(ACTED_ON), timeout=20_000)
    assert names.evaluate_all("(fields) => fields.map(({ value }) => value).sort()") == sorted(
        map(one_line, ACTED_ON)
    )
    admin.unharmed()
    names.evaluate_all(PRESS_EACH, {"key": "Escape"})
    expect(names).to_have_count(0, timeout=20_000)
    for task in acted_on:
        done(api.delete(f"/tasks/{task}"))
    admin.see("active", [], timeout=20_000)
    admin.go("/tasks/deleted/")
    names = admin.page.get_by_role("main").get_by_role("listitem").locator("strong")
    expect(names).to_have_text([*reversed(ACTED_ON)])
    admin.unharmed()
