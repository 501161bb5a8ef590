"""GET /activity/ and /sprints/<id>/activity/"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from board import actions
from board.accounts import actions as account_actions
from board.accounts.users import Role
from board.actions import Place
from board.history import entries
from board.models import Event, Profile, Status
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", first_name="Ben")


@pytest.fixture
def read(browser):
    """Read a page of the activity: `read("?person=ben", sprint)`."""

    def get(query="", sprint=None):
        return Page(browser.get(f"/sprints/{sprint.pk}/activity/{query}" if sprint else f"/activity/{query}"))

    return get


def said(page):
    """Return the sentences of a page, newest first."""
    return [line.one("div").all("p")[0].text for line in lines_of(page)]


def lines_of(page):
    return [line for day in page.all("ol", class_="activity") for line in day.find_all("li", recursive=False)]


def test_changes_and_comments_are_one_stream_newest_first(read, user, ben, sprint, add):
    task = add("Draw", sprint)
    actions.place_task(ben, task.pk, Place(sprint.pk, Status.TESTING))
    actions.add_comment(user, task.pk, "Looks **good**\n\nSend it")
    page = read()
    assert page.heading == "Activity of the team"
    assert said(page) == [
        "Ana Lind commented on “Draw”",
        "Ben moved “Draw” from Not Started to In Testing",
        "Ana Lind created “Draw”",
        "Ana Lind created “Sprint 1”",
    ]
    assert page.one("blockquote").text == "Looks good Send it"
    assert page.all("span", data_initials="BE")


def test_a_name_links_to_its_task_or_sprint(read, sprint, add):
    task = add("Draw", sprint)
    assert [(link.text, link["href"]) for link in read().one("ol", class_="activity").all("a")] == [
        ("“Draw”", f"/tasks/{task.pk}/"),
        ("“Sprint 1”", f"/sprints/{sprint.pk}/"),
    ]


def test_a_renamed_task_is_linked_by_its_new_name(read, ben, add):
    task = add("Draw")
    actions.change_task(ben, task.pk, name="Paint")
    line = lines_of(read())[0]
    assert line.one("p").text == "Ben renamed “Draw” to “Paint”"
    assert line.one("a").text == "“Paint”"


def test_a_deleted_task_has_its_last_name_and_no_link(read, user, ben, add):
    task = add("Draw")
    actions.change_task(ben, task.pk, name="Paint")
    actions.remove_task(ben, task.pk)
    page = read()
    assert said(page)[1] == "Ana Lind created “Paint”"
    assert page.one("ol", class_="activity").all("a") == []


def test_several_changes_of_a_task_are_one_line_with_their_values(read, ben, sprint, add):
    task = add("Draw", sprint)
    actions.change_task(ben, task.pk, assigned=ben, points=3)
    actions.place_task(ben, task.pk, Place(sprint.pk, Status.ACTIVE))
    line = lines_of(read())[0]
    assert line.one("p").text == "Ben made 3 changes to “Draw”"
    assert line.one("ul").texts("li") == [
        "Ben moved this task from Not Started to In Development",
        "Ben assigned this task to Ben",
        "Ben set the points to 3",
    ]


def test_who_created_a_task_and_changed_it_at_once_created_it(read, user, add):
    actions.change_task(user, add("Draw").pk, points=3)
    line = lines_of(read())[0]
    assert line.one("p").text == "Ana Lind created “Draw”"
    assert line.one("ul").texts("li") == ["Ana Lind set the points to 3"]


def test_a_change_of_several_tasks_is_one_line(read, ben, sprint, add):
    tasks = [add(name).pk for name in "abc"]
    actions.move_tasks(ben, tasks, sprint.pk)
    assert said(read())[0] == "Ben moved 3 tasks to Sprint 1"


def test_a_change_of_several_tasks_that_is_longer_than_what_is_read_has_its_number(
    read, ben, sprint, add, monkeypatch
):
    tasks = [add(name).pk for name in "abcde"]
    actions.move_tasks(ben, tasks, sprint.pk)
    monkeypatch.setattr(entries, "MOST_EVENTS", 3)
    page = read()
    assert said(page) == ["Ben moved 5 tasks to Sprint 1"]
    assert said(read(page.one("a", rel="next")["href"]))[0] == "Ana Lind created “e”"


def test_a_closed_sprint_is_one_line_there_and_a_move_in_the_next_one(read, user, ben, sprint, next_sprint, add):
    add("a", sprint), add("b", sprint)
    actions.start_sprint(user, sprint.pk)
    actions.close_sprint(ben, sprint.pk, outcome="met", others=next_sprint.pk)
    assert said(read(sprint=sprint))[0] == "Ben closed “Sprint 1”"
    assert said(read(sprint=next_sprint)) == ["Ben moved 2 tasks to Sprint 2", "Ana Lind created “Sprint 2”"]


def test_a_comment_shows_its_current_text_or_who_deleted_it(read, user, ben, add):
    task = add("Draw")
    first, second = (actions.add_comment(ben, task.pk, text) for text in ("First", "Second"))
    actions.change_comment(ben, first.pk, "Better")
    user.is_staff = True
    actions.remove_comment(user, second.pk)
    page = read()
    deleted, better, second, *_ = lines_of(page)
    assert deleted.one("p", class_=None).text == "Ana Lind deleted a comment on “Draw”"
    assert (better.one("p").text, better.one("blockquote").text) == ("Ben commented on “Draw”", "Better")
    assert second.one("p", class_="faint").text == "Deleted by Ana Lind"
    assert "Second" not in page.text


def test_a_long_comment_is_cut_at_200_characters(read, user, add):
    actions.add_comment(user, add().pk, "word " * 100)
    excerpt = read().one("blockquote").text
    assert len(excerpt) == 200
    assert excerpt.endswith("…")


def test_names_and_comments_are_escaped(read, user, add):
    actions.add_comment(user, add("<i>Draw</i>").pk, "<b>bold</b>")
    page = read()
    assert "<i>Draw</i>" in said(page)[0]
    assert page.one("blockquote").text == "<b>bold</b>"


def test_a_sprint_has_its_own_events_and_those_of_tasks_in_it_into_it_and_out_of_it(
    read, ben, sprint, next_sprint, add
):
    inside, outside, elsewhere = add("inside", sprint), add("outside"), add("elsewhere", next_sprint)
    actions.change_sprint(ben, sprint.pk, goal="Done")
    actions.place_task(ben, outside.pk, Place(sprint.pk, Status.TODO))
    actions.place_task(ben, inside.pk, Place(next_sprint.pk, Status.TODO))
    actions.change_task(ben, elsewhere.pk, points=3)
    assert said(read(sprint=sprint)) == [
        "Ben moved “inside” from Sprint 1 to Sprint 2",
        "Ben moved “outside” from Backlog to Not Started",
        "Ben changed the goal of “Sprint 1”",
        "Ana Lind created “inside”",
        "Ana Lind created “Sprint 1”",
    ]


def test_a_person_can_be_chosen(read, ben, add):
    actions.change_task(ben, add("Draw").pk, points=3)
    page = read("?person=ben")
    assert said(page) == ["Ben set the points of “Draw” to 3"]
    assert page.value("Person") == "Ben"
    assert page.one("form", class_="by-person").texts("option") == ["Everyone", "Ana Lind", "Ben"]


def test_a_page_links_to_the_older_ones_and_back_and_keeps_the_person(read, user, add, monkeypatch):
    monkeypatch.setattr(entries.cut, "__defaults__", (2,))
    for name in "abc":
        add(name)
    page = read("?person=ana")
    assert said(page) == ["Ana Lind created “c”", "Ana Lind created “b”"]
    older = page.one("a", rel="next")["href"]
    page = read(older)
    assert said(page) == ["Ana Lind created “a”"]
    assert page.all("a", rel="next") == []
    assert page.one("nav", class_="buttons").one("a")["href"] == "?person=ana"


def test_days_have_the_readers_words_and_time_zone(read, user, add, today_is):
    today_is(date(2026, 11, 28))
    # There it is nine hours later than here.
    Profile.objects.create(user=user, time_zone="Asia/Tokyo")
    for name, hours in {"long ago": 400 * 24, "two days ago": 48, "at five": 40, "at six": 15, "now": 0}.items():
        created_at = timezone.now() - timedelta(hours=hours)
        Event.objects.filter(pk=add(name).version).update(created_at=created_at)
    page = read()
    days = {
        day.one("h2").text: (day.all("time")[0].text, len(day.all("p")))
        for day in page.all("section", class_="panel")
    }
    assert days == {
        "Today": ("21:00", 2),
        "Yesterday": ("05:00", 1),
        "Thu 26 Nov": ("21:00", 1),
        "Fri 24 Oct 2025": ("21:00", 1),
    }


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Changes and comments show here"),
        ("?person=ana", "This person hasn't"),
        ("?before=1", "Nothing happened before"),
    ],
)
def test_an_empty_activity_says_so(read, user, query, words):
    page = read(query)
    assert page.one("div", class_="empty").one("h2").text == "No activity"
    assert words in page.text


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=0", f"?before={2**63}", "?person=nobody", "?person=%00ana"]
)
def test_an_address_that_means_nothing_is_missing(browser, user, query):
    assert browser.get(f"/activity/{query}").status_code == (200 if query == "?person=%00ana" else 404)


def test_the_activity_of_a_deleted_sprint_is_missing(browser, user, sprint):
    actions.remove_sprint(user, sprint.pk)
    assert browser.get(f"/sprints/{sprint.pk}/activity/").status_code == 404


def test_a_viewer_reads_it(read, user, add):
    add("Draw")
    account_actions.set_role(None, user, Role.VIEWER)
    assert said(read()) == ["Ana Lind created “Draw”"]


def test_home_and_a_sprints_board_link_to_it(browser, sprint):
    assert Page(browser.get("/")).one("a", href="/activity/").text == "Activity of the team"
    board = Page(browser.get(f"/sprints/{sprint.pk}/"))
    assert board.one("a", href=f"/sprints/{sprint.pk}/activity/").text == "Activity"


def test_the_number_of_queries_does_not_grow_with_the_activity(
    browser, user, ben, sprint, next_sprint, add, django_assert_num_queries
):
    def work():
        first, *others = [add(name, sprint) for name in "abcd"]
        actions.change_task(ben, first.pk, assigned=ben)
        actions.add_comment(ben, first.pk, "Yes")
        actions.remove_comment(ben, actions.add_comment(ben, first.pk, "No").pk)
        actions.move_tasks(ben, [task.pk for task in others], next_sprint.pk)
        actions.remove_task(ben, others[0].pk)

    browser.get("/activity/")
    for number in range(3):
        work()
        actions.change_sprint(user, sprint.pk, goal=f"Goal {number}")
        # Session, person, unread notifications, the people to choose from; then entries, events, their people and
        # sprints, tasks, deleted tasks, sprints, comments, who deleted comments.
        with django_assert_num_queries(13):
            browser.get("/activity/")
