"""GET /tasks/<id>/panel/: the panel beside the board, which is also the content of the task's page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from board import actions
from board.models import Profile, Status
from board.tests.html_page import HTMX, Page
from board.views.panel import ENTRIES

pytestmark = pytest.mark.django_db


def panel_of(browser, task, query=""):
    return Page(browser.get(f"/tasks/{task.pk}/panel/{query}", headers=HTMX))


def entries(page):
    return [entry.text for entry in page.one("ol", id="panel-entries").all("li", recursive=False)]


def test_the_panel_shows_the_task_and_one_stream_of_comments_and_history(browser, user, sprint, add):
    task = add("Draw", sprint, description="With *ink*")
    comment = actions.add_comment(user, task.pk, "Which **ink**?")
    actions.place_task(user, task.pk, actions.Place(sprint.pk, Status.ACTIVE))
    page = panel_of(browser, task)
    assert not page.is_whole
    assert page.one("aside")["data-panel"] == str(task.pk)
    assert page.one("h2", id="panel-name").text == "Draw"
    assert page.all("em")[0].text == "ink"
    assert page.one("li", id=f"comment-{comment.pk}").one("strong", dir="auto").text == "Ana Lind"
    lines = [line.one("span").text for line in page.all("li", class_="line")]
    assert lines == [
        "Ana Lind created this task",
        "Ana Lind moved this task from Not Started to In Development",
    ]


def test_only_the_newest_entries_come_first_and_all_on_request(browser, user, add):
    task = add("Draw")
    for number in range(ENTRIES):
        actions.add_comment(user, task.pk, f"Comment {number}")
    page = panel_of(browser, task)
    assert page.one("a", data_all="").text == "Show earlier"
    assert len(page.all("li", class_="comment")) == ENTRIES
    everything = panel_of(browser, task, "?all=1")
    assert everything.all("a", data_all="") == []
    assert len(everything.all("li", class_="line")) == 1


def test_the_panel_takes_as_many_queries_with_many_comments(browser, user, django_user_model, sprint, add):
    people = [django_user_model.objects.create(username=f"p{number}") for number in range(4)]
    quiet, busy = add("Quiet", sprint), add("Busy", sprint)
    actions.add_comment(user, quiet.pk, "One")
    actions.change_task(user, quiet.pk, assigned=people[0])
    for number in range(20):
        actions.add_comment(people[number % 4], busy.pk, f"Comment {number}")
        actions.change_task(user, busy.pk, assigned=people[number % 4])
    counts = []
    for task in (quiet, busy):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            panel_of(browser, task)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_who_may_not_edit_a_comment_gets_no_button_for_it(browser, user, django_user_model, add):
    task = add("Draw")
    actions.add_comment(user, task.pk, "Mine")
    actions.add_comment(django_user_model.objects.create(username="ben"), task.pk, "Theirs")
    mine, theirs = panel_of(browser, task).all("li", class_="comment")
    assert [link.text for link in mine.all("a", class_="button quiet")] == ["Edit comment"]
    assert theirs.all("a", class_="button quiet") == theirs.all("button") == []


def test_a_deleted_comment_leaves_a_line_that_says_who_deleted_it(browser, user, add):
    task = add("Draw")
    actions.remove_comment(user, actions.add_comment(user, task.pk, "Secret").pk)
    page = panel_of(browser, task)
    assert entries(page)[-1].endswith("Ana Lind deleted a comment")
    assert "Secret" not in page.text


def test_a_viewer_reads_and_gets_no_forms(browser, user, add):
    task = add("Draw")
    actions.add_comment(user, task.pk, "Hello")
    Profile.objects.create(user=user, is_viewer=True)
    page = panel_of(browser, task)
    assert "Hello" in page.text
    assert [form["class"] for form in page.all("form")] == ["follow"]
    assert page.one("dl").all("a") == page.all("a", data_edit="") == []


def test_a_form_in_the_panel_stays_there_and_saving_answers_with_the_card(browser, sprint, add):
    task = add("Draw", sprint)
    headers = {**HTMX, "HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/?task={task.pk}"}
    for form in ("edit/", "edit/due/", "move/", "delete/"):
        page = Page(browser.get(f"/tasks/{task.pk}/{form}?panel=1", headers=headers))
        assert page.all("div", class_="editing"), form
        assert page.all("li") == [], form
    response = browser.post(f"/tasks/{task.pk}/edit/?panel=1", {"name": "Paint"}, headers=headers)
    template = Page(response).one("template", data_cards="")
    assert template.one("a", class_="name").text == "Paint"


def test_a_conflict_stays_in_the_panel(browser, user, sprint, add):
    task = add("Draw", sprint)
    actions.change_task(user, task.pk, name="Sketch")
    headers = {**HTMX, "HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/"}
    data = {"name": "Paint", "version": task.version}
    response = browser.post(f"/tasks/{task.pk}/edit/?panel=1", data, headers=headers)
    assert response.status_code == 409
    assert Page(response).one("div", class_="editing").one("p", class_="theirs").text == "Sketch"
