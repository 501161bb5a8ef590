"""/notifications/, the bell in the header, and following a task."""

import pytest

from board import actions
from board.accounts import actions as account_actions
from board.accounts.users import Role
from board.models import Notification
from board.notify import actions as own_actions
from board.notify import making
from board.tests.html_page import HTMX, Page
from board.views import notifications as views
from e2e.payloads import PAYLOADS

from ..notify.hostile import mention_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", password="ben's own", first_name="Ben", last_name="Hof")


@pytest.fixture
def bens(client, ben):
    """Ben's browser."""
    client.force_login(ben)
    return client


def make():
    while making.make_notifications():
        pass


def lines(browser, query=""):
    """Return [text of the link] of the lines, "* " before unread ones."""
    page = Page(browser.get(f"/notifications/{query}"))
    items = [item for one in page.all("ol", class_="panel notifications") for item in one.all("li")]
    return [f"{'* ' if 'unread' in item.get('class', ()) else ''}{item.one('a').text}" for item in items]


def bell(browser, path="/people/"):
    return Page(browser.get(path)).one("a", class_="bell")


def test_without_notifications_the_page_says_what_will_be_there(bens):
    page = Page(bens.get("/notifications/"))
    assert "No notifications yet" in page.text
    assert "Mark all as read" not in page.buttons


def test_several_of_one_task_are_one_line_with_the_latest_sentence(user, ben, bens, add):
    draw, paint = add("Draw", assigned=ben), add("Paint", assigned=ben)
    actions.add_comment(user, draw.pk, "Done?")
    actions.change_task(user, draw.pk, points=3)
    make()
    assert lines(bens) == [
        "* Ana Lind set the points of “Draw” to 3",
        "* Ana Lind assigned “Paint” to you",
    ]
    texts = Page(bens.get("/notifications/")).texts("li")
    assert "and 2 more" in texts[0]
    assert "more" not in texts[1]
    assert paint.pk


def test_a_mention_says_so_and_quotes_the_comment(user, ben, bens, add):
    actions.add_comment(user, add("Draw").pk, "Look, @ben: **done**")
    add("Paint", description="Ask @ben")
    make()
    assert lines(bens) == [
        "* Ana Lind mentioned you in “Paint”",
        "* Ana Lind mentioned you in a comment on “Draw”",
    ]
    assert Page(bens.get("/notifications/")).one("p", class_="quote").text == "Look, @ben: done"


def test_a_change_of_several_tasks_is_one_line(user, ben, bens, add, sprint):
    tasks = [add(f"Task {number}", assigned=ben).pk for number in range(3)]
    make()
    own_actions.mark_all_read(ben, 2**62)
    actions.move_tasks(user, tasks, sprint.pk)
    make()
    assert lines(bens, "?unread") == ["* Ana Lind moved several of your tasks to Sprint 1"]
    ((pk,),) = ben.notifications.filter(read_at=None).values_list("pk")
    assert bens.get(f"/notifications/{pk}/")["Location"] == sprint.get_absolute_url()


def test_opening_a_line_marks_all_of_its_task_as_read_and_goes_there(user, ben, bens, add):
    draw, _ = add("Draw", assigned=ben), add("Paint", assigned=ben)
    actions.add_comment(user, draw.pk, "Done?")
    make()
    newest = ben.notifications.filter(task=draw.pk).latest("seq")
    assert bens.get(f"/notifications/{newest.pk}/")["Location"] == f"/tasks/{draw.pk}/"
    assert lines(bens) == ["Ana Lind commented on “Draw”", "* Ana Lind assigned “Paint” to you"]
    assert lines(bens, "?unread") == ["* Ana Lind assigned “Paint” to you"]


def test_a_look_at_the_task_marks_it_as_read(ben, bens, add):
    draw = add("Draw", assigned=ben)
    make()
    bens.get(f"/tasks/{draw.pk}/")
    assert lines(bens) == ["Ana Lind assigned “Draw” to you"]


def test_a_deleted_task_has_its_name_and_its_line_leads_to_where_it_can_be_restored(user, ben, bens, add):
    draw = add("Draw", assigned=ben)
    actions.remove_task(user, draw.pk)
    make()
    assert lines(bens) == ["* Ana Lind deleted “Draw”"]
    newest = ben.notifications.latest("seq")
    assert bens.get(f"/notifications/{newest.pk}/")["Location"] == "/tasks/deleted/"


def test_other_peoples_notifications_are_not_there(browser, user, ben, add):
    add("Draw", assigned=ben)
    make()
    one = ben.notifications.get()
    assert lines(browser) == []
    assert browser.get(f"/notifications/{one.pk}/").status_code == 404
    browser.post("/notifications/read/", {"until": 10})
    assert ben.notifications.filter(read_at=None).exists()


def test_mark_all_as_read_leaves_out_what_came_after_the_page(user, ben, bens, add):
    add("Draw", assigned=ben)
    make()
    page = Page(bens.get("/notifications/"))
    add("Paint", assigned=ben)
    make()
    bens.post("/notifications/read/", {"until": page.one("input", name="until")["value"]})
    assert lines(bens, "?unread") == ["* Ana Lind assigned “Paint” to you"]


