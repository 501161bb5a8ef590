"""Quick add: new tasks in any column, what is understood of their lines, and several at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.models import Status, Task
from board.tests.html_page import HTMX, Page
from board.text import dates

pytestmark = pytest.mark.django_db
BACKLOG_PAGE = {**HTMX, "HX-Current-URL": "http://testserver/backlog/"}


@pytest.fixture
def tomorrow():
    return timezone.localdate() + timedelta(days=1)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_the_end_of_a_name_sets_points_person_and_due_date(browser, user, sprint, tomorrow, headers):
    browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": "Draw (3) @ana !tomorrow"}, headers=headers)
    task = Task.objects.get()
    assert (task.name, task.points, task.assigned, task.due) == ("Draw", 3, user, tomorrow)


def test_german_words_are_understood_in_german(browser, sprint, tomorrow):
    headers = {**HTMX, "Accept-Language": "de"}
    browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": "Zeichnen !morgen"}, headers=headers)
    assert (Task.objects.get().name, Task.objects.get().due) == ("Zeichnen", tomorrow)


def test_nobody_who_was_deactivated_is_understood(browser, user, sprint, django_user_model):
    django_user_model.objects.create_user("ben", is_active=False)
    browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": "Draw @ben"})
    assert (Task.objects.get().name, Task.objects.get().assigned) == ("Draw @ben", None)


def test_points_are_those_of_the_teams_scale(browser, sprint):
    actions.change_team(points_scale=[1, 4])
    for name in ("Draw (3)", "Paint (4)"):
        browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": name})
    assert set(Task.objects.values_list("name", "points")) == {("Draw (3)", None), ("Paint", 4)}


def test_a_name_that_is_refused_is_unchanged_in_the_form(browser, sprint):
    name = "x" * 256 + " (3)"
    page = Page(browser.post(f"/sprints/{sprint.pk}/tasks/add/", {"name": name}, headers=HTMX))
    assert page.value("Name") == name
    assert not Task.objects.exists()


def test_every_column_adds_to_itself(browser, sprint):
    page = Page(browser.get(f"/sprints/{sprint.pk}/"))
    addresses = {
        section["data-column"]: section.one("form", class_="add")["hx-get"] for section in page.all("section")
    }
    labels = [section.one("form", class_="add").one("button").text for section in page.all("section")]
    assert labels == [
        "Add task",
        "Add to Not Started",
        "Add to In Development",
        "Add to In Testing",
        "Add to Completed",
    ]
    for column, address in addresses.items():
        form = Page(browser.get(address, headers=HTMX)).one("form")
        browser.post(form["hx-post"], {"name": column}, headers=HTMX)
    added = Task.objects.filter(name__in=addresses).values_list("name", "sprint", "status")
    assert set(added) == {
        ("backlog", None, 1),
        ("todo", sprint.pk, 1),
        ("active", sprint.pk, 2),
        ("testing", sprint.pk, 3),
        ("done", sprint.pk, 4),
    }
    assert Task.objects.get(name="done").completed == timezone.localdate()


def test_without_a_script_a_column_adds_to_itself(browser, sprint):
    form = Page(browser.get(f"/sprints/{sprint.pk}/")).one("section", data_column="active").one("form")
    fields = {field["name"]: field["value"] for field in form.all("input")}
    page = Page(browser.get(form["action"], fields))
    response = browser.post(page.one("form", class_="panel adding")["action"], {"name": "Draw"})
    assert response["Location"] == f"/sprints/{sprint.pk}/"
    assert Page(browser.get(response["Location"])).cards("active") == ["Draw"]


@pytest.mark.parametrize("path", ["/sprints/{}/tasks/add/?column=attic", "/backlog/tasks/add/?column=todo"])
def test_an_unknown_column_is_not_found(browser, sprint, path):
    assert browser.post(path.format(sprint.pk), {"name": "Draw"}).status_code == 404


def test_a_closed_sprint_offers_no_form_and_refuses_one(browser, user, sprint):
    actions.start_sprint(user, sprint.pk)
    actions.close_sprint(user, sprint.pk, outcome="met")
    assert not Page(browser.get(f"/sprints/{sprint.pk}/")).all("form", class_="add")
    response = browser.post(f"/sprints/{sprint.pk}/tasks/add/?column=todo", {"name": "Draw"}, headers=HTMX)
    assert response.status_code == 422
    assert "Sprint 1 is closed." in Page(response).text


def test_the_backlog_page_adds_rows(browser):
    page = Page(browser.post("/backlog/tasks/add/", {"name": "Draw (5)"}, headers=BACKLOG_PAGE))
    row = page.one("template", data_cards=True).one("li", data_task=True)
    assert row.one("input", type="checkbox")["value"] == str(Task.objects.get().pk)
    assert page.one("form", class_="panel adding")["hx-post"] == "/backlog/tasks/add/"
    assert browser.post("/backlog/tasks/add/", {"name": "Paint"})["Location"] == "/backlog/"


def test_adding_has_an_undo(browser, sprint):
    page = Page(browser.post(f"/sprints/{sprint.pk}/tasks/add/?column=todo", {"name": "Draw"}, headers=HTMX))
    assert "Created “Draw”" in page.text
    browser.post(page.one("form", data_undo=True)["action"], headers=HTMX)
    assert not Task.objects.exists()


# What is understood


def understood(browser, name):
    return Page(browser.get("/tasks/understood/", {"name": name}, headers=HTMX))


def test_what_is_understood_is_shown_as_facts(browser, user, tomorrow):
    page = understood(browser, "Draw (1) @ana !tomorrow")
    assert page.all("bdi")[0].text == "Draw"
    facts = [element.text for element in page.all(class_="fact")]
    assert facts == ["1 point", "Ana Lind", f"due {dates.format_date(tomorrow, 'DAY')}"]


@pytest.mark.parametrize("name", ["", "Draw", "Draw @nobody", "x" * 10_000, "<b>", "\0"])
def test_plain_text_shows_what_could_be_typed(browser, name):
    assert (
        understood(browser, name).text
        == "At the end, (3) sets the points, @name the person and !fri the due date."
    )


# Several


def several(sprint, column=""):
    return f"/sprints/{sprint.pk}/tasks/add/several/{column}"


def test_the_preview_lists_what_will_be_added_and_adds_nothing(browser, user, sprint):
    response = browser.post(several(sprint), {"lines": "One (3) @ana\n\nTwo", "preview": "1"}, headers=HTMX)
    page = Page(response)
    assert response.status_code == 200
    assert page.one("output", class_="preview").texts("li") == ["One 3 points Ana Lind", "Two"]
    assert "2 tasks" in page.text
    assert page.value("Tasks, one per line") == "One (3) @ana\n\nTwo"
    assert not Task.objects.exists()


def test_lines_become_tasks_as_one_change_with_one_undo(browser, user, sprint, add):
    add("First", sprint)
    page = Page(browser.post(several(sprint, "?column=todo"), {"lines": "One (3) @ana\n\n  Two"}, headers=HTMX))
    assert "Created 2 tasks" in page.text
    cards = page.one("template", data_cards=True).all("li", data_task=True)
    assert [card.all("a")[0].text for card in cards] == ["One", "Two"]
    assert page.one("form", class_="panel adding")["hx-post"] == f"/sprints/{sprint.pk}/tasks/add/?column=todo"
    assert list(Task.objects.in_column(sprint.pk, Status.TODO).values_list("name", "points", "assigned")) == [
        ("First", None, None),
        ("One", 3, user.pk),
        ("Two", None, None),
    ]
    browser.post(page.one("form", data_undo=True)["action"], headers=HTMX)
    assert Task.objects.get().name == "First"


def test_without_a_script_lines_are_previewed_on_the_page_and_then_added(browser, sprint):
    page = Page(browser.post(several(sprint), {"lines": "One (3)\nTwo", "preview": "1"}))
    assert page.is_whole
    assert page.one("output", class_="preview").texts("li") == ["One 3 points", "Two"]
    response = browser.post(several(sprint), {"lines": page.value("Tasks, one per line")})
    assert response["Location"] == f"/sprints/{sprint.pk}/"
    assert "Created 2 tasks" in Page(browser.get(response["Location"])).text


def test_a_double_click_adds_the_lines_once(browser, sprint):
    for _ in range(2):
        response = browser.post(several(sprint), {"lines": "One\nTwo", "key": "k"}, headers=HTMX)
        assert "Created 2 tasks" in Page(response).text
    assert Task.objects.count() == 2


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("", "This field is required."),
        (" \n ", "This field is required."),
        ("One\n" + "x" * 256, "Task 2: Ensure this value has at most 255 characters (it has 256)."),
        ("One\n\u200b", "Task 2: This field can't be blank."),
        ("x\n" * 101, "These are 101 tasks. You can add 100 at once."),
    ],
)
def test_lines_that_can_not_be_tasks_add_nothing_and_say_why(browser, sprint, lines, reason):
    response = browser.post(several(sprint), {"lines": lines}, headers=HTMX)
    page = Page(response)
    assert (response.status_code, page.error("Tasks, one per line")) == (422, reason)
    assert page.value("Tasks, one per line").strip() == lines.strip()
    assert not Task.objects.exists()


def test_a_closed_sprint_adds_none_of_the_lines(browser, user, sprint):
    actions.start_sprint(user, sprint.pk)
    actions.close_sprint(user, sprint.pk, outcome="met")
    response = browser.post(several(sprint, "?column=todo"), {"lines": "One\nTwo"}, headers=HTMX)
    assert response.status_code == 422
    assert "Sprint 1 is closed." in Page(response).text


def test_many_lines_are_read_and_shown_with_a_constant_number_of_queries(
    browser, user, sprint, django_assert_num_queries
):
    browser.get("/")
    for count in (2, 100):
        with django_assert_num_queries(6):
            browser.post(several(sprint), {"lines": "One @ana\n" * count, "preview": "1"}, headers=HTMX)
