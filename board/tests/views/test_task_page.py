"""GET /tasks/<id>/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.models import Status
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


def facts(page):
    dl = page.one("dl", class_="facts")
    return dict(zip(dl.texts("dt"), dl.texts("dd"), strict=True))


def in_words(day):
    return f"{day:%a} {day.day} {day:%b %Y}"


def test_the_page_shows_all_fields_of_the_task(browser, user, sprint, add):
    today = timezone.localdate()
    due = today + timedelta(days=3)
    task = add("Draw", sprint, Status.DONE, description="First\n\nSecond", assigned=user, due=due, points=5)
    page = Page(browser.get(f"/tasks/{task.pk}/"))
    assert page.is_whole
    assert page.heading == "Draw"
    assert page.one("div", class_="description").texts("p") == ["First", "Second"]
    assert facts(page) == {
        "Column": "Completed",
        "Assigned to": "Ana Lind",
        "Points": "5",
        "Due": in_words(due),
        "Started": in_words(today),
        "Completed": in_words(today),
    }


def test_empty_fields_of_a_task_are_shown_as_such(browser, add):
    page = Page(browser.get(f"/tasks/{add().pk}/"))
    assert "No description" in page.text
    assert facts(page) == {"Column": "Backlog", "Assigned to": "Nobody", "Points": "None", "Due": "No date"}


def test_the_page_links_back_to_the_sprint_or_the_backlog(browser, sprint, add):
    for task, href in [(add(sprint=sprint), f"/sprints/{sprint.pk}/"), (add(), "/backlog/")]:
        crumb = Page(browser.get(f"/tasks/{task.pk}/")).one("p", class_="crumb")
        assert crumb.one("a")["href"] == href


def test_the_page_links_to_all_actions_of_the_task(browser, add):
    task = add()
    links = Page(browser.get(f"/tasks/{task.pk}/")).one("div", id="panel-main").all("a")
    assert {link.text: link["href"] for link in links} == {
        "Edit": f"/tasks/{task.pk}/edit/?next=/tasks/{task.pk}/",
        "Move": f"/tasks/{task.pk}/move/?next=/tasks/{task.pk}/",
        "Delete…": f"/tasks/{task.pk}/delete/?next=/tasks/{task.pk}/",
    }


def test_saving_from_the_task_page_redirects_back_to_it(browser, sprint, add):
    page = f"/tasks/{(task := add(sprint=sprint)).pk}/"
    for form, data in [
        ("edit/", {"name": "Drawn"}),
        ("move/", {"column": f"{sprint.pk}-done", "position": "top"}),
    ]:
        address = f"{page}{form}?next={page}"
        assert f'action="{address}"' in browser.get(address).content.decode()
        assert browser.post(address, data)["Location"] == page
        on_page = {**HTMX, "HX-Current-URL": f"http://testserver{address}"}
        assert browser.get(page, headers=on_page)["HX-Redirect"] == page, "cancelled"
    assert (
        browser.post(f"{page}edit/?next=https://evil.example/tasks/{task.pk}/", {"name": "x"})["Location"]
        == f"/sprints/{sprint.pk}/"
    )


def test_an_undo_on_the_task_page_redirects_back_to_it(browser, user, sprint, add):
    task = add(sprint=sprint)
    event = actions.change_task(user, task.pk, name="Draw").event
    referrer = {"Referer": f"http://testserver/tasks/{task.pk}/"}
    assert browser.post(f"/undo/{event.seq}/", headers=referrer)["Location"] == f"/tasks/{task.pk}/"


def test_deleting_a_task_does_not_redirect_to_its_page(browser, sprint, add):
    page = f"/tasks/{add(sprint=sprint).pk}/"
    assert browser.post(f"{page}delete/?next={page}")["Location"] == f"/sprints/{sprint.pk}/"


def test_the_history_is_oldest_first(browser, user, add):
    task = add()
    actions.change_task(None, task.pk, name="Draw")
    entries = Page(browser.get(f"/tasks/{task.pk}/")).one("ol", id="panel-entries")
    assert entries.texts("span") == [
        "Ana Lind created this task",
        "Lightboard renamed this task from “Fix log-in” to “Draw”",
    ]


def test_with_htmx_it_is_the_card(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/", headers=HTMX))
    assert not page.is_whole
    assert page.one("li", data_task=str(task.pk)).all("a")[0].text == "Draw"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("piece", ["", "edit/", "move/", "delete/"])
def test_a_deleted_task_shows_a_message(browser, user, add, piece, headers):
    task = add()
    actions.remove_task(user, task.pk)
    response = browser.get(f"/tasks/{task.pk}/{piece}", headers=headers)
    assert response.status_code == 404
    assert "This task doesn't exist. It may have been deleted." in Page(response).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("piece", "data"),
    [
        ("move/", {"column": "backlog", "position": "top"}),
        ("place/", {"column": "backlog"}),
        ("delete/", {}),
    ],
)
def test_changing_a_deleted_task_shows_a_message(browser, user, add, piece, data, headers):
    task = add()
    actions.remove_task(user, task.pk)
    response = browser.post(f"/tasks/{task.pk}/{piece}", data, headers=headers)
    assert response.status_code == 404
    assert "This task doesn't exist. It may have been deleted." in Page(response).text


@pytest.mark.parametrize(
    ("piece", "data", "action"),
    [
        ("move/", {"column": "backlog", "position": "top"}, "place_task"),
        ("delete/", {}, "remove_task"),
    ],
)
def test_a_task_deleted_while_saving_shows_a_message(browser, user, add, monkeypatch, piece, data, action):
    task = add()
    write = getattr(actions, action)

    def too_late(by, pk, *args, **kwargs):
        monkeypatch.undo()
        actions.remove_task(user, pk)
        return write(by, pk, *args, **kwargs)

    monkeypatch.setattr(actions, action, too_late)
    response = browser.post(f"/tasks/{task.pk}/{piece}", data, headers=HTMX)
    assert response.status_code == 404
    assert "This task doesn't exist." in Page(response).text