@pytest.mark.parametrize("until", ["", "x", "-1", str(2**63)])
def test_an_invalid_number_marks_nothing(ben, bens, add, until):
    add("Draw", assigned=ben)
    make()
    bens.post("/notifications/read/", {"until": until})
    assert ben.notifications.filter(read_at=None).exists()


def test_the_page_is_paged(ben, bens, add, monkeypatch):
    monkeypatch.setattr(views, "LINES_PER_PAGE", 2)
    for number in range(5):
        add(f"Task {number}", assigned=ben)
    make()
    assert [len(lines(bens, f"?unread&page={number}")) for number in (1, 2, 3)] == [2, 2, 1]
    page = Page(bens.get("/notifications/?unread&page=2"))
    assert [link["href"] for link in page.one("nav", class_="pages").all("a")] == [
        "?unread&page=1",
        "?unread&page=3",
    ]


def test_the_page_needs_the_same_number_of_statements_for_one_line_and_for_many(
    user, ben, bens, add, django_assert_num_queries
):
    for count in (1, 12):
        for number in range(count):
            task = add(f"Task {number}", assigned=ben)
            actions.add_comment(user, task.pk, "@ben")
        make()
        with django_assert_num_queries(10):
            bens.get("/notifications/")


def test_markup_in_names_and_comments_is_text(ben, bens, add, monkeypatch):
    monkeypatch.setattr(views, "LINES_PER_PAGE", len(PAYLOADS))
    mention_everywhere(add)
    page = Page(bens.get("/notifications/"))
    items = page.one("ol", class_="panel notifications").all("li")
    assert len(items) == len(PAYLOADS)
    elements = [element for item in items for element in item.all()]
    assert {element.name for element in elements} <= {"div", "span", "a", "p", "time"}
    assert not [name for element in elements for name in element.attrs if name.startswith("on")]


# The bell


def test_the_bell_counts_lines_not_notifications(user, ben, bens, add):
    assert (bell(bens)["aria-label"], bell(bens).text) == ("Notifications", "")
    task = add("Draw", assigned=ben)
    actions.add_comment(user, task.pk, "@ben")
    add("Paint", assigned=ben)
    make()
    assert (bell(bens)["aria-label"], bell(bens).text) == ("2 unread notifications", "2")
    assert bens.get("/notifications/unread/").json() == {"unread": 2, "label": "2 unread notifications"}


def test_a_cached_board_has_no_count(ben, bens, add, sprint):
    path = sprint.get_absolute_url()
    bens.get(path)
    etag = bens.get(path)["ETag"]
    Notification.objects.create(person=ben, seq=1, reason="changed", created_at=sprint.event.created_at)
    assert bens.get(path, headers={"If-None-Match": etag}).status_code == 304
    for page in (path, "/backlog/"):
        assert (bell(bens, page)["aria-label"], bell(bens, page).text) == ("Notifications", "")


def test_the_bell_costs_one_statement(bens, django_assert_max_num_queries, django_assert_num_queries):
    bens.get("/notifications/unread/")
    with django_assert_num_queries(3):  # the session, the person
        bens.get("/notifications/unread/")


# Following


def follow_button(browser, task):
    return Page(browser.get(f"/tasks/{task.pk}/")).one("form", class_="follow").one("button")


def test_a_task_can_be_followed_and_unfollowed(user, ben, bens, add):
    task = add("Draw")
    assert follow_button(bens, task)["aria-pressed"] == "false"
    assert bens.post(f"/tasks/{task.pk}/follow/", {"on": "1"})["Location"] == f"/tasks/{task.pk}/"
    assert follow_button(bens, task)["aria-pressed"] == "true"
    actions.add_comment(user, task.pk, "Done?")
    bens.post(f"/tasks/{task.pk}/follow/", {"on": follow_button(bens, task)["value"]})
    make()
    assert follow_button(bens, task)["aria-pressed"] == "false"
    assert lines(bens) == []


def test_whoever_has_a_task_or_commented_on_it_follows_it(user, ben, bens, add):
    for task in (mine := add("Draw", assigned=ben), other := add("Paint")):
        actions.add_comment(ben if task is other else user, task.pk, "Hello")
        assert follow_button(bens, task)["aria-pressed"] == "true"
    assert mine.pk != other.pk


def test_htmx_gets_the_button_back(bens, add):
    response = bens.post(f"/tasks/{add('Draw').pk}/follow/", {"on": "1"}, headers=HTMX)
    assert Page(response).one("button")["aria-pressed"] == "true"


def test_an_unknown_task_cannot_be_followed(bens):
    assert bens.post("/tasks/99/follow/", {"on": "1"}).status_code == 404


def test_a_viewer_reads_follows_and_marks_as_read(user, ben, bens, add):
    account_actions.set_role(None, ben, Role.VIEWER)
    task = add("Draw", assigned=ben)
    make()
    assert lines(bens) == ["* Ana Lind assigned “Draw” to you"]
    assert bens.post("/notifications/read/", {"until": task.version}).status_code == 302
    assert bens.post(f"/tasks/{task.pk}/follow/", {"on": "0"}).status_code == 302
    assert lines(bens, "?unread") == []
    assert follow_button(bens, task)["aria-pressed"] == "false"
