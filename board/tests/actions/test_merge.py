"""Concurrent changes of a row: merges and conflicts, with actions and with forms."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.history import log
from board.models import Event, Status
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", first_name="Ben", last_name="Berg")


@pytest.fixture
def task(sprint, add):
    return add("Draw", sprint, Status.ACTIVE, description="With a pencil")


@pytest.fixture
def path(task):
    return f"/tasks/{task.pk}/edit/"


# The action


def test_different_fields_are_merged(user, ben, task):
    actions.change_task(ben, task.pk, description="With a brush")
    mine = {"name": "Paint", "description": "With a pencil", "due": None, "assigned": None}
    saved = actions.change_task(user, task.pk, base=task.version, **mine)
    assert (saved.name, saved.description) == ("Paint", "With a brush")
    assert saved.event.changes == {"name": ["Draw", "Paint"]}


def test_a_person_that_someone_else_assigned_stays(user, ben, task):
    actions.change_task(ben, task.pk, assigned=ben)
    saved = actions.change_task(user, task.pk, base=task.version, name="Paint", assigned=None)
    assert (saved.name, saved.assigned) == ("Paint", ben)


def test_the_same_field_changed_by_both_is_refused_and_nothing_saved(user, ben, task):
    theirs = actions.change_task(ben, task.pk, name="Sketch", due=timezone.localdate())
    with pytest.raises(actions.Conflict) as caught:
        actions.change_task(user, task.pk, base=task.version, name="Paint", description="With a brush")
    conflict = caught.value
    assert (conflict.row.name, conflict.row.version) == ("Sketch", theirs.version)
    assert {name: event.actor for name, event in conflict.clashes.items()} == {"name": ben}
    assert conflict.mine == {"name", "description"}
    assert log.newest_number() == theirs.version


def test_both_wanted_the_same(user, ben, task):
    actions.change_task(ben, task.pk, name="Paint")
    saved = actions.change_task(user, task.pk, base=task.version, name="Paint", description="With a brush")
    assert saved.event.changes.keys() == {"description"}


def test_a_change_that_was_reverted_does_not_conflict(user, ben, task):
    for name in ("Sketch", "Draw"):
        actions.change_task(ben, task.pk, name=name)
    assert actions.change_task(user, task.pk, base=task.version, name="Paint").name == "Paint"


def test_sending_the_old_value_does_not_undo_a_change_of_someone_else(user, ben, task):
    theirs = actions.change_task(ben, task.pk, name="Sketch")
    saved = actions.change_task(user, task.pk, base=task.version, name="Draw")
    assert (saved.name, saved.event, saved.version) == ("Sketch", None, theirs.version)


def test_a_move_does_not_clash_with_an_edit(user, ben, sprint, task):
    actions.place_task(ben, task.pk, actions.Place(sprint.pk, Status.DONE))
    saved = actions.change_task(user, task.pk, base=task.version, name="Paint")
    assert (saved.name, saved.status) == ("Paint", Status.DONE)


def test_the_newest_of_several_changes_is_named(user, ben, task):
    actions.change_task(ben, task.pk, name="Sketch")
    actions.change_task(None, task.pk, name="Etch")
    with pytest.raises(actions.Conflict) as caught:
        actions.change_task(user, task.pk, base=task.version, name="Paint")
    assert caught.value.clashes["name"].actor is None


def test_without_a_base_the_last_one_counts(user, ben, task):
    actions.change_task(ben, task.pk, name="Sketch")
    assert actions.change_task(user, task.pk, name="Paint").name == "Paint"


def test_a_merged_row_is_validated_as_a_whole(user, ben, task):
    actions.change_task(ben, task.pk, description="With a brush")
    with pytest.raises(ValidationError):
        actions.change_task(user, task.pk, base=task.version, name="")


def test_sprints_merge_and_clash_alike(user, ben, sprint):
    actions.change_sprint(ben, sprint.pk, description="The goal")
    saved = actions.change_sprint(user, sprint.pk, base=sprint.version, name="One", description="", end=sprint.end)
    assert (saved.name, saved.description) == ("One", "The goal")
    with pytest.raises(actions.Conflict):
        actions.change_sprint(user, sprint.pk, base=sprint.version, description="Another goal")


# The forms


def hidden_version(page):
    return page.one("input", type="hidden", name="version")["value"]


def test_a_form_carries_the_version_it_began_from(browser, task, path):
    assert hidden_version(Page(browser.get(path))) == str(task.version)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_conflict_shows_both_values_the_author_and_the_time(browser, ben, task, path, headers):
    theirs = actions.change_task(ben, task.pk, name="Sketch", description="With chalk")
    events = Event.objects.count()
    data = {"version": task.version, "name": "Paint", "description": "With a pencil", "due": "2999-01-02"}
    response = browser.post(path, data, headers=headers)
    page = Page(response)
    assert (response.status_code, page.is_whole, Event.objects.count()) == (409, not headers, events)
    clash = page.one("fieldset", class_="clash")
    at = timezone.localtime(theirs.event.created_at)
    assert clash.texts("label") == ["Keep your version", "Name", f"Use the version by Ben Berg ({at:%H:%M})"]
    assert clash.one("p", class_="theirs").text == "Sketch"
    assert page.value("Name") == "Paint"
    # The form has the other user's changes and this user's input.
    assert (page.value("Description"), page.value("Due")) == ("With chalk", "2999-01-02")
    assert hidden_version(page) == str(theirs.version)


@pytest.mark.parametrize(("keep", "name"), [("mine", "Paint"), ("theirs", "Sketch"), (None, "Paint")])
def test_sent_again_a_clash_is_settled_as_chosen(browser, ben, task, path, keep, name):
    theirs = actions.change_task(ben, task.pk, name="Sketch")
    data = {"version": theirs.version, "name": "Paint", "description": "With a brush"}
    response = browser.post(path, data | ({"keep-name": keep} if keep else {}), headers=HTMX)
    task.refresh_from_db()
    assert (response.status_code, task.name, task.description) == (200, name, "With a brush")


def test_another_concurrent_change_conflicts_again(browser, user, ben, task, path):
    second = actions.change_task(ben, task.pk, name="Sketch")
    actions.change_task(ben, task.pk, name="Etch")
    data = {"version": second.version, "name": "Paint", "description": "With a pencil", "keep-name": "mine"}
    response = browser.post(path, data, headers=HTMX)
    assert response.status_code == 409
    assert Page(response).one("p", class_="theirs").text == "Etch"


def test_conflicting_people_and_dates_are_shown_as_text(browser, user, ben, task, path):
    actions.change_task(ben, task.pk, assigned=ben, due=timezone.localdate().replace(year=2999, month=1, day=2))
    data = {"version": task.version, "name": "Draw", "description": "With a pencil"}
    page = Page(browser.post(path, data | {"assigned": user.pk, "due": "2999-03-04"}, headers=HTMX))
    assert page.texts("p", class_="theirs") == ["Wed 2 Jan 2999", "Ben Berg"]
    assert (page.value("Due"), page.value("Assigned to")) == ("2999-03-04", "Ana Lind")


def test_a_sprints_form_shows_a_clash(browser, ben, sprint):
    actions.change_sprint(ben, sprint.pk, name="Sprint One")
    data = {"version": sprint.version, "name": "Sprint I", "end": sprint.end.isoformat()}
    response = browser.post(f"/sprints/{sprint.pk}/edit/", data)
    assert response.status_code == 409
    assert Page(response).one("p", class_="theirs").text == "Sprint One"
    assert Page(response).heading == "Edit Sprint One"


@pytest.mark.parametrize("version", ["x", "1.5"])
def test_an_invalid_version_changes_nothing(browser, task, path, version):
    response = browser.post(path, {"version": version, "name": "Paint"}, headers=HTMX)
    task.refresh_from_db()
    assert (response.status_code, task.name) == (422, "Draw")


# Deleted tasks


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_saving_a_deleted_task_preserves_the_input(browser, ben, task, path, headers):
    actions.remove_task(ben, task.pk)
    data = {"version": task.version, "name": "Paint", "description": "With a brush"}
    response = browser.post(path, data, headers=headers)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (409, not headers)
    assert page.one("p", role="alert").text.startswith("Ben Berg deleted this task")
    assert (page.value("Name"), page.value("Description")) == ("Paint", "With a brush")
    assert page.one("button", name="restore").text == "Restore and save"


@pytest.mark.parametrize("already", [False, True], ids=["deleted", "restored meanwhile"])
def test_a_deleted_task_is_restored_and_saved(browser, ben, sprint, task, path, already):
    actions.remove_task(ben, task.pk)
    if already:
        actions.restore_task(ben, task.pk)
    data = {"version": task.version, "name": "Paint", "description": "With a brush", "restore": "1"}
    response = browser.post(path, data, headers=HTMX)
    task.refresh_from_db()
    assert (response.status_code, task.name, task.description) == (200, "Paint", "With a brush")
    assert (task.sprint, task.status) == (sprint, Status.ACTIVE)


def test_a_task_deleted_while_saving_preserves_the_input(browser, ben, task, path, monkeypatch):
    write = actions.change_task

    def too_late(by, pk, *args, **kwargs):
        monkeypatch.undo()
        actions.remove_task(ben, pk)
        return write(by, pk, *args, **kwargs)

    monkeypatch.setattr(actions, "change_task", too_late)
    response = browser.post(path, {"name": "Paint"}, headers=HTMX)
    assert (response.status_code, Page(response).value("Name")) == (409, "Paint")


def test_a_task_that_never_was_is_not_there(browser):
    assert browser.post("/tasks/99/edit/", {"name": "Paint"}, headers=HTMX).status_code == 404
