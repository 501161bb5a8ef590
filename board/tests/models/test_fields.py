"""Validation of text and dates on pages, in fragments, in the API and in invitations."""

import json

import pytest
from django.utils import timezone

from board import actions
from board.accounts.forms import DisplayNameField, InviteForm
from board.models import Sprint, Status, Task
from board.models.fields import is_visible, one_line
from board.tests.html_page import HTMX, Page
from board.views.forms.sprints import SprintForm
from board.views.forms.tasks import NewTaskForm, TaskForm

pytestmark = pytest.mark.django_db
INVISIBLE = [
    "\u200b",
    "\u2800",
    "\u3164",
    "\u00ad",
    "\u200d\u200d",
    "\ufeff \u2060",
    "\u180e",
    "\U000e0041",
    "\ufe0f",
    "\x07",
]
VISIBLE = ["a", "👩‍💻", "مهمة", "z̈", "1\u200b", "…", "\ue000"]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_nothing_of_these_is_visible(text):
    assert not is_visible(text)


@pytest.mark.parametrize("text", VISIBLE, ids=ascii)
def test_visible_text_is_unchanged(text):
    assert one_line(text) == text


@pytest.fixture
def add_path(sprint):
    return f"/sprints/{sprint.pk}/tasks/add/"


def api(browser, method, path, **body):
    headers = {"accept": "application/json", "x-csrftoken": "x"}
    return getattr(browser, method)(f"/api/{path}", json.dumps(body), "application/json", headers=headers)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_an_invisible_name_shows_an_error_at_its_field(browser, add_path, headers):
    response = browser.post(add_path, {"name": "\u200b"}, headers=headers)
    assert (response.status_code, Page(response).error("Name")) == (422, "This field can't be blank.")
    assert not Task.objects.exists()


def test_the_api_refuses_an_invisible_name(browser, add):
    task, name = add("a"), "\ufeff \u2060"
    added, changed = api(browser, "post", "tasks", name=name), api(browser, "patch", f"tasks/{task.pk}", name=name)
    assert (added.status_code, changed.status_code) == (400, 400)
    assert "blank" in added.content.decode()
    assert Task.objects.get().name == "a"


def test_an_invisible_name_of_a_sprint_is_none(browser, sprint):
    actions.change_sprint(None, sprint.pk, name="\u200b")
    assert str(Sprint.objects.get()).startswith("Sprint ending")


@pytest.mark.parametrize("name", ["\u3164", "\u115f"], ids=ascii)
def test_an_invisible_username_is_refused(name):
    form = InviteForm({"username": name, "role": "member"})
    assert form.errors["username"] == ["This field can't be blank."]


def test_an_invisible_display_name_is_refused_where_one_is_required():
    with pytest.raises(Exception, match="can't be blank"):
        DisplayNameField().clean("\u2800")


@pytest.mark.parametrize("lines", ["Fix\nthe log-in", "Fix\r\n the log-in", "Fix \u2028the log-in\n"])
def test_line_breaks_in_a_name_become_spaces(browser, add_path, lines):
    browser.post(add_path, {"name": lines})
    api(browser, "post", "tasks", name=lines)
    assert set(Task.objects.values_list("name", flat=True)) == {"Fix the log-in"}


def test_a_name_of_255_characters_is_accepted_everywhere(browser, add_path):
    name = "ä" * 254 + "🚢"
    browser.post(add_path, {"name": name})
    assert api(browser, "post", "sprints", name=name, end="2999-01-01").status_code == 201
    assert [Task.objects.get().name, Sprint.objects.get(end="2999-01-01").name] == [name, name]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_text_that_is_too_long_is_rejected_but_not_truncated(browser, add_path, headers):
    typed = {"name": "n" * 256, "description": "d" * 10_200}
    response = browser.post(add_path, typed, headers=headers)
    page = Page(response)
    assert response.status_code == 422
    assert page.error("Name") == "Ensure this value has at most 255 characters (it has 256)."
    assert page.error("Description") == "Ensure this value has at most 10000 characters (it has 10200)."
    assert {"name": page.value("Name"), "description": page.value("Description").strip()} == typed


def test_a_line_break_counts_as_one_character_as_in_the_browser(browser, add_path):
    browser.post(add_path, {"name": "a", "description": "x\r\n" * 4_999 + "xx"})
    assert len(Task.objects.get().description) == 10_000


