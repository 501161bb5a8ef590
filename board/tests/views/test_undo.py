"""Undoing changes, and POST /undo/<seq>/"""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.actions import Place, ordering
from board.history import log, sentences
from board.models import Event, Sprint, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", first_name="Ben", last_name="Berg")


@pytest.fixture
def abc(sprint, add):
    """Three tasks in a column."""
    return {name: add(name, sprint) for name in "abc"}


def names(sprint, status=Status.TODO):
    return "".join(Task.objects.in_column(sprint and sprint.pk, status).values_list("name", flat=True))


def rows():
    """Return all sprints and tasks without versions and sort keys, and the order of the tasks."""
    without = ("version", "order")
    return [
        [
            {name: value for name, value in row.items() if name not in without}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (Sprint, Task)
    ], list(Task.objects.order_by("sprint", "status", "order", "pk").values_list("pk", flat=True))


def refused(by, seq):
    """Return the error of an undo, and check that nothing was written."""
    newest = log.newest_number()
    with pytest.raises(ValidationError) as caught:
        actions.undo(by, seq)
    assert log.newest_number() == newest
    return " ".join(caught.value.messages)


CHANGES = {
    "an edit": lambda user, t, s: actions.change_task(
        user, t["b"].pk, name="x", due=timezone.localdate(), assigned=user
    ),
    "a move down": lambda user, t, s: actions.place_task(
        user, t["a"].pk, Place(s.pk, Status.TODO, after=t["b"].pk)
    ),
    "a move up": lambda user, t, s: actions.place_task(user, t["c"].pk, Place(s.pk, Status.TODO, top=True)),
    "a move to work": lambda user, t, s: actions.place_task(user, t["b"].pk, Place(s.pk, Status.ACTIVE)),
    "a completion": lambda user, t, s: actions.place_task(user, t["b"].pk, Place(s.pk, Status.DONE)),
    "a move to the backlog": lambda user, t, s: actions.place_task(user, t["a"].pk, Place(None, Status.TODO)),
    "a removal": lambda user, t, s: actions.remove_task(user, t["b"].pk),
    "an addition": lambda user, t, s: actions.add_task(user, name="d", sprint_id=s.pk),
    "an edit of a sprint": lambda user, t, s: actions.change_sprint(
        user, s.pk, name="x", end=s.end + timedelta(days=1)
    ),
    "a new sprint": lambda user, t, s: actions.add_sprint(user, end=s.end + timedelta(days=30)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_undo_brings_all_back_and_its_undo_does_it_again(user, sprint, abc, change):
    before = rows()
    change(user, abc, sprint)
    after, seq = rows(), log.newest_number()
    assert after != before
    undone = actions.undo(user, seq)
    assert (rows(), undone.changes["undoes"]) == (before, seq)
    redone = actions.undo(user, undone.seq)
    assert (rows(), redone.changes["undoes"]) == (after, undone.seq)
    state = log.replay(log.since(0))
    assert state["tasks"] == {
        task.pk: log.snapshot(task) | {"version": task.version} for task in Task.objects.all()
    }


def test_undoing_recreates_a_deleted_sprint_under_its_id(user, sprint):
    event = actions.remove_sprint(user, sprint.pk)
    actions.undo(user, event.seq)
    again = Sprint.objects.get(pk=sprint.pk)
    assert (again.name, again.end) == (sprint.name, sprint.end)


# Previous positions


def test_a_card_returns_below_its_previous_neighbour_at_its_current_position(user, sprint, abc):
    moved = actions.place_task(user, abc["b"].pk, Place(sprint.pk, Status.DONE))
    actions.place_task(user, abc["a"].pk, Place(sprint.pk, Status.TODO, after=abc["c"].pk))
    actions.undo(user, moved.event.seq)
    assert names(sprint) == "cab"


def test_without_that_neighbour_it_returns_below_the_next_one_above(user, sprint, abc):
    moved = actions.place_task(user, abc["c"].pk, Place(sprint.pk, Status.DONE))
    actions.remove_task(user, abc["b"].pk)
    actions.add_task(user, name="d", sprint_id=sprint.pk)
    actions.undo(user, moved.event.seq)
    assert names(sprint) == "acd"


def test_a_card_from_the_top_returns_to_the_top(user, sprint, abc):
    moved = actions.place_task(user, abc["a"].pk, Place(sprint.pk, Status.DONE))
    actions.place_task(user, abc["c"].pk, Place(sprint.pk, Status.TODO, top=True))
    actions.undo(user, moved.event.seq)
    assert names(sprint) == "acb"


def test_undo_preserves_the_sequence_of_spaced_out_cards(user, sprint, add):
    a, b, c, d = (add(name, sprint, order=n + 1) for n, name in enumerate("abcd"))
    moved = actions.place_task(user, b.pk, Place(sprint.pk, Status.DONE))
    # No room between c and d: the column is spaced out, and b's old key no longer means anything.
    spaced = actions.place_task(user, a.pk, Place(sprint.pk, Status.TODO, after=c.pk)).event
    assert "spaced" in spaced.changes
    actions.undo(user, moved.event.seq)
    assert names(sprint) == "cabd"


def test_making_room_does_not_count_as_a_change(user, sprint, add):
    a, b, _ = (add(name, sprint, order=n + 1) for n, name in enumerate("abc"))
    moved = actions.place_task(user, a.pk, Place(sprint.pk, Status.TODO, after=b.pk))
    other = add("x", sprint)
    for _ in range(2 * ordering.REACH):
        actions.place_task(user, other.pk, Place(sprint.pk, Status.TODO, after=b.pk))
        actions.place_task(user, other.pk, Place(sprint.pk, Status.TODO, before=b.pk))
    actions.undo(user, moved.event.seq)
    assert names(sprint).replace("x", "") == "abc"


# Later changes


def test_a_later_change_by_someone_else_is_not_undone(user, ben, abc):
    edit = actions.change_task(user, abc["a"].pk, name="x", due=timezone.localdate())
    actions.change_task(ben, abc["a"].pk, name="y")
    assert refused(user, edit.event.seq) == "Ben Berg has since changed it."


def test_own_later_changes_prevent_an_undo_too(user, abc):
    edit = actions.change_task(user, abc["a"].pk, name="x")
    actions.change_task(user, abc["a"].pk, name="y")
    assert refused(user, edit.event.seq) == "You have since changed it."


def test_another_field_that_changed_since_stays(user, ben, abc):
    edit = actions.change_task(user, abc["a"].pk, name="x")
    actions.change_task(ben, abc["a"].pk, description="y")
    actions.undo(user, edit.event.seq)
    task = Task.objects.get(pk=abc["a"].pk)
    assert (task.name, task.description) == ("a", "y")


def test_a_later_move_prevents_an_undo(user, ben, sprint, abc):
    moved = actions.place_task(user, abc["a"].pk, Place(sprint.pk, Status.ACTIVE))
    actions.place_task(ben, abc["a"].pk, Place(sprint.pk, Status.TESTING))
    assert refused(user, moved.event.seq) == "Ben Berg has since changed it."


def test_an_edit_does_not_prevent_undoing_a_move(user, ben, sprint, abc):
    moved = actions.place_task(user, abc["a"].pk, Place(sprint.pk, Status.ACTIVE))
    actions.change_task(ben, abc["a"].pk, name="x")
    actions.undo(user, moved.event.seq)
    assert names(sprint) == "xbc"


def test_changes_of_a_deleted_row_cannot_be_undone(user, ben, abc):
    edit = actions.change_task(user, abc["a"].pk, name="x")
    actions.remove_task(ben, abc["a"].pk)
    assert refused(user, edit.event.seq) == "Ben Berg has since deleted it."


def test_a_deletion_is_undone_once(user, ben, abc):
    event = actions.remove_task(user, abc["a"].pk)
    actions.undo(ben, event.seq)
    assert refused(user, event.seq) == "Ben Berg has since restored it."


def test_a_task_that_others_worked_on_is_not_removed_by_undoing_its_addition(user, ben, add):
    task = add("a")
    actions.change_task(ben, task.pk, due=timezone.localdate())
    assert refused(user, task.event.seq) == "Ben Berg has since changed it."


def test_an_undo_cannot_be_repeated(user, abc):
    edit = actions.change_task(user, abc["a"].pk, name="x")
    actions.undo(user, edit.event.seq)
    assert refused(user, edit.event.seq) == "You have since changed it."


# Rules


def test_a_completion_out_of_the_backlog_can_be_undone(user, sprint, add):
    task = add("a")
    done = actions.place_task(user, task.pk, Place(sprint.pk, Status.DONE))
    actions.undo(user, done.event.seq)
    task.refresh_from_db()
    assert (task.sprint, task.status, task.started, task.completed) == (None, Status.TODO, None, None)


def test_undo_does_not_move_a_card_into_an_ended_sprint(user, sprint, add):
    moved = actions.place_task(user, add("a", sprint).pk, Place(None, Status.TODO))
    Sprint.objects.filter(pk=sprint.pk).update(end=timezone.localdate() - timedelta(days=1))
    assert refused(user, moved.event.seq) == "This sprint has ended, so you can't add tasks to it."


def test_a_card_does_not_go_back_into_a_sprint_that_was_deleted(user, sprint, add):
    moved = actions.place_task(user, add("a", sprint).pk, Place(None, Status.TODO))
    actions.remove_sprint(user, sprint.pk)
    assert refused(user, moved.event.seq) == "This sprint doesn't exist."


def test_undo_recreates_a_task_in_its_ended_sprint(user, sprint, add):
    task = add("a", sprint, Status.DONE)
    Sprint.objects.filter(pk=sprint.pk).update(end=timezone.localdate() - timedelta(days=1))
    actions.undo(user, actions.remove_task(user, task.pk).seq)
    assert names(sprint, Status.DONE) == "a"


def test_undo_recreates_a_task_of_a_deleted_sprint_in_the_backlog(user, sprint, add):
    task = add("a", sprint, Status.DONE)
    event = actions.remove_task(user, task.pk)
    actions.remove_sprint(user, sprint.pk)
    actions.undo(user, event.seq)
    task.refresh_from_db()
    assert (task.sprint, task.status, task.started, task.completed) == (None, Status.TODO, None, None)


def test_undo_unassigns_a_deleted_user(user, ben, add):
    task = add("a", assigned=ben)
    event = actions.remove_task(user, task.pk)
    ben.delete()
    actions.undo(user, event.seq)
    task.refresh_from_db()
    assert task.assigned is None


def test_a_sprint_with_tasks_is_not_removed_by_undoing_its_addition(user, sprint, add):
    add("a", sprint)
    assert refused(user, sprint.event.seq) == "This sprint still has 1 task. Move or delete it first."


def test_undo_does_not_restore_an_end_date_in_the_past(user, sprint):
    later = actions.change_sprint(user, sprint.pk, end=sprint.end + timedelta(days=7))
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=10)):
        assert refused(user, later.event.seq) == "The end date can't be in the past."


def test_undo_does_not_restore_the_end_date_of_another_sprint(user, sprint):
    old = sprint.end
    later = actions.change_sprint(user, sprint.pk, end=old + timedelta(days=7))
    actions.add_sprint(user, end=old)
    assert refused(user, later.event.seq) == "Another sprint ends on that day."


@pytest.mark.parametrize(("days", "is_back"), [(29, True), (31, False)])
def test_a_deleted_task_can_be_restored_for_30_days(user, add, days, is_back):
    task = add("a")
    event = actions.remove_task(user, task.pk)
    Event.objects.filter(pk=event.seq).update(created_at=timezone.now() - timedelta(days=days))
    if is_back:
        actions.undo(user, event.seq)
    else:
        assert refused(user, event.seq) == "It was deleted more than 30 days ago."
    assert Task.objects.exists() == is_back


def test_a_change_that_never_was_cannot_be_undone(user):
    with pytest.raises(Event.DoesNotExist):
        actions.undo(user, 99)


# Messages


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("an edit", "Changed the name, assignee and due date of it back"),
        ("a move down", "Moved it back within the column"),
        ("a move to work", "Moved it back to Not Started"),
        ("a removal", "Restored it to Not Started"),
        ("an addition", "Deleted it"),
    ],
)
def test_the_history_shows_the_undo(user, sprint, abc, change, words):
    CHANGES[change](user, abc, sprint)
    event = actions.undo(user, log.newest_number())
    assert sentences.describe(event, sentences.names_in([event]), "it") == words


