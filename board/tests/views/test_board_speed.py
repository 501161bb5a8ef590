"""The cost of a board in renders, queries and bytes. `make bench` measures times."""

import gzip

import pytest
from django.db import connection
from django.middleware.gzip import GZipMiddleware
from django.test import Client
from django.test.utils import CaptureQueriesContext

from board import actions, components
from board.actions import Place
from board.actions.ordering import GAP
from board.models import Status, Task
from board.tests.html_page import Page
from board.views import boards

MOVE_STATEMENTS = 8
MOVE_BYTES = 2048

pytestmark = pytest.mark.django_db


@pytest.fixture
def renders(monkeypatch):
    """The rendered components, in order."""
    rendered = []
    render = components.render_to_string

    def note(template, context):
        rendered.append(template)
        return render(template, context)

    monkeypatch.setattr(components, "render_to_string", note)
    return rendered


@pytest.fixture
def address(browser, sprint):
    """The board's URL. The browser has visited it before, so its cookies are complete."""
    address = f"/sprints/{sprint.pk}/"
    browser.get(address)
    return address


def test_a_board_that_did_not_change_is_not_rendered_again(browser, address, sprint, add, renders):
    add("a", sprint)
    renders.clear()
    pages = [browser.get(address).content.decode() for _ in range(2)]
    assert renders == ["board/task.html#card", "board/board.html#board"]
    assert [Page(page).cards("todo") for page in pages] == [["a"], ["a"]]


def test_a_move_renders_one_card(browser, user, address, sprint, add, renders):
    task, _ = add("a", sprint), add("b", sprint)
    browser.get(address)
    renders.clear()
    actions.place_task(user, task.pk, Place(sprint.pk, Status.DONE))
    page = Page(browser.get(address))
    assert (page.cards("todo"), page.cards("done")) == (["b"], ["a"])
    assert renders == ["board/task.html#card", "board/board.html#board"]


def test_a_renamed_person_has_the_new_name_on_every_board(browser, user, address, sprint, add):
    add("a", sprint, assigned=user)
    etag = browser.get(address)["ETag"]
    user.first_name = "Zoë"
    user.save()
    assert "Zoë Lind" in browser.get(address, headers={"If-None-Match": etag}).content.decode()


# Session, person and newest number; then sprint, places and the burndown's new events; then the uncached cards.
@pytest.mark.parametrize(("what_changed", "expected"), [("nothing", 3), ("a sprint", 6), ("all cards", 7)])
def test_the_number_of_queries_does_not_grow_with_the_board(
    browser, user, address, sprint, add, django_assert_num_queries, what_changed, expected
):
    def change():
        if what_changed == "a sprint":
            actions.change_sprint(user, sprint.pk, description=f"{Task.objects.count()} cards")
        if what_changed == "all cards":
            components.card_cache.clear()
            add("One more", sprint)

    for _ in range(2):
        change()
        with django_assert_num_queries(expected):
            browser.get(address)
        for number in range(10):
            add(f"Task {number}", sprint)
        browser.get(address)


def test_rows_of_cached_cards_are_not_read(browser, user, address, sprint, add):
    tasks = [add(f"Task {number}", sprint) for number in range(3)]
    browser.get(address)
    actions.change_task(user, tasks[1].pk, name="Changed")
    with CaptureQueriesContext(connection) as queries:
        page = Page(browser.get(address))
    assert page.cards("todo") == ["Task 0", "Changed", "Task 2"]
    rows = [query["sql"] for query in queries if '"board_task"."name"' in query["sql"]]
    assert len(rows) == 1
    assert rows[0].endswith(f"IN ({tasks[1].pk})")


def test_only_the_last_version_of_a_page_board_and_card_is_cached(browser, user, address, sprint, add):
    def count():
        return [len(kept) for kept in (boards.page_cache, components.board_cache, components.card_cache)]

    task = add("a", sprint)
    browser.get(address)
    before = count()
    for number in range(3):
        actions.change_task(user, task.pk, name=f"Name {number}")
        assert Page(browser.get(address)).cards("todo") == [f"Name {number}"]
    assert count() == before