def test_no_rule_of_the_write_path_is_for_forms_alone(user, add):
    for changes in (
        {"name": "x" * 256},
        {"description": "x" * 10_001},
        {"due": timezone.datetime(26, 11, 27).date()},
    ):
        with pytest.raises(Exception, match=next(iter(changes))):
            actions.change_task(user, add("a").pk, **changes)


@pytest.mark.parametrize(
    "path",
    [
        "/login/",
        "/profile/",
        "/people/invite/",
        "/sprints/add/",
        "/profile/tokens/",
        "/profile/webhooks/",
    ],
)
def test_no_field_truncates_input(browser, user, path):
    user.is_staff = True
    user.save()
    if path == "/login/":
        browser.logout()
    page = browser.get(path, follow=True)
    assert page.status_code == 200
    assert 'data-limit="' in page.content.decode()
    assert "maxlength" not in page.content.decode()


@pytest.mark.parametrize("form", [NewTaskForm, TaskForm, SprintForm])
def test_a_field_passes_its_limit_to_the_page(form):
    html = str(form())
    assert 'data-limit="255"' in html
    assert 'data-limit="10000"' in html
    assert "maxlength" not in html


DAYS = [("0026-11-27", None), ("1899-12-31", None), ("9999-12-31", None), ("2026-11-27", "2026-11-27")]


@pytest.mark.parametrize(("typed", "saved"), [*DAYS, ("11/27/26", "2026-11-27")])
def test_a_year_of_two_digits_is_of_this_century_or_refused(browser, add, typed, saved):
    task = add("a")
    response = browser.post(f"/tasks/{task.pk}/edit/due/", {"due": typed}, headers=HTMX)
    assert (response.status_code == 200) == (saved is not None)
    if saved is None:
        assert Page(response).error("Due") == "Enter a date between 1900 and 2999."
    task.refresh_from_db()
    assert (task.due and task.due.isoformat()) == saved


@pytest.mark.parametrize(
    ("typed", "saved"), [("27.11.26", "2026-11-27"), ("27.11.2026", "2026-11-27"), ("27.11.0026", None)]
)
def test_german_dates_too(browser, add, typed, saved):
    task = add("a")
    browser.post(f"/tasks/{task.pk}/edit/due/", {"due": typed}, headers=HTMX | {"accept-language": "de"})
    task.refresh_from_db()
    assert (task.due and task.due.isoformat()) == saved


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(
            (field, typed)
            for field in ("due", "started", "completed")
            for typed in ("0026-11-27", "9999-12-31", "11/27/26")
        ),
        ("end", "0026-11-27"),
        ("end", "11/27/26"),
    ],
)
def test_the_api_rejects_such_dates_with_an_error_at_their_field(browser, sprint, field, typed):
    body = {"end": typed} if field == "end" else {"name": "a", "sprint": sprint.pk, "status": 4, field: typed}
    response = api(browser, "post", "sprints" if field == "end" else "tasks", **body)
    assert response.status_code == 400
    assert field in response.json() or field in response.json().get("errors", {})


def test_old_invalid_values_do_not_prevent_other_changes(user, sprint, add):
    task = add("a", sprint)
    Task.objects.filter(pk=task.pk).update(name="\u200b", due="0026-11-27")
    actions.place_task(user, task.pk, actions.Place(sprint.pk, Status.ACTIVE))
    event = actions.remove_task(user, task.pk)
    actions.undo(user, event.seq)
    assert Task.objects.get().status == Status.ACTIVE


NO_TEXT = ["1e400", "1", "1.5", "true", "null", "[]", '["a"]', "{}", '{"a": 1}']


@pytest.mark.parametrize("field", ["name", "description"])
@pytest.mark.parametrize("path", ["tasks", "sprints"])
def test_only_a_text_is_a_text(browser, path, field):
    other = {"tasks": '"status": 1', "sprints": '"end": "2999-01-01"'}[path]
    for value in NO_TEXT:
        response = browser.post(f"/api/{path}", f'{{{other}, "{field}": {value}}}', "application/json")
        assert response.status_code == 400, value
        assert field in response.content.decode(), value


def test_a_token_is_for_texts_only(client):
    for value in NO_TEXT:
        body = f'{{"username": {value}, "password": {value}}}'
        response = client.post("/api/token/", body, "application/json")
        assert response.status_code == 400, value
        assert "password" in response.content.decode(), value
