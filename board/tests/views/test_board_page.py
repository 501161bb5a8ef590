"""GET /sprints/<id>/"""

import re
from datetime import date, timedelta
from itertools import cycle

import pytest
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from board import actions, components
from board.history import log
from board.models import Column, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


def board(browser, sprint):
    return Page(browser.get(f"/sprints/{sprint.pk}/"))


def test_the_board_has_five_columns_labelled_by_their_titles(browser, sprint):
    page = board(browser, sprint)
    columns = page.all("section", data_column=True)
    assert [column["data-column"] for column in columns] == ["backlog", "todo", "active", "testing", "done"]
    assert [page.one(id=column["aria-labelledby"]).text for column in columns] == [
        "Backlog",
        "Not Started",
        "In Development",
        "In Testing",
        "Completed",
    ]


def test_each_task_is_in_its_column(browser, sprint, add):
    add("Waits")
    for status in Status:
        add(status.name, sprint, status)
    page = board(browser, sprint)
    assert {column.value: page.cards(column) for column in Column} == {
        "backlog": ["Waits"],
        "todo": ["TODO"],
        "active": ["ACTIVE"],
        "testing": ["TESTING"],
        "done": ["DONE"],
    }


def test_other_sprints_tasks_are_not_on_the_board(browser, sprint, next_sprint, add):
    add("Elsewhere", next_sprint)
    assert "Elsewhere" not in board(browser, sprint).text


def test_cards_are_in_order_with_ties_broken_by_id(browser, sprint, add):
    for name, order in [("c", 30), ("a", 10), ("b1", 20), ("b2", 20)]:
        add(name, sprint, order=order)
    assert board(browser, sprint).cards("todo") == ["a", "b1", "b2", "c"]


def test_the_board_has_its_sprint_and_sequence_number(browser, user, sprint, next_sprint):
    page = board(browser, sprint)
    element = page.one("div", class_="board")
    assert (element["data-sprint"], element["data-seq"]) == (str(sprint.pk), str(log.newest_number()))
    assert element["data-format"] == components.page_format()


def test_the_board_is_offline_until_it_is_connected(browser, sprint):
    assert [element["data-live"] for element in board(browser, sprint).all(data_live=True)] == ["offline"]


def test_a_card_has_its_own_data(browser, user, sprint, add):
    task = add("Draw", sprint, Status.ACTIVE, assigned=user, description="Über Kopf")
    card = board(browser, sprint).one("li", data_task=True)
    assert {name: value for name, value in card.attrs.items() if name.startswith("data-")} == {
        "data-task": str(task.pk),
        "data-version": str(task.version),
        "data-order": str(task.order),
        "data-in": "active",
        "data-who": str(user.pk),
        "data-excerpt": "uber kopf",
    }


def test_a_card_shows_its_name_assignee_and_due_date(browser, user, sprint, add):
    due = timezone.localdate() - timedelta(days=2)
    add("Draw", sprint, description="With a pencil", assigned=user, due=due)
    card = board(browser, sprint).one("li", data_task=True)
    assert card.text == "Draw With a pencil 2 days late AL Move"
    assert card.one("span", title=True)["title"] == "Ana Lind"
    assert (card.one("time")["class"], card.one("time")["datetime"]) == ("due late", due.isoformat())


@pytest.mark.parametrize(
    ("days", "status", "urgency", "words"),
    [
        (-1, Status.TODO, "due late", "1 day late"),
        (0, Status.TODO, "due soon", "Today"),
        (1, Status.TODO, "due soon", "Tomorrow"),
        (2, Status.TODO, "due soon", None),
        (3, Status.TODO, "due", None),
        (-9, Status.DONE, "due", None),
    ],
)
def test_a_due_date_presses_until_the_work_is_done(browser, sprint, add, days, status, urgency, words):
    due = timezone.localdate() + timedelta(days=days)
    add("Draw", sprint, status, due=due)
    time = board(browser, sprint).one("li", data_task=True).one("time")
    assert (time["class"], time.text) == (urgency, words or f"{due:%a} {due.day} {due:%b}")


def test_a_long_description_is_cut_on_the_card(browser, sprint, add):
    add("Draw", sprint, description="word " * 100)
    (text,) = board(browser, sprint).one("li", data_task=True).texts("p")
    assert len(text) == 80
    assert text.endswith("…")


