"""Adding, editing and deleting sprints, and past sprints."""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.models import Event, Sprint
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


# Add


def test_the_form_is_a_whole_page_without_htmx(browser):
    page = Page(browser.get("/sprints/add/"))
    assert page.is_whole
    assert (page.heading, page.labels) == ("Add sprint", ["Name", "Start date", "End date", "Goal", "Description"])
    assert "Create sprint" in page.buttons


def test_the_form_is_a_piece_with_htmx(browser):
    page = Page(browser.get("/sprints/add/", headers=HTMX))
    assert not page.is_whole
    assert [child.name for child in page.children if not isinstance(child, str)] == ["form"]
    assert page.labels == ["Name", "Start date", "End date", "Goal", "Description"]
    assert page.buttons == ["Create sprint"]


@pytest.mark.parametrize(("headers", "status", "where"), [({}, 302, "Location"), (HTMX, 200, "HX-Redirect")])
def test_adding_a_sprint_redirects_to_its_board(browser, user, headers, status, where):
    data = {"name": "Sprint 1", "end": in_days(7), "description": "The goal"}
    response = browser.post("/sprints/add/", data, headers=headers)
    sprint = Sprint.objects.get()
    assert (response.status_code, response[where]) == (status, f"/sprints/{sprint.pk}/")
    assert (sprint.name, sprint.end.isoformat(), sprint.description) == tuple(data.values())
    assert Event.objects.get().actor == user


def test_a_sprint_needs_no_name(browser):
    browser.post("/sprints/add/", {"end": in_days(7)})
    assert Sprint.objects.get().name == ""


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("wrong", "label", "reason"),
    [
        ({"end": ""}, "End date", "This field is required."),
        ({"end": "2026-02-31"}, "End date", "Enter a valid date."),
        ({"end": in_days(-1)}, "End date", "The end date can't be in the past."),
        ({"end": in_days(7)}, "End date", "Another sprint ends on that day."),
        ({"name": "x" * 256}, "Name", "Ensure this value has at most 255 characters (it has 256)."),
    ],
)
def test_errors_are_shown_at_their_field_and_input_is_preserved(browser, sprint, headers, wrong, label, reason):
    data = {"name": "Sprint 2", "end": in_days(9), "description": "The goal", **wrong}
    response = browser.post("/sprints/add/", data, headers=headers)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (422, not headers)
    assert page.error(label) == reason
    assert not any(page.error(other) for other in page.labels if other != label)
    assert [page.value(one) for one in ("Name", "End date", "Description")] == list(data.values())
    assert Sprint.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["/sprints/add/", "/sprints/{}/edit/", "/sprints/{}/tasks/add/", "/tasks/{}/edit/"]
)
def test_a_form_without_any_field_is_refused_like_an_empty_one(browser, sprint, add, path):
    path = path.format(add(sprint=sprint).pk if path.startswith("/tasks") else sprint.pk)
    response = browser.post(path, headers=HTMX)
    assert response.status_code == 422
    assert "This field is required." in Page(response).text


def test_the_form_proposes_the_rhythm_of_the_last_sprint(browser, user):
    first = timezone.localdate() + timedelta(days=1)
    actions.add_sprint(user, name="Sprint 7", start=first, end=first + timedelta(days=6))
    page = Page(browser.get("/sprints/add/"))
    assert page.value("Name") == "Sprint 8"
    assert page.value("Start date") > (first + timedelta(days=6)).isoformat()
    assert page.value("End date") >= page.value("Start date")


def test_a_proposed_start_that_nobody_changed_yields_to_an_earlier_end(browser, sprint):
    proposed = Page(browser.get("/sprints/add/")).value("Start date")
    assert proposed > in_days(2)
    response = browser.post("/sprints/add/", {"name": "Soon", "start": proposed, "end": in_days(2)})
    assert response.status_code == 302
    assert Sprint.objects.get(name="Soon").start is None


def test_a_start_after_the_end_is_refused_at_its_field(browser):
    page = Page(browser.post("/sprints/add/", {"start": in_days(9), "end": in_days(7)}))
    assert page.error("Start date") == "The start date can't be after the end date."