# The page


def test_on_a_board_the_response_is_the_card_and_a_redo_toast(browser, user, sprint, add):
    task = add("Draw", sprint)
    moved = actions.place_task(user, task.pk, Place(sprint.pk, Status.ACTIVE))
    response = browser.post(f"/undo/{moved.event.seq}/", headers=HTMX)
    page = Page(response)
    card = page.one("template", data_cards=True).one("li", data_task=str(task.pk))
    assert (response.status_code, card["data-in"]) == (200, "todo")
    toast = page.one("div", hx_swap_oob=True)
    assert toast.one("p").text == "Moved “Draw” back to Not Started"
    assert toast.one("form", data_redo=True)["action"] == f"/undo/{log.newest_number()}/"
    assert toast.texts("button") == ["Redo"]


def test_a_removed_card_is_named(browser, user, add):
    task = add("Draw")
    event = actions.undo(user, actions.remove_task(user, task.pk).seq)
    page = Page(browser.post(f"/undo/{event.seq}/", headers=HTMX))
    template = page.one("template", data_cards=True)
    assert (template["data-gone"], template["data-seq"]) == (str(task.pk), str(log.newest_number()))
    assert list(template.children) == []


def test_a_card_of_another_sprint_leaves_the_board(browser, user, sprint, next_sprint, add):
    task = add("Draw", next_sprint)
    moved = actions.place_task(user, task.pk, Place(sprint.pk, Status.TODO))
    headers = HTMX | {"HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/"}
    template = Page(browser.post(f"/undo/{moved.event.seq}/", headers=headers)).one("template", data_cards=True)
    assert template["data-gone"] == str(task.pk)