def test_a_bare_card_has_places_where_a_date_and_a_person_can_be_set(browser, sprint, add):
    add("Draw", sprint)
    card = board(browser, sprint).one("li", data_task=True)
    assert [element["class"] for element in [card, *card.all()]] == ["card", "name", "due", "assignee", "move"]
    assert card.text == "Draw Move"


def test_each_column_counts_its_cards(browser, sprint, add):
    for status in (Status.ACTIVE, Status.ACTIVE, Status.DONE):
        add(sprint=sprint, status=status)
    page = board(browser, sprint)
    for place in ("small", "span"):
        counts = {element["data-count"]: element.text for element in page.all(place, data_count=True)}
        assert counts == {"backlog": "0", "todo": "0", "active": "2", "testing": "0", "done": "1"}


def test_an_empty_column_shows_a_message(browser, sprint):
    page = board(browser, sprint)
    says = {c["data-column"]: c.one("p", class_="none").text for c in page.all("section", data_column=True)}
    assert says == {
        "backlog": "The backlog is empty",
        "todo": "No tasks",
        "active": "No tasks",
        "testing": "No tasks",
        "done": "Nothing done yet",
    }


def test_the_head_shows_name_goal_end_and_progress(browser, user, sprint, add):
    actions.change_sprint(user, sprint.pk, description="A pass on every phone")
    add(sprint=sprint, status=Status.DONE)
    add(sprint=sprint)
    add()
    page = board(browser, sprint)
    assert page.heading == "Sprint 1"
    head = page.one("div", class_="board-head")
    assert "A pass on every phone" in head.text
    assert head.one("time")["datetime"] == sprint.end.isoformat()
    assert (head.one(data_done=True).text, head.one(data_all=True).text) == ("1", "2")


@pytest.mark.parametrize(("end", "left"), [(10, "Last day"), (12, "1 working day"), (14, "3 working days")])
def test_the_head_counts_the_working_days_that_are_left(user, today_is, end, left):
    # A Friday.
    today_is(date(2027, 9, 10))
    sprint = actions.add_sprint(user, end=date(2027, 9, end))
    assert Page(components.board(sprint.pk, log.state())["html"]).one("dl").texts("dd")[1] == left


def test_the_head_of_a_past_sprint_shows_when_it_ended(browser, past_sprint):
    facts = board(browser, past_sprint).one("dl")
    assert facts.texts("dt") == ["Ended", "Done"]


def test_tasks_are_added_in_the_backlog(browser, sprint):
    form = board(browser, sprint).one("section", data_column="backlog").one("form")
    assert form["action"] == form["hx-get"] == f"/sprints/{sprint.pk}/tasks/add/"
    assert form.texts("button") == ["Add task"]


def test_an_unknown_sprint_shows_a_message(browser):
    for address in ("/sprints/99/", "/sprints/999999999999999999/"):
        response = browser.get(address)
        page = Page(response)
        assert response.status_code == 404
        assert page.heading == "Not found"
        assert "This sprint doesn't exist. It may have been deleted." in page.text


@pytest.mark.parametrize("address", ["/sprints/x/", "/sprints/-1/", "/sprints/9999999999999999999/", "/nowhere"])
def test_an_unknown_url_shows_a_message(browser, address):
    response = browser.get(address)
    assert response.status_code == 404
    assert "This page doesn't exist." in Page(response).text


def test_the_number_of_queries_does_not_grow_with_the_tasks(browser, django_user_model, sprint, add):
    people = [django_user_model.objects.create_user(f"person{n}") for n in range(4)]
    places = cycle([(None, Status.TODO), *((sprint, status) for status in Status)])

    def queries_with(count):
        while Task.objects.count() < count:
            n = Task.objects.count()
            in_sprint, status = next(places)
            add(f"Task {n}", in_sprint, status, assigned=people[n % 4], due=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            page = board(browser, sprint)
        assert len(page.all("li", data_task=True)) == count
        return len(queries)

    assert queries_with(10) == queries_with(30)


def test_a_card_is_the_same_for_all_users(browser, client, django_user_model, user, sprint, add):
    task = add("Draw", sprint, assigned=user, due=timezone.localdate(), description="With a pencil")
    card = render_to_string("board/task.html#card", {"task": task})
    guest = django_user_model.objects.create_user("guest")
    for person in (user, guest):
        client.force_login(person)
        assert card in client.get(f"/sprints/{sprint.pk}/").content.decode()
        assert client.get(f"/tasks/{task.pk}/", headers=HTMX).content.decode() == card


def test_the_page_knows_whose_cards_to_mark(browser, user, sprint):
    assert board(browser, sprint).one("body")["data-user"] == str(user.pk)


# The filter without JavaScript


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("draw", ["Draw a line"]),
        ("LINE draw", ["Draw a line"]),
        ("pencil", ["Draw a line"]),
        ("ana", ["Paint <it>"]),
        ("<it>", ["Paint <it>"]),
        ("href", []),
        ("move", []),
        ("  ", ["Draw a line", "Paint <it>"]),
        ("draw paint", []),
    ],
)
def test_the_filter_shows_the_cards_that_match_all_words(browser, user, sprint, add, words, names):
    add("Draw a line", sprint, description="With a pencil")
    add("Paint <it>", sprint, assigned=user)
    page = Page(browser.get(f"/sprints/{sprint.pk}/", {"q": words}))
    assert page.cards("todo") == names


