"""What a board costs, in counts: renders, queries, bytes. Times are measured by `make bench`."""

import gzip

import pytest
from django.test import Client

from board import actions, broadcasts, views
from board.actions import Place
from board.models import Status

from .reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def renders(monkeypatch):
    """Collects the components that are rendered."""
    rendered = []
    render = broadcasts.render_to_string

    def note(template, context):
        rendered.append(template)
        return render(template, context)

    monkeypatch.setattr(broadcasts, "render_to_string", note)
    return rendered


@pytest.fixture
def address(browser, sprint):
    """The board's address, to a browser that has been there: its cookies are complete."""
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


def test_a_person_who_is_renamed_has_the_new_name_on_every_board(browser, user, address, sprint, add):
    add("a", sprint, assigned=user)
    etag = browser.get(address)["ETag"]
    user.first_name = "Zoë"
    user.save()
    assert "Zoë Lind" in browser.get(address, headers={"If-None-Match": etag}).content.decode()


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_number_of_queries_does_not_grow_with_the_board(
    browser, address, sprint, add, django_assert_num_queries, is_kept
):
    def count(queries):
        if not is_kept:
            views._kept_page.cache_clear()
            broadcasts.board.cache_clear()
        with django_assert_num_queries(queries):
            browser.get(address)

    browser.get(address)
    # Session, person and newest number; then sprint, cards, their count and the burndown's new events.
    expected = 3 if is_kept else 7
    count(expected)
    for number in range(50):
        add(f"Task {number}", sprint)
    browser.get(address)
    count(expected)


def test_an_unchanged_page_is_not_sent_again(browser, address, sprint, add):
    add("a", sprint)
    etag = browser.get(address)["ETag"]
    answer = browser.get(address, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


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
    monkeypatch.setattr("board.views.release", lambda: "next")
    assert browser.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_waiting_message_is_shown(browser, user, address, sprint, add):
    etag = browser.get(address)["ETag"]
    other = actions.add_sprint(user, end=sprint.end.replace(year=sprint.end.year + 1))
    browser.post(f"/sprints/{other.pk}/delete/")
    assert "Deleted “" in browser.get(address, headers={"If-None-Match": etag}).content.decode()


def test_the_page_is_compressed_to_a_few_bytes_a_card(browser, address, sprint, add):
    def compressed():
        answer = browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip"
        return answer.content

    # The frame: head, keys, the words of the scripts.
    frame = len(compressed())
    assert frame <= 3_600
    for number in range(200):
        add(f"Task {number} of a longer board", sprint, description="Words that tell what is to be done.")
    page = compressed()
    assert gzip.decompress(page).count(b"data-task=") == 200
    assert (len(page) - frame) / 200 <= 30


def test_a_card_is_small(user, sprint, add):
    task = add("n" * 60, sprint, description="d" * 200, assigned=user, due=sprint.end)
    html = broadcasts.card(task)
    assert len(html.encode()) <= 450
    assert len(Page(html).one("li").all()) <= 8
