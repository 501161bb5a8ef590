"""GET and POST /tasks/<id>/delete/"""

import pytest

from board.models import Event, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


def test_deleting_asks_first_on_a_whole_page_without_htmx(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/delete/"))
    assert page.is_whole
    assert "Delete “Draw”?" in page.text
    assert "Delete task" in page.buttons
    assert Task.objects.exists()


def test_deleting_asks_first_in_the_cards_place_with_htmx(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/delete/", headers=HTMX))
    assert not page.is_whole
    assert page.one("li", data_task=str(task.pk))["data-version"] == str(task.version)
    assert page.one("p", class_="question").text == "Delete “Draw”?"
    assert page.buttons == ["Delete task"]
    keep = page.one("a", role="button")
    assert (keep.text, keep["hx-get"]) == ("Cancel", f"/tasks/{task.pk}/")
    assert Task.objects.exists()


def test_without_htmx_it_leads_back_to_the_board_which_says_so(browser, user, sprint, add):
    task = add("Draw", sprint)
    answer = browser.post(f"/tasks/{task.pk}/delete/", follow=True)
    assert answer.redirect_chain == [(f"/sprints/{sprint.pk}/", 302)]
    event = Event.objects.latest("seq")
    toast = Page(answer).one("div", class_="toast")
    assert (toast.text, toast.one("form")["action"]) == ("Deleted “Draw”Undo", f"/undo/{event.seq}/")
    assert not Task.objects.exists()
    assert (event.kind, event.actor, event.task) == ("remove", user, task.pk)


def test_without_htmx_a_backlog_task_leads_home(browser, add):
    answer = browser.post(f"/tasks/{add().pk}/delete/")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_with_htmx_the_card_is_said_to_be_gone_and_a_toast_offers_the_way_back(browser, add):
    task = add()
    answer = browser.post(f"/tasks/{task.pk}/delete/", headers=HTMX)
    page = Page(answer)
    seq = Event.objects.latest("seq").seq
    assert (answer.status_code, page.all("li")) == (200, [])
    gone, toast = [piece for piece in page.children if not isinstance(piece, str)]
    assert (gone.name, gone["data-gone"], gone["data-seq"]) == ("template", str(task.pk), str(seq))
    assert toast["hx-swap-oob"] == "beforeend:.toasts"
    assert toast.one("form", data_undo=True)["hx-post"] == f"/undo/{seq}/"
    assert not Task.objects.exists()


def test_on_the_page_of_the_question_htmx_leads_back_to_the_board(browser, sprint, add):
    task = add(sprint=sprint)
    path = f"/tasks/{task.pk}/delete/"
    answer = browser.post(path, headers=HTMX | {"HX-Current-URL": f"http://testserver{path}"})
    assert answer["HX-Redirect"] == f"/sprints/{sprint.pk}/"
    assert "Deleted" in Page(browser.get(f"/sprints/{sprint.pk}/")).one("div", class_="toast").text