def test_the_filter_finds_a_number_and_shows_the_count(browser, sprint, add):
    task, _ = add("a", sprint), add("b", sprint)
    page = Page(browser.get(f"/sprints/{sprint.pk}/", {"q": f"#{task.pk}"}))
    assert page.cards("todo") == ["a"]
    assert page.one("small", data_count="todo").text == "1 of 2"
    assert page.one("input", name="q")["value"] == f"#{task.pk}"


# Themes


def test_the_colours_are_remembered_and_the_page_starts_with_them(browser, sprint):
    address = f"/sprints/{sprint.pk}/?q=x"
    assert "data-theme" not in Page(browser.get(address)).one("html").attrs
    for choice in ("dark", "light"):
        response = browser.post("/theme/", {"theme": choice, "back": address})
        assert (response.status_code, response["Location"]) == (302, address)
        assert Page(browser.get(address)).one("html")["data-theme"] == choice
    browser.post("/theme/", {"theme": "system"})
    assert "data-theme" not in Page(browser.get(address)).one("html").attrs


@pytest.mark.parametrize("is_secure", [False, True])
def test_the_cookie_of_the_colours_is_as_secure_as_that_of_the_log_in(browser, settings, is_secure):
    settings.SESSION_COOKIE_SECURE = is_secure
    browser.post("/theme/", {"theme": "dark"})
    cookie = browser.cookies[settings.THEME_COOKIE_NAME]
    assert bool(cookie["secure"]) == is_secure
    assert cookie["httponly"]


def test_the_theme_switch_cycles_through_system_light_and_dark(browser):
    seen = []
    for _ in range(4):
        button = Page(browser.get("/")).one("button", name="theme")
        seen.append(button["value"])
        browser.post("/theme/", {"theme": button["value"]})
    assert seen == ["light", "dark", "system", "light"]


@pytest.mark.parametrize(
    "back",
    [
        "",
        "foo",
        "?x",
        "#",
        "home",
        "foo.bar",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\n/",
        "a:b",
    ],
)
def test_choosing_a_theme_never_redirects_to_another_host(browser, back):
    response = browser.post("/theme/", {"theme": "dark", "back": back})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_with_htmx_only_the_switch_is_returned(browser):
    response = browser.post("/theme/", {"theme": "dark", "back": "/"}, headers=HTMX)
    page = Page(response)
    assert not page.is_whole
    assert page.one("form")["data-theme"] == "dark"
    assert response.cookies[settings.THEME_COOKIE_NAME].value == "dark"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_theme_switch_never_redirects_to_another_host(browser, back):
    assert browser.post("/theme/", {"theme": "dark", "back": back})["Location"] == "/"


def test_an_invalid_theme_cookie_means_system(browser):
    browser.cookies[settings.THEME_COOKIE_NAME] = '"><script>'
    assert "data-theme" not in Page(browser.get("/")).one("html").attrs


def test_the_spark_ends_with_the_sprint_and_is_flat_on_days_off(user, add, today_is):
    today_is(date(2027, 3, 4))
    sprint = actions.add_sprint(user, start=date(2027, 3, 4), end=date(2027, 3, 9))
    task = add("a", sprint)
    add("b", sprint)
    today_is(date(2027, 3, 5))
    actions.change_task(user, task.pk, status=Status.DONE)
    today_is(date(2027, 3, 30))
    html = components.board(sprint.pk, log.state())["html"]
    lines = [[point.split(",")[1] for point in found.split()] for found in re.findall(r'points="([^"]+)"', html)]
    assert lines == [
        ["11.0", "20.0", "20.0", "20.0", "29.0", "38.0"],
        ["2.0", "20.0", "20.0", "20.0", "20.0", "20.0"],
    ]
