"""GET and POST /tasks/<id>/edit/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from board.models import Event, Status
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db
LABELS = ["Name", "Description", "Due", "Assigned to", "Points"]


@pytest.fixture
def task(user, sprint, add):
    return add(
        "Draw",
        sprint,
        Status.ACTIVE,
        description="With a pencil",
        assigned=user,
        due=timezone.localdate(),
        points=5,
    )


@pytest.fixture
def path(task):
    return f"/tasks/{task.pk}/edit/"


@pytest.fixture
def filled_in(django_user_model):
    """Form data that changes all fields, and the assigned user."""
    guest = django_user_model.objects.create_user("guest")
    due = timezone.localdate() + timedelta(days=4)
    return {
        "name": "Paint",
        "description": "With a brush",
        "due": due.isoformat(),
        "assigned": guest.pk,
        "points": 8,
    }


def test_the_form_is_a_whole_page_without_htmx(browser, task, path):
    page = Page(browser.get(path))
    assert page.is_whole
    assert (page.heading, page.labels) == (f"Edit task #{task.pk}", LABELS)
    assert [page.value(label) for label in LABELS] == [
        "Draw",
        "With a pencil",
        timezone.localdate().isoformat(),
        "Ana Lind",
        "5",
    ]


def test_with_htmx_the_form_replaces_the_card(browser, task, path):
    page = Page(browser.get(path, headers=HTMX))
    assert not page.is_whole
    card = page.one("li", data_task=str(task.pk))
    assert (card["data-version"], card["data-in"]) == (str(task.version), "active")
    assert page.labels == LABELS
    assert page.buttons == ["Save"]
    cancel, delete = page.all("a", role="button")
    assert (cancel.text, cancel["hx-get"]) == ("Cancel", f"/tasks/{task.pk}/")
    assert (delete.text, delete["hx-get"]) == ("Delete…", f"/tasks/{task.pk}/delete/")


def test_saving_changes_only_the_submitted_fields(browser, user, task, path, filled_in):
    browser.post(path, filled_in)
    event = Event.objects.latest("seq")
    assert (event.actor, event.changes.keys()) == (user, {"name", "description", "due", "assigned", "points"})
    task.refresh_from_db()
    assert (task.name, task.description, task.due.isoformat(), task.assigned_id, task.points) == tuple(
        filled_in.values()
    )


def test_without_htmx_saving_redirects_to_the_board(browser, sprint, path, filled_in):
    response = browser.post(path, filled_in)
    assert (response.status_code, response["Location"]) == (302, f"/sprints/{sprint.pk}/")


def test_without_htmx_saving_a_backlog_task_redirects_to_its_page(browser, add, filled_in):
    task = add()
    response = browser.post(f"/tasks/{task.pk}/edit/", filled_in)
    assert (response.status_code, response["Location"]) == (302, f"/tasks/{task.pk}/")


def test_with_htmx_saving_returns_the_card(browser, task, path, filled_in):
    response = browser.post(path, filled_in, headers=HTMX)
    card = Page(response).one("li", data_task=str(task.pk))
    assert response.status_code == 200
    assert card["data-version"] == str(Event.objects.latest("seq").seq)
    assert (card.all("a")[0].text, card.one("span", class_="points").text) == ("Paint", "8")
    assert card.all("span", title="guest")


def test_saving_without_a_change_writes_nothing(browser, user, task, path):
    events = Event.objects.count()
    data = {"name": "Draw", "description": "With a pencil", "due": task.due.isoformat(), "assigned": user.pk}
    response = browser.post(path, data, headers=HTMX)
    assert Page(response).one("li", data_task=True)["data-version"] == str(task.version)
    assert Event.objects.count() == events


def test_description_due_and_person_can_be_emptied(browser, task, path):
    browser.post(path, {"name": "Draw", "description": "", "due": "", "assigned": ""})
    task.refresh_from_db()
    assert (task.description, task.due, task.assigned) == ("", None, None)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("wrong", "label", "reason"),
    [
        ({"name": ""}, "Name", "This field is required."),
        ({"name": "x" * 256}, "Name", "Ensure this value has at most 255 characters (it has 256)."),
        ({"due": "tomorrow"}, "Due", "Enter a valid date."),
    ],
)
def test_errors_are_shown_at_their_field_and_input_is_preserved(
    browser, task, path, filled_in, headers, wrong, label, reason
):
    data = filled_in | wrong
    response = browser.post(path, data, headers=headers)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (422, not headers)
    assert {one: page.error(one) for one in LABELS} == dict.fromkeys(LABELS, "") | {label: reason}
    assert [page.value(one) for one in LABELS] == [data["name"], data["description"], data["due"], "guest", "8"]
    task.refresh_from_db()
    assert (task.name, task.description) == ("Draw", "With a pencil")


def test_an_unknown_person_shows_an_error_at_the_field(browser, path, filled_in):
    page = Page(browser.post(path, filled_in | {"assigned": 99}, headers=HTMX))
    assert page.error("Assigned to").startswith("Select a valid choice.")


def test_a_wrong_edit_calls_the_task_by_its_name(browser, path):
    page = Page(browser.post(path, {"name": "Paint", "due": "tomorrow"}))
    assert page.one("title").text == "Edit Draw · Lightboard"


def test_active_people_are_listed_by_name(browser, django_user_model, path):
    make = django_user_model.objects.create_user
    make("zoe", first_name="Bea", last_name="Berg")
    make("gone", first_name="Carl", is_active=False)
    page = Page(browser.get(path))
    assert page.field("Assigned to").texts("option") == ["Nobody", "Ana Lind", "Bea Berg"]


def test_a_deactivated_user_stays_assigned_until_someone_else_is(browser, user, task, path, django_user_model):
    gone = django_user_model.objects.create_user("gone", is_active=False)
    browser.post(path, {"name": "Draw", "assigned": user.pk})
    type(task).objects.filter(pk=task.pk).update(assigned=gone)
    page = Page(browser.get(path))
    assert page.value("Assigned to") == "gone"
    assert browser.post(path, {"name": "Draw", "assigned": gone.pk}, headers=HTMX).status_code == 200


# One field


@pytest.mark.parametrize(
    ("field", "label"), list(zip(["name", "description", "due", "assigned", "points"], LABELS, strict=True))
)
def test_a_single_field_has_a_form(browser, task, field, label):
    page = Page(browser.get(f"/tasks/{task.pk}/edit/{field}/", headers=HTMX))
    assert (page.labels, page.buttons) == ([label], ["Save"])
    assert page.one("form")["hx-post"] == f"/tasks/{task.pk}/edit/{field}/"
    assert page.texts("a", role="button") == ["Cancel"]


@pytest.mark.parametrize("field", ["name", "description", "due", "assigned"])
def test_saving_one_field_leaves_the_others(browser, task, filled_in, field):
    browser.post(f"/tasks/{task.pk}/edit/{field}/", filled_in, headers=HTMX)
    assert Event.objects.latest("seq").changes.keys() == {field}


def test_a_single_invalid_field_shows_an_error(browser, task):
    response = browser.post(f"/tasks/{task.pk}/edit/due/", {"due": "tomorrow"}, headers=HTMX)
    page = Page(response)
    assert (response.status_code, page.labels, page.error("Due")) == (422, ["Due"], "Enter a valid date.")


@pytest.mark.parametrize("field", ["version", "status", "order", "nonsense"])
def test_there_are_forms_for_these_fields_only(browser, task, field):
    assert browser.get(f"/tasks/{task.pk}/edit/{field}/").status_code == 404


# Redirects


def test_on_the_forms_page_htmx_redirects_to_the_board(browser, sprint, path, filled_in):
    headers = HTMX | {"HX-Current-URL": f"http://testserver{path}"}
    response = browser.post(path, filled_in, headers=headers)
    assert response["HX-Redirect"] == f"/sprints/{sprint.pk}/"
    toast = Page(browser.get(f"/sprints/{sprint.pk}/")).one("div", class_="toast")
    assert toast.one("form")["action"] == f"/undo/{Event.objects.latest('seq').seq}/"


def test_opening_the_form_takes_five_queries(browser, path, django_assert_num_queries):
    with django_assert_num_queries(5):
        browser.get(path, headers=HTMX)


def test_the_first_field_with_an_error_has_autofocus(browser, add):
    wrong = {"name": "", "description": "x", "due": "not a day", "assigned": ""}
    page = Page(browser.post(f"/tasks/{add('Draw').pk}/edit/", wrong))
    assert [element["name"] for element in page.all(autofocus=True)] == ["name"]
    right = Page(browser.get(f"/tasks/{add('Draw').pk}/edit/"))
    assert right.all(autofocus=True) == []
