"""Text direction of user content: Arabic and Hebrew text on a left-to-right page."""

import pytest

from board import actions
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db

TEXT = "مهمة رقم 5: اختبار API v2.0."


def directed(page, text=TEXT):
    """Return whether each element that shows a text by itself lets that decide its direction; there has to be one."""
    shown = [
        element
        for element in page.all()
        if element.name != "title" and any(isinstance(child, str) and text in child for child in element.children)
    ]
    assert shown, "the text does not stand on the page"
    return [(element.name, element.name == "bdi" or element.attrs.get("dir") == "auto") for element in shown]


@pytest.fixture
def everything(user, sprint, add):
    """A sprint, a task and a person with a name of this kind, and a task of it that was deleted."""
    user.first_name, user.last_name = TEXT[:8].strip(), TEXT[8:]
    user.save()
    actions.change_sprint(user, sprint.pk, name=TEXT, description=TEXT)
    task = add(TEXT, sprint, description=TEXT, assigned=user)
    actions.remove_task(user, add(TEXT).pk)
    return sprint, task


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sprints/{sprint}/",
        "/sprints/{sprint}/edit/",
        "/sprints/{sprint}/delete/",
        "/tasks/{task}/",
        "/tasks/{task}/edit/",
        "/tasks/{task}/edit/due/",
        "/tasks/{task}/delete/",
        "/tasks/deleted/",
        "/people/",
        "/people/{person}/",
        "/profile/",
    ],
)
def test_peoples_text_runs_in_its_own_direction(browser, user, everything, path):
    user.is_staff = True
    user.save()
    sprint, task = everything
    page = Page(browser.get(path.format(sprint=sprint.pk, task=task.pk, person=user.pk)))
    found = [line for line in directed(page, TEXT[8:]) if line[0] != "option"]
    assert all(is_directed for _, is_directed in found), found


def test_a_toast_and_the_text_of_others_do_too(browser, user, everything, sprint):
    _, task = everything
    save = {"name": "New", "description": TEXT, "due": "", "assigned": "", "version": task.version}
    actions.change_task(user, task.pk, name="מטלה 5.")
    clash = browser.post(f"/tasks/{task.pk}/edit/", save, headers=HTMX)
    assert clash.status_code == 409
    assert directed(Page(clash), "מטלה 5.") == [("p", True)]
    moved = browser.post(f"/tasks/{task.pk}/place/", {"column": "done", "sprint": sprint.pk}, headers=HTMX)
    assert all(is_directed for _, is_directed in directed(Page(moved), "מטלה 5."))


@pytest.mark.parametrize(("path", "label"), [("/tasks/{}/edit/", "Name"), ("/tasks/{}/edit/", "Description")])
def test_user_input_has_its_own_direction(browser, add, path, label):
    field = Page(browser.get(path.format(add(TEXT).pk))).field(label)
    assert field["dir"] == "auto"


def test_a_date_is_no_text(browser, add):
    assert "dir" not in Page(browser.get(f"/tasks/{add(TEXT).pk}/edit/")).field("Due").attrs
