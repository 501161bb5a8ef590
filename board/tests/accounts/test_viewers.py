"""Viewers see everything and change nothing, on every route of the project."""

from itertools import cycle

import pytest

from board import actions
from board.accounts import actions as account_actions
from board.accounts.users import Role
from board.models import Event
from board.tests.html_page import HTMX, Page
from board.tests.routes import ROUTES

pytestmark = pytest.mark.django_db

# Their own account, and public routes.
OWN = {
    "away",
    "backlog_away",
    "healthz",
    "readyz",
    "theme",
    "tokens",
    "revoke_token",
    "profile",
    "change_password",
    "sign_out",
    "mark_all_read",
    "follow",
    "unsubscribe",
    "logout",
    "login",
    "forgot_password",
    "welcome",
    "api:token",
}


@pytest.fixture
def viewer(user):
    account_actions.set_role(None, user, Role.VIEWER)
    return user


@pytest.fixture
def board(sprint, add):
    """A sprint with a task, created before `user` becomes a viewer."""
    return add(sprint=sprint)


def test_a_viewer_changes_nothing_by_any_route(board, browser, viewer):
    """What viewers see is in the table of config/tests/test_access.py."""
    events = Event.objects.count()
    # The middleware that refuses viewers looks at the method, not at the route: each route is asked for two.
    for (name, path), other in zip(ROUTES, cycle(("put", "patch", "delete", "trace"))):
        for method in ("post", other) if name not in OWN else ():
            status = getattr(browser, method)(path).status_code
            assert status in ((403, 405) if name.startswith("api:") else (403,)), (method, path)
            assert Event.objects.count() == events, (method, path)


def test_a_viewer_gets_an_explanation(board, browser, viewer):
    page = Page(browser.post("/tasks/1/delete/"))
    assert "You can view everything here, but not change it." in page.text


def test_a_form_in_place_is_refused_too(board, browser, viewer):
    assert browser.get("/tasks/1/edit/", headers=HTMX).status_code == 403


def test_a_viewer_changes_their_own_profile_and_logs_out(browser, viewer):
    assert browser.post("/profile/", {"name": "Rita"})["Location"] == "/profile/"
    assert browser.post("/profile/sign-out/")["Location"] == "/profile/"
    assert browser.post("/profile/password/", {"old_password": "x"}).status_code == 422
    assert browser.post("/logout/")["Location"] == "/login/"


def test_a_viewers_pages_have_no_button_that_does_not_work(board, browser, viewer, sprint, add):
    actions.remove_task(viewer, add().pk)
    for path in ("/", "/tasks/1/", "/tasks/deleted/"):
        page = Page(browser.get(path))
        assert not {"Add sprint", "Add task", "Restore"} & set(page.buttons)
        assert not {"Edit", "Move", "Delete…"} & set(page.texts("a"))
    # The board is rendered once for all users. CSS hides the controls that viewers can't use (board.css).
    assert Page(browser.get(f"/sprints/{sprint.pk}/")).all("body", data_reads=True)


def test_a_viewers_token_reads_whatever_its_scope(browser, viewer):
    page = Page(browser.post("/profile/tokens/", {"name": "Phone", "scope": "write", "days": "30"}))
    headers = {"Authorization": f"Token {page.one('output').text}"}
    assert browser.get("/api/tasks", headers=headers).status_code == 200
    assert browser.post("/api/tasks", {"name": "x"}, headers=headers).status_code == 403


def test_a_changed_role_invalidates_the_cached_board(board, browser, user, sprint):
    path = f"/sprints/{sprint.pk}/"
    browser.get(path)  # Sets the cookie that the next response depends on.
    kept = browser.get(path)
    assert browser.get(path, headers={"If-None-Match": kept["ETag"]}).status_code == 304
    account_actions.set_role(None, user, Role.VIEWER)
    response = browser.get(path, headers={"If-None-Match": kept["ETag"]})
    assert response.status_code == 200
    assert Page(response).all("body", data_reads=True)


def test_a_member_has_the_buttons(board, browser, sprint):
    assert "Add task" in Page(browser.get(f"/sprints/{sprint.pk}/")).buttons
    assert not Page(browser.get("/")).all("body", data_reads=True)
