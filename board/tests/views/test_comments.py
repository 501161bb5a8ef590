"""The views of comments: adding one to a task, editing and deleting it."""

import pytest
from django.test import Client

from board import actions
from board.models import Comment
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(add, sprint):
    return add("Draw", sprint)


@pytest.fixture
def on_board(sprint):
    """The headers of htmx on the board of the sprint, with the task's panel open."""
    return {**HTMX, "HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/?task=1"}


@pytest.fixture
def ben(django_user_model):
    """Another person's browser."""
    client = Client()
    client.force_login(django_user_model.objects.create(username="ben"))
    return client


def texts():
    return list(Comment.objects.order_by("pk").values_list("text", flat=True))


def test_without_javascript_a_comment_leads_back_to_the_task(browser, task):
    page = f"/tasks/{task.pk}/"
    response = browser.post(
        f"{page}comments/", {"text": "Looks good"}, headers={"Referer": f"http://testserver{page}"}
    )
    assert (response.status_code, response["Location"], texts()) == (302, page, ["Looks good"])


def test_a_comment_from_the_panel_gives_an_empty_form_the_card_and_a_toast(browser, task, on_board):
    response = browser.post(f"/tasks/{task.pk}/comments/", {"text": "Looks good"}, headers=on_board)
    page = Page(response)
    assert page.one("textarea").text == ""
    assert page.one("li", data_task=str(task.pk)).one("span", class_="comments").text == "1"
    assert "Commented on “Draw”" in page.text


@pytest.mark.parametrize(("text", "reason"), [("", "required"), ("\u200b", "blank"), ("x" * 10_001, "10000")])
def test_a_comment_that_is_refused_stays_in_the_form_with_the_reason(browser, task, on_board, text, reason):
    response = browser.post(f"/tasks/{task.pk}/comments/", {"text": text}, headers=on_board)
    page = Page(response)
    assert (response.status_code, texts()) == (422, [])
    assert page.one("textarea").get_text().strip("\n") == text
    assert reason in page.one("p", class_="error").text


def test_the_same_comment_sent_twice_is_written_once(browser, task, on_board):
    for _ in range(2):
        browser.post(f"/tasks/{task.pk}/comments/", {"text": "Once", "key": "k"}, headers=on_board)
    assert texts() == ["Once"]


def test_a_comment_on_a_deleted_task_says_so(browser, user, task, on_board):
    actions.remove_task(user, task.pk)
    response = browser.post(f"/tasks/{task.pk}/comments/", {"text": "Too late"}, headers=on_board)
    assert (response.status_code, texts()) == (404, [])
    assert "This task doesn't exist. It may have been deleted." in Page(response).text


def test_one_edits_ones_own_comments_only(browser, ben, user, task, on_board):
    address = f"/comments/{actions.add_comment(user, task.pk, 'Frist').pk}/edit/?panel=1"
    form = Page(browser.get(address, headers=on_board))
    assert form.one("textarea").text == "Frist"
    browser.post(
        address, {"text": "First", "version": form.one("input", name="version")["value"]}, headers=on_board
    )
    assert texts() == ["First"]
    assert [ben.get(address).status_code, ben.post(address, {"text": "Mine"}).status_code] == [403, 403]
    assert texts() == ["First"]


def test_an_edit_from_an_older_page_is_not_written_over_a_newer_one(browser, user, task, on_board):
    comment = actions.add_comment(user, task.pk, "a")
    actions.change_comment(user, comment.pk, "b")
    address = f"/comments/{comment.pk}/edit/?panel=1"
    response = browser.post(address, {"text": "c", "version": comment.version}, headers=on_board)
    assert (response.status_code, texts()) == (422, ["b"])
    page = Page(response)
    assert "This was edited in another tab." in page.text
    browser.post(address, {"text": "c", "version": page.one("input", name="version")["value"]}, headers=on_board)
    assert texts() == ["c"]


def test_authors_and_admins_delete_comments(browser, ben, user, task, on_board, admin_client):
    one, two = (f"/comments/{actions.add_comment(user, task.pk, text).pk}/delete/?panel=1" for text in "ab")
    assert ben.post(one).status_code == 403
    response = browser.post(one, headers=on_board)
    assert "Deleted a comment on “Draw”" in Page(response).text
    admin_client.post(two)
    assert texts() == []


def test_a_missing_comment_says_so(browser):
    response = browser.get("/comments/99/edit/")
    assert response.status_code == 404
    assert "This comment doesn't exist. It may have been deleted." in Page(response).text
