"""No page scrolls sideways, however wide the window is, and each target on a phone can be hit: with long names and German's long words."""

import json
import re
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect

from .accessibility import SIZES, small_targets
from .invitations import invite
from .server import ROOT

STYLES = [
    path for folder in ("board", "placeholder", "sitegen") for path in (ROOT / folder).rglob("static/**/*.css")
]
# Between two breakpoints the narrowest window has the least room: from 761 on for "max-width: 760px", 760 for "width < 760px".
BREAKPOINTS = {
    int(n) + (sign == "max-width: ")
    for path in STYLES
    for sign, n in re.findall(r"@media[^{]*?(max-width: |width < )(\d+)px", path.read_text())
}
WIDTHS = sorted({320, 1920, *BREAKPOINTS})
# Where its words fit, the shorter ones of English do.
GERMAN = "de-DE"
OTHERS = [f"person-{number}" for number in range(11)]
# Names without a space, of people, sprints, tasks and whatever else has one; prints the ids.
LONG = f"""
import json
from datetime import timedelta
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from api.models import KINDS, Token, Webhook
from board import actions
from board.accounts import actions as account_actions
from board.history import log
from board.models import Sprint, Status
from board.notify import making
cookies = []
word = "Donaudampfschifffahrtsgesellschaft" * 3
demo = User.objects.get(username="demo")
User.objects.filter(pk=demo.pk).update(first_name=word[:60], last_name=word[:60])
for number, name in enumerate({OTHERS!r}):
    user = User.objects.create(username=name, first_name=word[number:30 + number], last_name=word[:30])
    client = Client()
    client.force_login(user)
    cookies.append(client.cookies.output(attrs=[], header="", sep=";"))
today = timezone.localdate()
sprint = actions.add_sprint(demo, name=word[:100], description=word, end=today + timedelta(days=500))
past = Sprint.objects.past().first()
actions.reopen_sprint(demo, past.pk)
actions.change_sprint(demo, past.pk, name=word[:100], description=word)
actions.close_sprint(demo, past.pk, outcome="met", others="backlog")
due = today + timedelta(days=400)
tasks = [
    actions.add_task(demo, name=word[:100], description=word, sprint_id=sprint.pk, status=status, due=due, assigned=demo)
    for status in Status.values
]
actions.add_task(demo, name=word[:100], due=due, assigned=demo, points=13)
actions.add_comment(user, tasks[0].pk, "@demo " + word)
making.make_notifications()
gone = actions.add_task(demo, name=word[:100], sprint_id=sprint.pk)
actions.remove_task(demo, gone.pk)
token = Token(owner=demo, name=word[:100])
token.issue()
webhook = Webhook.objects.create(
    owner=demo, url="https://example.org/" + word, kinds=list(KINDS), cursor=0, disabled_at=timezone.now(), disabled_reason="owner " + word
)
invitation, _ = account_actions.new_link(demo, account_actions.invite(demo, "invited"))
print(json.dumps(dict(invitation=reverse("welcome", args=[invitation]), sprint=sprint.pk, task=tasks[0].pk, token=token.pk, webhook=webhook.pk, person=user.pk, cookies=cookies, seq=log.state()[0])))
"""
PAGES = [
    "/",
    "/sprints/past/",
    "/backlog/",
    "/backlog/tasks/add/several/",
    "/sprints/add/",
    "/sprints/{sprint}/edit/",
    "/sprints/{sprint}/delete/",
    "/sprints/{sprint}/start/",
    "/sprints/{sprint}/tasks/add/",
    "/sprints/2/close/",
    "/sprints/2/report/",
    "/sprints/1/report/",
    "/notifications/",
    "/activity/",
    "/sprints/{sprint}/activity/",
    "/team/",
    "/tasks/{task}/",
    "/tasks/{task}/edit/",
    "/tasks/{task}/edit/name/",
    "/tasks/{task}/edit/assigned/",
    "/tasks/{task}/edit/due/",
    "/tasks/{task}/move/",
    "/tasks/{task}/delete/",
    "/tasks/deleted/",
    "/people/",
    "/people/invite/",
    "/people/{person}/",
    "/profile/",
    "/profile/password/",
    "/profile/tokens/",
    "/profile/tokens/{token}/revoke/",
    "/profile/webhooks/",
    "/profile/webhooks/{webhook}/",
    "/api/docs",
    "/nowhere/",
    "/sprints/99999999/",
]
# These are in English. Together they are all pages of accessibility.PAGES.
OTHER_PAGES = ["/placeholder/", "/site/"]


