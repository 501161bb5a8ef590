"""GET and POST /tasks/<id>/delete/"""

import pytest

from board.models import Event, Task

from .reading import HTMX, Page

pytestmark = pytest.mark.django_db


def test_deleting_asks_first_on_a_whole_page_without_htmx(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/delete/"))
    assert page.is_whole
    assert "Delete “Draw”?" in page.text
    assert "Delete" in page.buttons
    assert Task.objects.exists()


def test_deleting_asks_first_in_the_cards_place_with_htmx(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/delete/", headers=HTMX))
    assert not page.is_whole
    assert page.one("li", data_task=str(task.pk))["data-version"] == str(task.version)
    assert page.one("p", class_="question").text == "Delete “Draw”?"
    assert page.buttons == ["Delete"]
    keep = page.one("a", role="button")
    assert (keep.text, keep["hx-get"]) == ("Keep", f"/tasks/{task.pk}/")
    assert Task.objects.exists()


def test_without_htmx_it_leads_back_to_the_board_which_says_so(browser, user, sprint, add):
    task = add("Draw", sprint)
    answer = browser.post(f"/tasks/{task.pk}/delete/", follow=True)
    assert answer.redirect_chain == [(f"/sprints/{sprint.pk}/", 302)]
    assert Page(answer).texts("p", class_="toast") == ["“Draw” was deleted."]
    assert not Task.objects.exists()
    event = Event.objects.latest("seq")
    assert (event.kind, event.by, event.task) == ("remove", user, task.pk)


def test_without_htmx_a_backlog_task_leads_home(browser, add):
    answer = browser.post(f"/tasks/{add().pk}/delete/")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_with_htmx_nothing_takes_the_cards_place(browser, add):
    answer = browser.post(f"/tasks/{add().pk}/delete/", headers=HTMX)
    assert (answer.status_code, answer.content) == (200, b"")
    assert not Task.objects.exists()