def test_an_error_replaces_the_toast_and_names_the_other_user(browser, user, ben, add):
    edit = actions.change_task(user, add().pk, name="x")
    actions.change_task(ben, edit.pk, name="y")
    response = browser.post(f"/undo/{edit.event.seq}/", headers=HTMX)
    page = Page(response)
    assert (response.status_code, page.one("div", class_="toast").text) == (
        409,
        "Couldn't undo the change. Ben Berg has since changed it.",
    )
    assert not page.all("form")


def test_without_htmx_it_redirects_to_the_board_which_offers_to_redo(browser, user, sprint, add):
    edit = actions.change_task(user, add("Draw", sprint).pk, name="Paint")
    response = browser.post(f"/undo/{edit.event.seq}/", follow=True)
    assert response.redirect_chain == [(f"/sprints/{sprint.pk}/", 302)]
    toast = Page(response).one("div", class_="toast")
    assert toast.one("p").text == "Renamed “Paint” to “Draw”"
    assert toast.one("form")["action"] == f"/undo/{log.newest_number()}/"


def test_without_htmx_an_error_names_the_other_user(browser, user, ben, add):
    edit = actions.change_task(user, add().pk, name="x")
    actions.change_task(ben, edit.pk, name="y")
    response = browser.post(f"/undo/{edit.event.seq}/", follow=True)
    assert (
        Page(response).one("div", class_="toast").text
        == "Couldn't undo the change. Ben Berg has since changed it."
    )


