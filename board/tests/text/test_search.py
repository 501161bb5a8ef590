"""Normalization for search, filter and order. The scripts are tested with the same table, search.json."""

from random import Random
from urllib.parse import urlencode

import pytest

from board import actions
from board.models import Sprint, Task
from board.tests.html_page import Page
from board.tests.search_table import TABLE
from board.text.search import normalize, sort_key

PEOPLE = ["apfel", "äpfel", "Ärger", "Zebra"]


@pytest.mark.parametrize(("text", "normal"), TABLE["normal"].items())
def test_a_text_is_compared_without_case_accents_and_marks(text, normal):
    assert normalize(text) == normal
    assert normalize(normal) == normalize(text)


def test_names_are_sorted_as_people_do():
    names = TABLE["sorted"][:]
    Random(1).shuffle(names)
    assert sorted(names, key=sort_key) == TABLE["sorted"]


@pytest.mark.parametrize(("words", "name"), TABLE["finds"])
def test_the_board_filter_finds_other_spellings(browser, sprint, add, words, name):
    add(name, sprint)
    page = Page(browser.get(f"/sprints/{sprint.pk}/", {"q": words}))
    assert len(page.all("li", data_task=True)) == 1


@pytest.mark.parametrize(("words", "name"), TABLE["misses"])
def test_the_board_filter_finds_no_other_words(browser, sprint, add, words, name):
    add(name, sprint)
    assert not Page(browser.get(f"/sprints/{sprint.pk}/", {"q": words})).all("li", data_task=True)


@pytest.fixture
def card(user, sprint, add):
    """The task of the table's card, assigned to the table's person."""
    fields = dict(TABLE["card"])
    user.first_name, user.last_name = fields.pop("first_name"), fields.pop("last_name")
    user.save()
    return add(sprint=sprint, assigned=user, **fields)


@pytest.mark.parametrize(
    ("words", "matches"), [*((w, True) for w in TABLE["matches"]), *((w, False) for w in TABLE["non_matches"])]
)
def test_a_filter_searches_number_name_excerpt_and_assignee(browser, sprint, card, words, matches):
    page = Page(browser.get(f"/sprints/{sprint.pk}/", {"q": words}))
    assert len(page.all("li", data_task=True)) == matches


def test_a_filter_finds_a_card_by_its_number(browser, sprint, add):
    others = [add("Other", sprint) for _ in range(9)]
    for words in (f"#{others[-1].pk}", str(others[-1].pk)):
        page = Page(browser.get(f"/sprints/{sprint.pk}/", {"q": words}))
        assert [one["data-task"] for one in page.all("li", data_task=True)] == [str(others[-1].pk)]


@pytest.mark.parametrize("words", ["x" * 9_000, "a b " * 2_000, "%", "\0", "\ud800", "'"])
def test_a_filter_accepts_any_text(browser, sprint, card, words):
    address = f"/sprints/{sprint.pk}/?{urlencode({'q': words.encode(errors='surrogatepass')})}"
    assert browser.get(address).status_code == 200


# Session, person and newest number; sprint, places and the burndown's new events; the people and the matching tasks.
def test_a_filter_costs_two_queries_on_every_board(browser, sprint, card, add, django_assert_num_queries):
    browser.get(f"/sprints/{sprint.pk}/")
    for words in ("arger", "arger ol lind"):
        with django_assert_num_queries(8):
            browser.get(f"/sprints/{sprint.pk}/", {"q": words})
        for _ in range(5):
            add("One more", sprint)
        browser.get(f"/sprints/{sprint.pk}/")


def test_search_columns_are_derived_and_not_logged(user, sprint, add):
    task = add("Ärger", sprint)
    assert "search_text" not in task.event.changes
    task = actions.change_task(user, task.pk, description="Übel")
    assert task.event.changes.keys() == {"description"}
    assert Task.objects.get().search_text == "arger\nubel"
    actions.undo(user, task.event.seq)
    assert Task.objects.get().search_text == "arger\n"
    sprint = actions.change_sprint(user, sprint.pk, name="Öl")
    assert Sprint.objects.get().search_text == "ol"
    assert bytes(Sprint.objects.get().name_key) == sort_key("Öl")


def test_a_restored_task_is_found_again(user, sprint, add):
    task = add("Ärger", sprint)
    actions.remove_task(user, task.pk)
    actions.restore_task(user, task.pk)
    assert Task.objects.get().search_text == "arger\n"


def test_people_are_offered_as_people_sort_names(browser, user, sprint, add, django_user_model):
    for name in reversed(PEOPLE):
        django_user_model.objects.create_user(f"user-of-{normalize(name)}-{len(name)}-{name}", first_name=name)
    task = add("Draw", sprint)
    options = Page(browser.get(f"/tasks/{task.pk}/edit/")).one("select", name="assigned").texts("option")
    assert options == ["Nobody", "Ana Lind", *PEOPLE]


def test_the_page_of_people_sorts_them_alike(browser, user, django_user_model):
    user.is_staff = True
    user.save()
    for name in reversed(PEOPLE):
        django_user_model.objects.create_user(f"user-{name}", first_name=name)
    text = Page(browser.get("/people/")).text
    places = [text.index(f"user-{name}") for name in PEOPLE]
    assert places == sorted(places)