def test_a_sprint_that_overlaps_another_is_added_with_a_warning(browser, sprint):
    data = {"name": "Sprint 2", "start": in_days(3), "end": in_days(12)}
    toasts = Page(browser.post("/sprints/add/", data, follow=True)).texts("div", class_="toast")
    assert toasts == ["Created “Sprint 2”Undo", "“Sprint 2” overlaps “Sprint 1”."]


# Edit


def test_the_edit_form_has_the_sprints_values(browser, user, sprint):
    actions.change_sprint(user, sprint.pk, description="The goal")
    page = Page(browser.get(f"/sprints/{sprint.pk}/edit/"))
    assert page.heading == "Edit Sprint 1"
    assert [page.value(label) for label in ("Name", "End date", "Description")] == [
        "Sprint 1",
        sprint.end.isoformat(),
        "The goal",
    ]
    assert "Save" in page.buttons


def test_editing_a_sprint_redirects_to_its_board(browser, user, sprint):
    data = {"name": "Sprint One", "end": in_days(8), "description": "New goal"}
    response = browser.post(f"/sprints/{sprint.pk}/edit/", data)
    assert (response.status_code, response["Location"]) == (302, f"/sprints/{sprint.pk}/")
    sprint.refresh_from_db()
    assert (sprint.name, sprint.end.isoformat(), sprint.description) == tuple(data.values())
    assert Event.objects.latest("seq").changes.keys() == {"name", "end", "description"}


def test_an_invalid_edit_preserves_the_input_but_shows_the_saved_name(browser, sprint):
    response = browser.post(f"/sprints/{sprint.pk}/edit/", {"name": "Sprint One", "end": in_days(-1)})
    page = Page(response)
    assert response.status_code == 422
    assert page.error("End date") == "The end date can't be in the past."
    assert (page.value("Name"), page.value("End date")) == ("Sprint One", in_days(-1))
    assert page.heading == "Edit Sprint 1"
    sprint.refresh_from_db()
    assert sprint.name == "Sprint 1"


# Delete


def test_deleting_a_sprint_requires_confirmation(browser, sprint):
    page = Page(browser.get(f"/sprints/{sprint.pk}/delete/"))
    assert page.heading == "Delete “Sprint 1”?"
    assert "Delete sprint" in page.buttons
    assert Sprint.objects.exists()


def test_an_empty_sprint_is_deleted_with_a_message(browser, sprint):
    response = browser.post(f"/sprints/{sprint.pk}/delete/", follow=True)
    assert response.redirect_chain == [("/", 302)]
    toast = Page(response).one("div", class_="toast")
    assert toast.text == "Deleted “Sprint 1”Undo"
    assert toast.one("form")["action"] == f"/undo/{Event.objects.latest('seq').seq}/"
    assert not Sprint.objects.exists()


def test_a_sprint_with_tasks_is_not_deleted_and_the_board_explains_why(browser, sprint, add):
    add(sprint=sprint)
    response = browser.post(f"/sprints/{sprint.pk}/delete/", follow=True)
    assert response.redirect_chain == [(f"/sprints/{sprint.pk}/", 302)]
    toasts = Page(response).texts("div", class_="toast")
    assert toasts == ["This sprint still has 1 task. Move or delete it first."]
    assert Sprint.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["edit/", "delete/"])
def test_an_unknown_sprint_shows_a_message(browser, page, method):
    data = {"name": "x", "end": in_days(1)}
    response = getattr(browser, method)(f"/sprints/99/{page}", data)
    assert response.status_code == 404
    assert "This sprint doesn't exist." in Page(response).text


# Past sprints


def test_past_sprints_ended_a_week_ago_or_earlier_the_last_one_first(browser, user):
    for days in (-6, -7, -30, -8):
        sprint = actions.add_sprint(user, name=f"Ends {days}", end=timezone.localdate() + timedelta(days=100))
        Sprint.objects.filter(pk=sprint.pk).update(end=in_days(days))
    assert Page(browser.get("/sprints/past/")).texts("strong") == ["Ends -7", "Ends -8", "Ends -30"]


def test_without_past_sprints_the_page_shows_a_message(browser, sprint):
    assert "No past sprints yet" in Page(browser.get("/sprints/past/")).text