def test_undoing_recreates_a_deleted_sprint_and_opens_its_board(browser, user, sprint):
    event = actions.remove_sprint(user, sprint.pk)
    headers = HTMX | {"HX-Current-URL": "http://testserver/"}
    response = browser.post(f"/undo/{event.seq}/", headers=headers)
    assert response["HX-Redirect"] == f"/sprints/{sprint.pk}/"


def test_an_undo_that_has_nothing_to_do_writes_nothing(browser, user, ben, add):
    task = add(assigned=ben)
    edit = actions.change_task(user, task.pk, assigned=user)
    ben.delete()
    Task.objects.filter(pk=task.pk).update(assigned=None)
    response = browser.post(f"/undo/{edit.event.seq}/", headers=HTMX)
    assert (response.status_code, log.newest_number()) == (200, edit.event.seq)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_an_unknown_change_shows_a_message(browser, headers):
    response = browser.post("/undo/99/", headers=headers)
    assert response.status_code == 404
    assert "This change doesn't exist." in Page(response).text


# Toasts


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("edit/", {"name": "Paint"}, "Renamed “Draw” to “Paint”"),
        ("edit/due/", {"due": "2999-01-01"}, "Set the due date of “Draw” to 1 Jan 2999"),
        ("move/", {"column": "backlog", "position": "top"}, "Moved “Draw” to Backlog"),
        ("place/", {"column": "backlog"}, "Moved “Draw” to Backlog"),
        ("delete/", {}, "Deleted “Draw”"),
    ],
)
def test_every_change_of_a_task_offers_its_undo(browser, sprint, add, path, data, words):
    task = add("Draw", sprint)
    page = Page(browser.post(f"/tasks/{task.pk}/{path}", data, headers=HTMX))
    toast = page.one("div", hx_swap_oob="beforeend:.toasts").one("div", class_="toast")
    assert toast.one("p").text == words
    assert toast.one("form", data_undo=True)["hx-post"] == f"/undo/{log.newest_number()}/"


