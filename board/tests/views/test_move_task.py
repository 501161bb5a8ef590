"""GET and POST /tasks/<id>/move/, for moving a card without dragging"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from board import actions
from board.models import Event, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(browser):
    def move_task(task, column, position="bottom", headers=HTMX):
        return browser.post(f"/tasks/{task.pk}/move/", {"column": column, "position": position}, headers=headers)

    return move_task


def test_the_form_is_a_whole_page_without_htmx(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/move/"))
    assert page.is_whole
    assert (page.heading, page.labels) == (f"Move task #{task.pk}", ["Move to", "Position"])
    assert page.one("p", class_="subject").text == "Draw"


def test_with_htmx_the_form_replaces_the_card(browser, sprint, add):
    task = add(sprint=sprint, status=Status.TESTING)
    page = Page(browser.get(f"/tasks/{task.pk}/move/", headers=HTMX))
    assert not page.is_whole
    assert page.one("li", data_task=str(task.pk))["data-in"] == "testing"
    assert page.buttons == ["Move"]
    assert page.one("a", role="button")["hx-get"] == f"/tasks/{task.pk}/"


def test_it_offers_the_backlog_and_the_columns_of_the_sprints_that_are_not_over(
    browser, sprint, next_sprint, past_sprint, add
):
    field = Page(browser.get(f"/tasks/{add().pk}/move/")).field("Move to")
    columns = ["Not Started", "In Development", "In Testing", "Completed"]
    assert [
        option.text for option in field.children if not isinstance(option, str) and option.name == "option"
    ] == ["Backlog"]
    assert {group["label"]: group.texts("option") for group in field.all("optgroup")} == {
        "Sprint 1": columns,
        "Sprint 2": columns,
    }


def test_a_task_of_a_past_sprint_can_move_within_it(browser, move, past_sprint, add):
    task = add()
    Task.objects.filter(pk=task.pk).update(sprint=past_sprint)
    field = Page(browser.get(f"/tasks/{task.pk}/move/")).field("Move to")
    assert "Sprint 0" in [group["label"] for group in field.all("optgroup")]
    assert move(task, f"{past_sprint.pk}-active").status_code == 200


@pytest.mark.parametrize(
    ("status", "following"),
    [
        (Status.TODO, "In Development"),
        (Status.ACTIVE, "In Testing"),
        (Status.TESTING, "Completed"),
        (Status.DONE, "Completed"),
    ],
)
def test_the_next_column_is_chosen(browser, sprint, add, status, following):
    task = add(sprint=sprint, status=status)
    assert Page(browser.get(f"/tasks/{task.pk}/move/")).value("Move to") == following


@pytest.mark.parametrize("headers", [{"Referer": "{}"}, {**HTMX, "HX-Current-URL": "{}"}])
def test_from_the_backlog_the_sprint_of_the_board_is_chosen(browser, sprint, next_sprint, add, headers):
    task = add()
    board = f"http://testserver/sprints/{next_sprint.pk}/?q=x"
    headers = {name: value.format(board) for name, value in headers.items()}
    response = browser.get(f"/tasks/{task.pk}/move/", headers=headers)
    chosen = Page(response).field("Move to").one("option", selected=True)
    assert chosen["value"] == f"{next_sprint.pk}-todo"
    assert Page(browser.get(f"/tasks/{task.pk}/move/")).value("Move to") == "Not Started"


def test_without_a_sprint_a_backlog_task_stays_in_the_backlog(browser, add):
    assert Page(browser.get(f"/tasks/{add().pk}/move/")).value("Move to") == "Backlog"


@pytest.mark.parametrize(("position", "order"), [("top", ["c", "a", "b"]), ("bottom", ["a", "b", "c"])])
def test_a_card_can_be_moved_to_the_top_or_the_bottom(move, user, sprint, add, position, order):
    for name in "ab":
        add(name, sprint, Status.ACTIVE)
    response = move(add("c"), f"{sprint.pk}-active", position)
    assert Page(response).one("li", data_task=True)["data-in"] == "active"
    in_column = Task.objects.in_column(sprint.pk, Status.ACTIVE)
    assert list(in_column.values_list("name", flat=True)) == order
    assert Event.objects.latest("seq").actor == user


def test_a_card_can_be_moved_to_the_backlog(move, sprint, add):
    task = add(sprint=sprint, status=Status.ACTIVE)
    move(task, "backlog")
    task.refresh_from_db()
    assert (task.sprint, task.status) == (None, Status.TODO)


def test_without_htmx_it_redirects_to_the_target_board(move, sprint, next_sprint, add):
    response = move(add(sprint=sprint), f"{next_sprint.pk}-todo", headers={})
    assert (response.status_code, response["Location"]) == (302, f"/sprints/{next_sprint.pk}/")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("column", "position", "label"),
    [
        ("attic", "top", "Move to"),
        ("99-todo", "top", "Move to"),
        ("", "top", "Move to"),
        ("backlog", "middle", "Position"),
    ],
)
def test_errors_are_shown_at_their_field(move, sprint, add, headers, column, position, label):
    task = add(sprint=sprint)
    response = move(task, column, position, headers)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (422, not headers)
    assert page.error(label)
    assert [page.error(other) for other in page.labels if other != label] == [""]
    task.refresh_from_db()
    assert task.sprint == sprint


def test_an_invalid_move_shows_an_error_and_preserves_the_choice(move, sprint, next_sprint, add):
    task = add(sprint=sprint, status=Status.DONE)
    response = move(task, f"{next_sprint.pk}-active", "top")
    page = Page(response)
    assert response.status_code == 422
    assert page.one("p", role="alert").text == "Completed tasks can't be moved to another sprint."
    assert (page.value("Move to"), page.value("Position")) == ("In Development", "Top of the column")
    task.refresh_from_db()
    assert task.sprint == sprint


def test_it_offers_the_position_above_each_other_card(browser, sprint, add):
    a, b = add("a", sprint, Status.ACTIVE), add("b", sprint, Status.ACTIVE)
    c = add("c")
    task = add("task")
    field = Page(browser.get(f"/tasks/{task.pk}/move/")).field("Position")
    assert {
        group["label"]: [(option["value"], option.text) for option in group.all("option")]
        for group in field.all("optgroup")
    } == {
        "Above a card in Backlog": [(f"backlog/{c.pk}", "c")],
        "Above a card in Sprint 1, In Development": [
            (f"{sprint.pk}-active/{a.pk}", "a"),
            (f"{sprint.pk}-active/{b.pk}", "b"),
        ],
    }


def test_with_htmx_it_offers_the_cards_of_one_column(browser, sprint, next_sprint, past_sprint, add):
    add("a", sprint, Status.ACTIVE)
    add("b", sprint, Status.TODO)
    add("c")
    over = add("over")
    Task.objects.filter(pk=over.pk).update(sprint=past_sprint)
    task = add("task", sprint, Status.ACTIVE)

    def offered(query=""):
        page = Page(browser.get(f"/tasks/{task.pk}/move/{query}", headers=HTMX))
        return page.value("Move to"), [group.texts("option") for group in page.field("Position").all("optgroup")]

    assert offered() == ("In Testing", [])
    assert offered(f"?column={sprint.pk}-active") == ("In Development", [["a"]])
    assert offered(f"?column={sprint.pk}-todo") == ("Not Started", [["b"]])
    assert offered("?column=backlog") == ("Backlog", [["c"]])
    assert offered(f"?column={next_sprint.pk}-done") == ("Completed", [])
    assert offered(f"?column={past_sprint.pk}-todo")[1] == []


@pytest.mark.parametrize("column", ["attic", "x-todo", "1-attic", "-", ""])
def test_an_unknown_column_is_not_found(browser, add, column):
    response = browser.get(f"/tasks/{add().pk}/move/?column={column}", headers=HTMX)
    assert (response.status_code, Page(response).is_whole) == (404, False)


def test_the_form_costs_the_same_for_any_number_of_other_cards(browser, sprint, add):
    task = add("task", sprint)
    path = f"/tasks/{task.pk}/move/"
    few = len(browser.get(path, headers=HTMX).content)
    for number in range(9):
        add(f"elsewhere {number}")
    assert len(browser.get(path, headers=HTMX).content) == few


def test_before_a_card_is_in_its_column_whatever_column_was_chosen(move, sprint, add):
    add("a", sprint, Status.ACTIVE)
    b = add("b", sprint, Status.ACTIVE)
    move(add("c"), "backlog", f"{sprint.pk}-active/{b.pk}")
    in_column = Task.objects.in_column(sprint.pk, Status.ACTIVE)
    assert list(in_column.values_list("name", flat=True)) == ["a", "c", "b"]


@pytest.mark.parametrize("position", ["99-active/1", "backlog/x", "backlog/99", "/", "1-todo/"])
def test_a_position_above_a_card_that_has_moved_shows_an_error(move, sprint, add, position):
    response = move(add(sprint=sprint), "backlog", position)
    assert response.status_code == 422
    assert Page(response).error("Position") == "That card has moved. Choose a position again."


def test_the_queries_for_the_form_do_not_grow_with_the_cards(browser, sprint, add, django_assert_num_queries):
    task = add(sprint=sprint)
    browser.get(f"/tasks/{task.pk}/move/")
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/tasks/{task.pk}/move/")
    for n in range(20):
        add(f"Task {n}", sprint if n % 2 else None)
    with django_assert_num_queries(len(few)):
        browser.get(f"/tasks/{task.pk}/move/")


def test_a_double_click_moves_once(browser, user, sprint, add):
    task = add(sprint=sprint)
    key = Page(browser.get(f"/tasks/{task.pk}/move/")).one("input", name="key")["value"]
    data = {"column": f"{sprint.pk}-active", "position": "top", "key": key}
    browser.post(f"/tasks/{task.pk}/move/", data)
    actions.place_task(user, task.pk, actions.Place(sprint.pk, Status.DONE))
    browser.post(f"/tasks/{task.pk}/move/", data)
    task.refresh_from_db()
    assert task.status == Status.DONE
