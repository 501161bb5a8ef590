"""GET and POST /tasks/<id>/delete/"""

import pytest

from board import actions
from board.models import Event, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


def test_without_htmx_deleting_is_confirmed_on_a_page(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/delete/"))
    assert page.is_whole
    assert "Delete “Draw”?" in page.text
    assert "Delete task" in page.buttons
    assert Task.objects.exists()


def test_with_htmx_deleting_is_confirmed_in_place_of_the_card(browser, add):
    task = add("Draw")
    page = Page(browser.get(f"/tasks/{task.pk}/delete/", headers=HTMX))
    assert not page.is_whole
    assert page.one("li", data_task=str(task.pk))["data-version"] == str(task.version)
    assert page.one("p", class_="question").text == "Delete “Draw”?"
    assert page.buttons == ["Delete task"]
    keep = page.one("a", role="button")
    assert (keep.text, keep["hx-get"]) == ("Cancel", f"/tasks/{task.pk}/")
    assert Task.objects.exists()


def test_without_htmx_it_redirects_to_the_board_with_a_message(browser, user, sprint, add):
    task = add("Draw", sprint)
    response = browser.post(f"/tasks/{task.pk}/delete/", follow=True)
    assert response.redirect_chain == [(f"/sprints/{sprint.pk}/", 302)]
    event = Event.objects.latest("seq")
    toast = Page(response).one("div", class_="toast")
    assert (toast.text, toast.one("form")["action"]) == ("Deleted “Draw”Undo", f"/undo/{event.seq}/")
    assert not Task.objects.exists()
    assert (event.kind, event.actor, event.task) == ("remove", user, task.pk)


def test_without_htmx_deleting_a_backlog_task_redirects_home(browser, add):
    response = browser.post(f"/tasks/{add().pk}/delete/")
    assert (response.status_code, response["Location"]) == (302, "/")


def test_with_htmx_the_card_is_removed_and_a_toast_offers_undo(browser, add):
    task = add()
    response = browser.post(f"/tasks/{task.pk}/delete/", headers=HTMX)
    page = Page(response)
    seq = Event.objects.latest("seq").seq
    assert (response.status_code, page.all("li")) == (200, [])
    gone, toast = [piece for piece in page.children if not isinstance(piece, str)]
    assert (gone.name, gone["data-gone"], gone["data-seq"]) == ("template", str(task.pk), str(seq))
    assert toast["hx-swap-oob"] == "beforeend:.toasts"
    assert toast.one("form", data_undo=True)["hx-post"] == f"/undo/{seq}/"
    assert not Task.objects.exists()


def test_on_the_confirmation_page_htmx_redirects_to_the_board(browser, sprint, add):
    task = add(sprint=sprint)
    path = f"/tasks/{task.pk}/delete/"
    response = browser.post(path, headers=HTMX | {"HX-Current-URL": f"http://testserver{path}"})
    assert response["HX-Redirect"] == f"/sprints/{sprint.pk}/"
    assert "Deleted" in Page(browser.get(f"/sprints/{sprint.pk}/")).one("div", class_="toast").text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_task_of_a_closed_sprint_is_not_deleted_and_the_page_says_why(browser, user, sprint, add, headers):
    task = add("Done", actions.start_sprint(user, sprint.pk), Status.DONE)
    actions.close_sprint(user, sprint.pk, outcome="met")
    response = browser.post(f"/tasks/{task.pk}/delete/", headers=headers, follow=True)
    assert response.status_code == (422 if headers else 200)
    assert "Sprint 1 is closed. Reopen it to change its tasks." in response.content.decode()
    assert Task.objects.filter(pk=task.pk).exists()