def test_a_change_without_effect_offers_no_undo(browser, add):
    task = add("Draw")
    assert not Page(browser.post(f"/tasks/{task.pk}/edit/", {"name": "Draw"}, headers=HTMX)).all("form")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_adding_a_task_offers_its_undo(browser, sprint, headers):
    page = Page(browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": "Draw"}, headers=headers, follow=True))
    toast = page.one("div", class_="toast")
    assert toast.one("p").text == "Created “Draw”"
    assert toast.one("form", data_undo=True)["hx-post"] == f"/undo/{log.newest_number()}/"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_each_change_of_a_sprint_offers_its_undo(browser, sprint, headers):
    def undo_after(path, **data):
        browser.post(path, data, headers=headers)
        page = Page(browser.get("/"))
        return page.one("div", class_="toast").one("form", data_undo=True)["hx-post"]

    added = undo_after("/sprints/add/", name="Next", end="2999-01-01")
    assert added == f"/undo/{log.newest_number()}/"
    edited = undo_after(f"/sprints/{sprint.pk}/edit/", name="Paint", end=sprint.end.isoformat())
    assert edited == f"/undo/{log.newest_number()}/"
    deleted = undo_after(f"/sprints/{sprint.pk}/delete/")
    assert deleted == f"/undo/{log.newest_number()}/"
    assert len({added, edited, deleted}) == 3


def test_restoring_a_task_offers_its_undo(browser, user, add):
    task = add("Draw")
    actions.remove_task(user, task.pk)
    toast = Page(browser.post(f"/tasks/{task.pk}/restore/", follow=True)).one("div", class_="toast")
    assert toast.one("form", data_undo=True)["hx-post"] == f"/undo/{log.newest_number()}/"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_redo_is_an_ordinary_change(browser, add, headers):
    """The toast of an undo offers to redo, and the toast of a redo offers to undo, which Ctrl+Z uses."""
    added = add("Draw").event.seq
    undone = Page(browser.post(f"/undo/{added}/", headers=headers, follow=True)).one("div", class_="toast")
    redo = undone.one("form", data_redo=True)
    data = {field["name"]: field["value"] for field in redo.all("input")}
    redone = Page(browser.post(redo["hx-post"], data, headers=headers, follow=True)).one("div", class_="toast")
    assert redone.one("form", data_undo=True)["hx-post"] == f"/undo/{log.newest_number()}/"
    assert Task.objects.get().name == "Draw"


def test_undoing_a_changed_addition_names_the_other_user(browser, ben, add):
    task = add("Draw")
    actions.change_task(ben, task.pk, name="Paint")
    response = browser.post(f"/undo/{task.event.seq}/", headers=HTMX)
    assert (response.status_code, Page(response).one("p").text) == (
        409,
        "Couldn't undo the change. Ben Berg has since changed it.",
    )
    assert Task.objects.get().name == "Paint"


@pytest.mark.parametrize("on_board", [True, False])
def test_undoing_a_change_of_several_tasks_names_those_that_changed_since(browser, user, sprint, add, on_board):
    tasks = [add(name, sprint) for name in "abc"]
    bulk = actions.change_tasks(user, [task.pk for task in tasks], points=5)
    for task in tasks[:2]:
        actions.change_task(user, task.pk, points=8)
    headers = HTMX | {"HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/"} if on_board else {}
    page = browser.post(f"/undo/{bulk.event.seq}/", headers=headers, follow=True).content.decode()
    assert "“a” and “b” have changed since then and stay as they are." in page
    assert set(Task.objects.values_list("name", "points")) == {("a", 8), ("b", 8), ("c", None)}
