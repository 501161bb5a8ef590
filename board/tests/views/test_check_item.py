"""POST /tasks/<id>/check/, and the items of a checklist on pages and cards."""

import pytest

from board import actions
from board.models import Profile, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db
TEXT = "- [ ] Write **tests**\n- [x] Ask @ana"


@pytest.fixture
def task(sprint, add):
    return add("Radar", sprint, Status.ACTIVE, description=TEXT)


@pytest.fixture
def path(task):
    return f"/tasks/{task.pk}/check/"


def boxes(page):
    return [(box["value"], box["aria-checked"]) for box in page.all("button", role="checkbox")]


def test_the_task_page_has_a_button_per_item(browser, task, path):
    page = Page(browser.get(f"/tasks/{task.pk}/"))
    form = page.one("div", class_="description").one("form")
    assert (form["action"], form["hx-post"], form["method"]) == (path, path, "post")
    assert boxes(form) == [("0:1:Write **tests**", "false"), ("1:0:Ask @ana", "true")]
    assert form.texts("label") == ["Write tests", "Ask Ana Lind"]
    assert form.texts("a") == ["Ana Lind"]


def test_a_click_without_scripts_returns_to_the_item_with_a_message(browser, task, path):
    response = browser.post(path, {"item": "0:1:Write **tests**"})
    assert response["Location"] == f"/tasks/{task.pk}/#item-0"
    page = Page(browser.get(f"/tasks/{task.pk}/"))
    assert boxes(page)[0] == ("0:0:Write **tests**", "true")
    assert "Checked “Write tests” in “Radar”" in page.one("div", class_="toasts").text
    assert "Ana Lind checked “Write tests”" in page.text


def test_a_click_with_htmx_returns_the_description_and_a_toast(browser, path):
    page = Page(browser.post(path, {"item": "1:0:Ask @ana"}, headers=HTMX))
    assert not page.is_whole
    assert boxes(page) == [("0:1:Write **tests**", "false"), ("1:1:Ask @ana", "false")]
    assert page.one("div", hx_swap_oob=True).text == "Unchecked “Ask @ana” in “Radar”Undo"


def test_the_same_state_again_shows_no_toast(browser, path):
    page = Page(browser.post(path, {"item": "1:1:Ask @ana"}, headers=HTMX))
    assert len(boxes(page)) == 2
    assert not page.all("div", hx_swap_oob=True)


@pytest.mark.parametrize("text", ["Nothing", "- [ ] Other"])
def test_an_item_that_is_gone_shows_the_current_description_and_a_message(browser, user, task, path, text):
    actions.change_task(user, task.pk, description=text)
    response = browser.post(path, {"item": "1:0:<b>Ask"}, headers=HTMX)
    assert response.status_code == 409
    page = Page(response)
    assert page.one("p", role="alert").text.startswith("“<b>Ask” is no longer in this checklist.")
    assert text.removeprefix("- [ ] ") in page.text
    browser.post(path, {"item": "1:0:<b>Ask"})
    assert "“<b>Ask” is no longer in this checklist." in Page(browser.get(f"/tasks/{task.pk}/")).text


@pytest.mark.parametrize("item", ["", "1", "x:1:a", "1:2:a", "0:1:", "99999:1:a", "0:1:\0", "٣:1:a"])
def test_a_request_that_no_button_makes_is_invalid(browser, path, item):
    assert browser.post(path, {"item": item}).status_code == 400


def test_a_deleted_task_shows_a_message(browser, user, task, path):
    actions.remove_task(user, task.pk)
    response = browser.post(path, {"item": "1:0:Ask @ana"}, headers=HTMX)
    assert response.status_code == 404
    assert "This task doesn't exist. It may have been deleted." in Page(response).text


def test_viewers_can_check_nothing(browser, user, task, path):
    Profile.objects.update_or_create(user=user, defaults={"is_viewer": True})
    page = Page(browser.get(f"/tasks/{task.pk}/"))
    assert boxes(page) == []
    assert ["checked" in box.attrs for box in page.all("input", type="checkbox", disabled=True)] == [False, True]
    assert browser.post(path, {"item": "0:1:Write **tests**"}).status_code == 403


def test_a_closed_sprint_stays_as_it_is(browser, user, sprint, task, path):
    type(sprint).objects.filter(pk=sprint.pk).update(started_at="2026-01-01T00:00Z", closed_at="2026-01-02T00:00Z")
    assert boxes(Page(browser.get(f"/tasks/{task.pk}/"))) == []
    response = browser.post(path, {"item": "0:1:Write **tests**"}, headers=HTMX)
    assert "Sprint 1 is closed. Reopen it to change its tasks." in Page(response).one("p", role="alert").text
    assert Task.objects.get(pk=task.pk).description == TEXT


def test_cards_and_rows_show_the_progress(browser, sprint, task, add):
    add("Plain", sprint, description="`- [ ] a`")
    card = Page(browser.get(f"/sprints/{sprint.pk}/")).all("span", class_="progress")
    assert [(count.text, count["title"]) for count in card] == [("1/2", "Checklist")]
    add("Row", description="- [ ] a")
    assert Page(browser.get("/backlog/")).texts("span", class_="progress") == ["0/1"]


def test_the_items_of_a_sprint_have_no_buttons(browser, user, sprint):
    actions.change_sprint(user, sprint.pk, description=TEXT)
    about = Page(browser.get(f"/sprints/{sprint.pk}/")).one("details", class_="about")
    assert [box["type"] for box in about.all("input", disabled=True)] == ["checkbox", "checkbox"]
    assert not about.all("button")
