"""HTML in user input is escaped in all pages, fragments and pushed cards."""

import pytest
from django.utils import timezone

from board import actions
from board.history import log
from board.live import batches
from board.models import Status
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db
PAYLOAD = """</title></textarea></li><embed src=x onerror=alert(1)>"'{{ 7|add:7 }}<script>"""


@pytest.fixture
def nasty(user, sprint):
    """A task of a sprint of a person, each called `PAYLOAD`."""
    user.first_name = PAYLOAD
    user.save()
    actions.change_sprint(user, sprint.pk, name=PAYLOAD, description=PAYLOAD)
    return actions.add_task(
        user,
        name=PAYLOAD,
        description=PAYLOAD,
        sprint_id=sprint.pk,
        status=Status.ACTIVE,
        assigned=user,
        due=timezone.localdate(),
    )


def assert_harmless(html):
    page = Page(html)
    assert not page.all("embed")
    # A block of data is no script, and what is in it has no sign of HTML.
    assert all(not script.string or script["type"] == "application/json" for script in page.all("script"))
    assert not any("<" in (script.string or "") for script in page.all("script"))
    source = html if isinstance(html, str) else html.content.decode()
    assert "<embed" not in source
    assert "&lt;embed src=x onerror=alert(1)&gt;&quot;&#x27;{{ 7|add:7 }}&lt;script&gt;" in source


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    "path",
    [
        "/sprints/{sprint}/",
        "/sprints/{sprint}/edit/",
        "/sprints/{sprint}/delete/",
        "/tasks/{task}/",
        "/tasks/{task}/edit/",
        "/tasks/{task}/move/",
        "/tasks/{task}/delete/",
        "/",
    ],
)
def test_typed_markup_is_only_text(browser, nasty, path, headers):
    assert_harmless(browser.get(path.format(sprint=nasty.sprint_id, task=nasty.pk), headers=headers))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sprints/add/", {"name": PAYLOAD, "end": PAYLOAD, "description": PAYLOAD}),
        ("/sprints/{sprint}/tasks/add/", {"name": "", "description": PAYLOAD}),
        ("/tasks/{task}/edit/", {"name": "", "description": PAYLOAD, "due": PAYLOAD}),
        ("/tasks/{task}/move/", {"column": PAYLOAD}),
    ],
)
def test_invalid_input_is_returned_as_text(browser, nasty, path, data, headers):
    response = browser.post(path.format(sprint=nasty.sprint_id, task=nasty.pk), data, headers=headers)
    assert response.status_code == 422
    assert_harmless(response)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sprints/{sprint}/tasks/add/", {"name": PAYLOAD}),
        ("/tasks/{task}/edit/", {"name": PAYLOAD}),
        ("/tasks/{task}/place/", {"column": PAYLOAD}),
        ("/tasks/{task}/place/", {"column": "backlog"}),
    ],
)
def test_the_fragment_after_a_change_contains_only_text(browser, nasty, path, data):
    assert_harmless(browser.post(path.format(sprint=nasty.sprint_id, task=nasty.pk), data, headers=HTMX))


def test_the_message_after_deleting_is_only_text(browser, nasty):
    browser.post(f"/tasks/{nasty.pk}/delete/")
    assert_harmless(browser.get("/"))


def test_a_name_in_the_log_in_form_is_only_text(client, db):
    assert_harmless(client.post("/login/", {"username": PAYLOAD, "password": "x"}))


def test_where_to_go_after_the_log_in_is_only_text(client, db):
    assert_harmless(client.get("/login/", {"next": "/?" + PAYLOAD}))


def test_pushed_cards_and_heads_are_only_text_and_news_is_no_html(nasty):
    batch = batches.batch(nasty.sprint_id, 0, log.state())
    assert_harmless(batch["cards"])
    assert_harmless(batch["head"])
    # News is inserted as textContent (toasts.js), so it isn't escaped.
    assert [news["text"] for news in batch["news"]] == [f"{PAYLOAD} Lind created “{PAYLOAD}”"]
