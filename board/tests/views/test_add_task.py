"""GET and POST /sprints/<id>/tasks/add/"""

import pytest

from board.models import Event, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(sprint):
    return f"/sprints/{sprint.pk}/tasks/add/"


def test_the_form_is_a_whole_page_without_htmx(browser, path):
    page = Page(browser.get(path))
    assert page.is_whole
    assert (page.heading, page.labels) == ("Add task", ["Name", "Description"])
    assert "Create task" in page.buttons


def test_the_form_is_a_piece_with_htmx(browser, path):
    page = Page(browser.get(path, headers=HTMX))
    assert not page.is_whole
    assert (page.labels, page.buttons) == (["Name", "Description"], ["Create task"])
    assert page.one("form")["hx-post"] == path


def test_a_new_task_is_at_the_end_of_the_backlog(browser, user, path, add):
    add("First")
    browser.post(path, {"name": "Second", "description": "Later"})
    task = Task.objects.get(name="Second")
    assert (task.sprint, task.status, task.description) == (None, Status.TODO, "Later")
    assert list(Task.objects.in_column(None, Status.TODO).values_list("name", flat=True)) == ["First", "Second"]
    assert Event.objects.get(task=task.pk).actor == user


def test_without_htmx_it_redirects_to_the_board(browser, sprint, path):
    response = browser.post(path, {"name": "Draw"})
    assert (response.status_code, response["Location"]) == (302, f"/sprints/{sprint.pk}/")


def test_with_htmx_it_returns_the_card_and_an_empty_form(browser, path):
    response = browser.post(path, {"name": "Draw", "description": "Later"}, headers=HTMX)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (200, False)
    card = page.one("template", data_cards=True).one("li", data_task=True)
    assert card["data-task"] == str(Task.objects.get().pk)
    assert card.all("a")[0].text == "Draw"
    assert (page.value("Name"), page.value("Description"), page.error("Name")) == ("", "", "")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("wrong", "label", "reason"),
    [
        ({"name": ""}, "Name", "This field is required."),
        ({"name": "  "}, "Name", "This field is required."),
        ({"name": "x" * 256}, "Name", "Ensure this value has at most 255 characters (it has 256)."),
        ({"name": "a\0b"}, "Name", "Null characters are not allowed."),
        (
            {"description": "x" * 10_001},
            "Description",
            "Ensure this value has at most 10000 characters (it has 10001).",
        ),
    ],
)
def test_errors_are_shown_at_their_field_and_input_is_preserved(browser, path, headers, wrong, label, reason):
    data = {"name": "Draw", "description": "Later", **wrong}
    response = browser.post(path, data, headers=headers)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (422, not headers)
    assert page.error(label) == reason
    assert [page.error(other) for other in page.labels if other != label] == [""]
    assert page.value("Name").strip() == data["name"].strip()
    assert page.value("Description") == data["description"]
    assert not Task.objects.exists()


def test_unknown_fields_are_ignored(browser, sprint, path):
    browser.post(path, {"name": "Draw", "sprint": sprint.pk, "status": Status.DONE, "order": 1})
    assert (Task.objects.get().sprint, Task.objects.get().status) == (None, Status.TODO)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_sprint_shows_a_message(browser, method, headers):
    response = getattr(browser, method)("/sprints/99/tasks/add/", {"name": "Draw"}, headers=headers)
    assert response.status_code == 404
    assert "This sprint doesn't exist." in Page(response).text
    assert not Task.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_double_click_adds_one_task(browser, sprint, headers):
    key = Page(browser.get(f"/sprints/{sprint.pk}/tasks/add/", headers=headers)).one("input", name="key")["value"]
    responses = [
        browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": "Once", "key": key}, headers=headers)
        for _ in range(2)
    ]
    assert [response.status_code for response in responses] == [200 if headers else 302] * 2
    assert Task.objects.count() == 1


def test_a_form_resubmitted_with_other_values_adds_another_task(browser, sprint):
    for name in ("One", "Two"):
        browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": name, "key": "the same page after Back"})
    assert Task.objects.count() == 2


def test_each_form_has_a_unique_key(browser, sprint):
    first = Page(browser.get(f"/sprints/{sprint.pk}/tasks/add/", headers=HTMX)).one("input", name="key")["value"]
    data = {"name": "One", "key": first}
    added = Page(browser.post(f"/sprints/{sprint.pk}/tasks/add/", data, headers=HTMX))
    assert added.one("input", name="key")["value"] != first
