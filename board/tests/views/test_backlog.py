"""GET /backlog/ and POST /backlog/change/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions, components
from board.history import log
from board.live import batches
from board.models import Profile, Status, Task
from board.tests.html_page import HTMX, Page

ON_PAGE = {**HTMX, "HX-Current-URL": "http://testserver/backlog/"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(add):
    return [add(name) for name in "abcd"]


@pytest.fixture
def change(browser):
    """Post a change of tasks from the page: `change("sprint-1", task, …)`; without htmx if `headers` is empty."""

    def post(do, *tasks, headers=ON_PAGE, **values):
        data = {"do": do, "task": [task if isinstance(task, int | str) else task.pk for task in tasks], **values}
        return browser.post("/backlog/change/", data, headers=headers)

    return post


def names(sprint=None):
    return "".join(Task.objects.filter(sprint=sprint).order_by("order", "pk").values_list("name", flat=True))


def close_with(user, sprint, points):
    """Close a sprint in which this many points were done."""
    actions.start_sprint(user, sprint.pk)
    actions.add_task(user, name="Done", sprint_id=sprint.pk, status=Status.DONE, points=points)
    actions.close_sprint(user, sprint.pk, outcome="met")


# The page


def test_the_page_lists_the_backlog_in_order_and_nothing_else(browser, user, tasks, sprint, add):
    add("elsewhere", sprint)
    actions.move_tasks(user, [tasks[3].pk], None, top=True)
    page = Page(browser.get("/backlog/"))
    assert (page.heading, page.cards("backlog")) == ("Backlog", ["d", "a", "b", "c"])
    assert page.one("div", class_="board backlog")["data-seq"] == str(log.newest_number())


def test_a_row_says_all_about_its_task(browser, user, add):
    added = timezone.now() - timedelta(days=3)
    due = timezone.localdate() + timedelta(days=1)
    task = add("Draw", points=5, assigned=user, due=due, description="On paper", at=added)
    Task.objects.filter(pk=task.pk).update(carried=2)
    row = Page(browser.get("/backlog/")).one("li", data_task=True)
    assert (row["data-task"], row["data-version"]) == (str(task.pk), str(task.version))
    assert row.one("a", class_="name")["href"] == f"/tasks/{task.pk}/"
    assert row.one("input", type="checkbox")["aria-label"] == "Select Draw"
    assert row.texts("span") == ["carried 2×", "carried 2×", "5", "AL", "3 days"]
    assert row.texts("time") == ["Tomorrow"]


def test_the_age_counts_from_the_first_time_a_restored_task_was_added(browser, user, add):
    task = add("Draw", at=timezone.now() - timedelta(days=3))
    actions.undo(user, actions.remove_task(user, task.pk).seq)
    assert Page(browser.get("/backlog/")).texts("span", class_="age") == ["3 days"]


def test_open_sprints_are_targets_with_their_sums_and_closed_ones_are_not(browser, user, sprint, next_sprint, add):
    close_with(user, sprint, 3)
    add("a", next_sprint, points=5)
    add("b", next_sprint)
    (target,) = Page(browser.get("/backlog/")).one("section", class_="targets").all("li")
    assert target["data-into"] == str(next_sprint.pk)
    assert "Sprint 2" in target.text
    assert "2 tasks · 5 points" in target.text
    assert "5 of usually 3 2 above the usual" in target.text


def test_a_range_of_velocities_is_shown_as_one(browser, user, sprint, next_sprint):
    end = timezone.localdate() + timedelta(days=30)
    third = actions.add_sprint(user, name="Sprint 3", end=end)
    close_with(user, sprint, 13)
    close_with(user, next_sprint, 21)
    page = Page(browser.get("/backlog/"))
    assert "0 of usually 13 to 21" in page.text
    assert page.one("li", data_into=str(third.pk)).one("progress")["value"] == "0"


def test_without_a_closed_sprint_nothing_is_usual(browser, sprint):
    page = Page(browser.get("/backlog/"))
    assert "usually" not in page.text
    assert not page.all("progress")


def test_the_filter_works_without_a_script(browser, tasks):
    page = Page(browser.get("/backlog/?q=b"))
    assert page.cards("backlog") == ["b"]
    assert page.one("small", data_count="backlog").text == "1 of 4"


def test_viewers_see_the_list_without_a_way_to_change_it(browser, user, tasks):
    Profile.objects.create(user=user, is_viewer=True)
    page = Page(browser.get("/backlog/"))
    assert page.cards("backlog") == ["a", "b", "c", "d"]
    assert not page.all("form", id="selection")
    assert "data-reads" in page.one("body").attrs


def test_an_empty_backlog_says_what_to_do(browser):
    assert "The backlog is empty. Add the first task" in Page(browser.get("/backlog/")).text


@pytest.mark.parametrize("cached", [True, False])
def test_the_number_of_queries_does_not_grow_with_the_backlog(
    browser, user, sprint, next_sprint, add, django_assert_num_queries, cached
):
    close_with(user, sprint, 3)
    browser.get("/backlog/")
    for count in (1, 50):
        rows = [Task(name=f"Task {n}", order=n, version=log.newest_number()) for n in range(count)]
        Task.objects.bulk_create(rows)
        add("One more")
        if cached:
            browser.get("/backlog/")
            actions.change_sprint(user, next_sprint.pk, description=f"{count} tasks")
        else:
            components.card_cache.clear()
        # Session, person, number; places, sum, two of the velocity, targets, three of the menus; then the uncached rows.
        with django_assert_num_queries(11 if cached else 12):
            browser.get("/backlog/")


# Changes


def test_tasks_move_to_a_sprint_as_one_change_with_one_undo(browser, change, tasks, sprint):
    response = change(f"sprint-{sprint.pk}", *tasks[1:3])
    page = Page(response)
    assert (names(), names(sprint)) == ("ad", "bc")
    assert page.one("template", data_gone=True)["data-gone"] == f"{tasks[1].pk} {tasks[2].pk}"
    assert "Moved 2 tasks to Sprint 1" in page.text
    browser.post(page.one("form", data_undo=True)["action"], headers=ON_PAGE)
    assert (names(), names(sprint)) == ("abcd", "")


@pytest.mark.parametrize(
    ("do", "values", "expected"),
    [
        ("top", {}, "bdac"),
        ("bottom", {}, "acbd"),
        ("place", {"after": 0}, "abdc"),
        ("place", {"before": 2}, "abdc"),
        ("place", {}, "acbd"),
    ],
)
def test_tasks_move_within_the_backlog(change, tasks, do, values, expected):
    anchors = {side: tasks[index].pk for side, index in values.items()}
    page = Page(change(do, tasks[1], tasks[3], **anchors))
    assert names() == expected
    assert str(tasks[3].pk) in [row["data-task"] for row in page.all("li", data_task=True)]


@pytest.mark.parametrize(
    ("do", "field", "value", "text"),
    [
        ("points-5", "points", 5, "Set the points of 2 tasks to 5"),
        ("points-", "points", None, "Removed the points of 2 tasks"),
        ("person-ana", "assigned__username", "ana", "Assigned 2 tasks to Ana Lind"),
        ("person-", "assigned__username", None, "Unassigned Ana Lind from 2 tasks"),
    ],
)
def test_points_and_person_are_set_for_all(change, user, tasks, do, field, value, text):
    Task.objects.update(points=None if value == 5 else 3, assigned=None if value == "ana" else user)
    page = Page(change(do.replace("ana", str(user.pk)), *tasks[:2]))
    assert list(Task.objects.order_by("pk").values_list(field, flat=True)[:2]) == [value, value]
    assert text in page.text


def test_tasks_are_deleted_together(change, tasks):
    page = Page(change("delete", *tasks[:3]))
    assert names() == "d"
    assert "Deleted 3 tasks" in page.text


def test_what_could_not_be_changed_is_named(change, user, tasks, sprint):
    actions.remove_task(user, tasks[0].pk)
    actions.move_tasks(user, [tasks[1].pk], sprint.pk)
    page = Page(change("points-8", *tasks))
    assert list(Task.objects.filter(points=8).values_list("name", flat=True)) == ["c", "d"]
    assert "Left as is: “a”. This task doesn't exist. It may have been deleted." in page.text
    assert "Left as is: “b”. It is no longer in the backlog." in page.text


def test_of_many_that_could_not_be_changed_three_are_named(change, user, add):
    tasks = [add(name) for name in "abcdef"]
    actions.remove_tasks(user, [task.pk for task in tasks[:5]])
    text = Page(change("points-3", *tasks)).text
    assert "Left as is: “a”, “b”, “c” and 2 more. This task doesn't exist." in text


def test_a_sprint_that_was_closed_meanwhile_refuses_all(change, user, tasks, sprint):
    close_with(user, sprint, 1)
    response = change(f"sprint-{sprint.pk}", *tasks[:2])
    assert response.status_code == 422
    expected = "Left as is: “a” and “b”. Sprint 1 is closed. Reopen it to change its tasks."
    assert expected in Page(response).text
    assert names() == "abcd"


@pytest.mark.parametrize(
    ("do", "ids", "reason"),
    [
        ("top", [], "Select at least one task."),
        ("top", ["x"], "Select at least one task."),
        ("", ["1"], "Choose what to do with the tasks."),
        ("sprint-", ["1"], "Enter a valid value."),
        ("person-999", ["1"], "This person doesn't exist."),
        ("sprint-999", ["1"], "This sprint doesn't exist."),
        ("points-4", ["1"], "Use one of these numbers: 0, 1, 2, 3, 5, 8, 13, 21."),
        ("bottom", ["9" * 18], "This task doesn't exist."),
    ],
)
@pytest.mark.parametrize("headers", [{}, ON_PAGE], ids=["page", "htmx"])
def test_a_change_that_makes_no_sense_says_why_and_changes_nothing(
    browser, change, tasks, do, ids, reason, headers
):
    before = log.newest_number()
    ids = [str(tasks[0].pk) if pk == "1" else pk for pk in ids]
    response = change(do, *ids, headers=headers)
    if headers:
        assert response.status_code == 422
    else:
        assert response["Location"] == "/backlog/"
        response = browser.get("/backlog/")
    assert reason in Page(response).text
    assert log.newest_number() == before


def test_without_a_script_checkboxes_and_a_button_change_tasks(browser, change, tasks, sprint):
    page = Page(browser.get("/backlog/"))
    form = page.one("form", id="selection")
    assert {box["form"] for box in page.all("input", type="checkbox")} == {"selection"}
    assert f"sprint-{sprint.pk}" in [button.get("value") for button in form.all("button")]
    response = change(f"sprint-{sprint.pk}", tasks[0], headers={})
    assert response["Location"] == "/backlog/"
    page = Page(browser.get("/backlog/"))
    assert "Moved “a” to Sprint 1" in page.text
    assert page.cards("backlog") == ["b", "c", "d"]


# Forms of one row


def test_the_forms_of_a_row_return_a_row(browser, tasks):
    path = f"/tasks/{tasks[0].pk}/edit/name/"
    page = Page(browser.post(path, {"name": "New", "version": tasks[0].version}, headers=ON_PAGE))
    assert page.one("li", data_task=True).one("input", type="checkbox")["value"] == str(tasks[0].pk)


def test_a_task_that_moves_to_a_sprint_leaves_the_page(browser, tasks, sprint):
    data = {"column": "todo", "sprint": sprint.pk}
    page = Page(browser.post(f"/tasks/{tasks[0].pk}/place/", data, headers=ON_PAGE))
    assert page.one("template", data_gone=True)["data-gone"] == str(tasks[0].pk)


def test_an_undo_on_the_page_returns_all_rows_and_names_what_it_left(browser, user, tasks):
    bulk = actions.change_tasks(user, [task.pk for task in tasks], points=5)
    actions.change_task(user, tasks[0].pk, points=8)
    page = Page(browser.post(f"/undo/{bulk.event.seq}/", headers=ON_PAGE))
    rows = page.one("template", data_cards=True).all("li", data_task=True)
    assert sorted(row["data-task"] for row in rows) == [str(task.pk) for task in tasks[1:]]
    assert "“a” has changed since then and stays as it is." in page.text


# Live


def frame(since):
    return batches.batch(components.BACKLOG, since, log.state())


def test_a_frame_has_the_rows_that_changed_and_the_ids_of_those_that_left(user, tasks, sprint):
    since = log.newest_number()
    actions.change_task(user, tasks[0].pk, name="New")
    actions.move_tasks(user, [tasks[1].pk], sprint.pk)
    changed = frame(since)
    (row,) = Page(changed["cards"]).all("li", data_task=True)
    assert row.one("a", class_="name").text == "New"
    assert row.one("input", type="checkbox")["value"] == str(tasks[0].pk)
    assert changed["left"] == [tasks[1].pk]
    assert "1 task" in Page(changed["head"]).one("li", data_into=str(sprint.pk)).text


def test_a_row_in_a_frame_is_the_one_on_the_page(browser, tasks):
    changed = frame(log.newest_number() - 1)
    assert changed["cards"] in browser.get("/backlog/").content.decode()


def test_a_change_within_a_sprint_brings_its_sum_and_no_row(user, sprint, add):
    task = add("a", sprint)
    since = log.newest_number()
    actions.change_task(user, task.pk, points=13)
    changed = frame(since)
    assert (changed["cards"], changed["left"], changed["news"]) == ("", [], [])
    assert "1 task · 13 points" in Page(changed["head"]).text


def test_a_new_name_of_a_task_in_a_sprint_brings_nothing(user, sprint, add):
    task = add("a", sprint)
    since = log.newest_number()
    actions.change_task(user, task.pk, name="b")
    assert frame(since) == {"seq": since + 1, "cards": "", "left": [], "news": []}


def test_polling_returns_the_same_frame(browser, tasks):
    since = log.newest_number() - 1
    response = browser.get("/backlog/changes/", {"since": since, "format": components.page_format()})
    assert response.json() == {**frame(since), "format": components.page_format()}