def test_cards_have_the_new_key_after_making_room(browser, user, address, sprint, add):
    a, _, c = add("a", sprint, order=5), add("b", sprint, order=5), add("c", sprint)
    browser.get(address)
    actions.place_task(user, c.pk, Place(sprint.pk, Status.TODO, after=a.pk))
    page = Page(browser.get(address))
    assert page.cards("todo") == ["a", "c", "b"]
    orders = {int(card["data-task"]): int(card["data-order"]) for card in page.all("li", data_task=True)}
    assert orders == dict(Task.objects.values_list("pk", "order"))


def test_an_unchanged_page_is_not_sent_again(browser, address, sprint, add):
    add("a", sprint)
    etag = browser.get(address)["ETag"]
    response = browser.get(address, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


def test_a_changed_board_is_sent(browser, address, sprint, add):
    etag = browser.get(address)["ETag"]
    add("a", sprint)
    assert browser.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_page_is_one_persons(browser, address, django_user_model):
    etag = browser.get(address)["ETag"]
    other = Client()
    other.force_login(django_user_model.objects.create_user("ben"))
    assert other.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_page_of_another_release_is_sent(browser, address, monkeypatch):
    etag = browser.get(address)["ETag"]
    monkeypatch.setattr("board.views.boards.release", lambda: "next")
    assert browser.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_waiting_message_is_shown(browser, user, address, sprint, add):
    etag = browser.get(address)["ETag"]
    other = actions.add_sprint(user, end=sprint.end.replace(year=sprint.end.year + 1))
    browser.post(f"/sprints/{other.pk}/delete/")
    assert "Deleted “" in browser.get(address, headers={"If-None-Match": etag}).content.decode()


def test_the_page_is_compressed_to_a_few_bytes_a_card(browser, address, sprint, add, monkeypatch):
    # Against BREACH Django adds up to so many random bytes.
    monkeypatch.setattr(GZipMiddleware, "max_random_bytes", 0)

    def compressed():
        response = browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        return response.content

    # The page without cards: head, keyboard shortcuts, strings of the scripts.
    frame = len(compressed())
    assert frame <= 3_925
    add("The first task", sprint)
    words = {"description": "Words that tell what is to be done.", "version": 1, "sprint": sprint}
    Task.objects.bulk_create(
        Task(name=f"Task {number} of a longer board", order=number * GAP, **words) for number in range(2, 201)
    )
    page = compressed()
    assert gzip.decompress(page).count(b"data-task=") == 200
    assert (len(page) - frame) / 200 <= 60


def test_a_card_is_small(user, sprint, add):
    task = add("n" * 60, sprint, description="d" * 200, assigned=user, due=sprint.end)
    html = components.card(task, people=0)
    assert len(html.encode()) <= 600
    assert len(Page(html).one("li").all()) <= 8
    # For readability, each element is on a separate line.
    assert all(line.count("<") <= 2 for line in html.splitlines())


@pytest.fixture
def many(user, sprint):
    """Fill the sprint's first column: `many(20)` returns the tasks from top to bottom."""

    def fill(count):
        first = actions.add_task(user, name="Task 0", sprint_id=sprint.pk)
        rows = (
            Task(name=f"Task {n}", sprint=sprint, order=first.order + n * GAP, version=first.version)
            for n in range(1, count)
        )
        return [first, *Task.objects.bulk_create(rows)]

    return fill


@pytest.mark.parametrize("size", [20, 200, 1000])
@pytest.mark.parametrize("place", ["at the end", "between two"])
def test_a_move_costs_the_same_on_every_board(
    browser, sprint, many, size, place, django_capture_on_commit_callbacks
):
    *cards, card = many(size)
    where = {} if place == "at the end" else {"after": cards[3].pk, "before": cards[4].pk}
    data = {"sprint": sprint.pk, "column": "todo" if where else "done", **where}
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": f"http://testserver/sprints/{sprint.pk}/",
        "Idempotency-Key": "one gesture",
    }
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        response = browser.post(f"/tasks/{card.pk}/place/", data, headers=headers)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # Session and person; the number, the card, its neighbours; the card, the event and the gesture's key written.
    assert len(statements) == MOVE_STATEMENTS
    assert len(response.content) <= MOVE_BYTES
    card.refresh_from_db()
    assert (card.status, cards[3].order < card.order < cards[4].order) == ((1, True) if where else (4, False))
