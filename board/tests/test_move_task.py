"""GET and POST /tasks/<id>/move/, the way to move a card without dragging"""

import pytest

from board.models import Event, Status, Task

from .reading import HTMX, Page

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


def test_the_form_stands_in_the_cards_place_with_htmx(browser, sprint, add):
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
        option.text for option in field.children if not isinstance(option, str) and option.tag == "option"
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


def test_the_column_where_it_stands_is_chosen(browser, sprint, add):
    for task, column in [(add(sprint=sprint, status=Status.TESTING), "In Testing"), (add(), "Backlog")]:
        assert Page(browser.get(f"/tasks/{task.pk}/move/")).value("Move to") == column


@pytest.mark.parametrize(("position", "order"), [("top", ["c", "a", "b"]), ("bottom", ["a", "b", "c"])])
def test_a_card_goes_to_the_top_or_the_bottom(move, user, sprint, add, position, order):
    for name in "ab":
        add(name, sprint, Status.ACTIVE)
    answer = move(add("c"), f"{sprint.pk}-active", position)
    assert Page(answer).one("li", data_task=True)["data-in"] == "active"
    in_column = Task.objects.in_column(sprint.pk, Status.ACTIVE)
    assert list(in_column.values_list("name", flat=True)) == order
    assert Event.objects.latest("seq").by == user


def test_a_card_goes_back_to_the_backlog(move, sprint, add):
    task = add(sprint=sprint, status=Status.ACTIVE)
    move(task, "backlog")
    task.refresh_from_db()
    assert (task.sprint, task.status) == (None, Status.TODO)


def test_without_htmx_it_leads_to_the_board_that_it_went_to(move, sprint, next_sprint, add):
    answer = move(add(sprint=sprint), f"{next_sprint.pk}-todo", headers={})
    assert (answer.status_code, answer["Location"]) == (302, f"/sprints/{next_sprint.pk}/")


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
def test_what_is_wrong_stands_beside_its_field(move, sprint, add, headers, column, position, label):
    task = add(sprint=sprint)
    answer = move(task, column, position, headers)
    page = Page(answer)
    assert (answer.status_code, page.is_whole) == (422, not headers)
    assert page.error(label)
    assert [page.error(other) for other in page.labels if other != label] == [""]
    task.refresh_from_db()
    assert task.sprint == sprint


def test_a_move_that_breaks_a_rule_says_so_above_the_fields_and_keeps_the_choice(move, sprint, next_sprint, add):
    task = add(sprint=sprint, status=Status.DONE)
    answer = move(task, f"{next_sprint.pk}-active", "top")
    page = Page(answer)
    assert answer.status_code == 422
    assert page.one("p", role="alert").text == "A completed task keeps its sprint."
    assert (page.value("Move to"), page.value("Position")) == ("In Development", "Top of the column")
    task.refresh_from_db()
    assert task.sprint == sprint