@pytest.fixture(scope="module")
def crowded(own_server):
    """A server with long names, and eleven people on the board of a sprint: (address, ids)."""
    ids = json.loads(own_server.manage("shell", "-v", "0", "-c", LONG).splitlines()[-1])
    with on_board(own_server.url, ids):
        yield own_server.url, ids


@contextmanager
def on_board(url, ids):
    """Keep people on a board: each has a socket that acknowledges what comes, as a page's does."""
    address = f"{url.replace('http', 'ws')}/sprints/{ids['sprint']}/live"
    over = Event()
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(connect(address, origin=url, additional_headers={"Cookie": cookie.strip()}))
            for cookie in ids["cookies"]
        ]

        def acknowledge():
            while not over.wait(1):
                for socket in sockets:
                    socket.send(json.dumps({"since": ids["seq"]}))
                    with suppress(TimeoutError):
                        socket.recv(timeout=0)

        thread = Thread(target=acknowledge)
        thread.start()
        yield
        over.set()
        thread.join()


def test_the_board_with_twelve_people_fits_every_window(someone, crowded):
    url, ids = crowded
    person = someone("demo", url, locale=GERMAN).open_board(ids["sprint"])
    expect(person.page.locator(".people > li")).to_have_count(6)
    assert too_wide(person) == []
    # A word of the filter can be read beside the others, and what is beside it stays in its line.
    assert missing_pixels(person, "90 - document.querySelector('.filter input').offsetWidth") == []
    assert missing_pixels(person, "document.querySelector('.top').offsetHeight - 100") == []
    card = person.page.locator(f'[data-task="{ids["task"]}"]')
    for form in ("edit/", "move/", "delete/", "edit/due/"):
        person.page.evaluate(
            "([id, form]) => htmx.ajax('GET', `/tasks/${id}/${form}`, {target: `[data-task='${id}']`, swap: 'outerHTML'})",
            [ids["task"], form],
        )
        expect(card.locator("form")).to_be_visible()
        assert too_wide(person) == [], form
    person.column("backlog").locator("form.add button").click()
    expect(person.page.locator("form.adding")).to_be_visible()
    assert too_wide(person) == []
    person.page.get_by_role("heading", level=1).click()
    person.page.keyboard.press("?")
    expect(person.page.get_by_role("dialog")).to_be_visible()
    person.page.set_viewport_size(SIZES["phone"])
    assert small_targets(person) == []


def test_every_page_fits_every_window_and_on_a_phone_every_target_can_be_hit(someone, crowded):
    url, ids = crowded
    person = someone("demo", url, locale=GERMAN, viewport=SIZES["phone"])
    found = {}
    for path in PAGES:
        expect(person.go(path.format(**ids)).page.locator("html")).to_have_attribute("lang", "de")
        found[path] = too_wide(person) + small_targets(person)
    for path in OTHER_PAGES:
        found[path] = too_wide(person.go(path)) + small_targets(person)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_the_page_with_a_new_invitation_fits_every_window(someone, crowded):
    person = someone("demo", crowded[0])
    invite(person, "newcomer")
    assert too_wide(person) == []


def test_the_pages_before_a_log_in_fit_every_window(someone, crowded):
    person = someone(None, crowded[0], locale=GERMAN)
    for path in ("/login/", "/password/", "/welcome/over/", crowded[1]["invitation"]):
        assert too_wide(person.go(path)) == [], path


def too_wide(person):
    """Return [(width of the window, how much wider the page is)] of all windows that the page does not fit."""
    return missing_pixels(person, "document.documentElement.scrollWidth - innerWidth")


def missing_pixels(person, expression):
    """Return [(width of the window, value)] of all windows in which the expression is more than 0."""
    devtools = person.page.context.new_cdp_session(person.page)
    found = []
    for width in WIDTHS:
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        devtools.send("Emulation.setDeviceMetricsOverride", metrics)
        beyond = devtools.send("Runtime.evaluate", {"expression": expression})
        if beyond["result"]["value"] > 0:
            found.append((width, beyond["result"]["value"]))
    devtools.detach()
    return found
