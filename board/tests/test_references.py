"""The links of a page's references, and the tasks that mention a task."""

import pytest

from board import actions, references
from board.models import Status
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(django_user_model, user):
    return django_user_model.objects.create_user("ben.b-all", first_name="Ben", last_name="בן")


def links_on(browser, task):
    description = Page(browser.get(f"/tasks/{task.pk}/")).one("div", class_="description")
    return {link.text: (link["href"], link["title"]) for link in description.all("a")}


def test_the_task_page_links_people_and_tasks(browser, ben, sprint, add):
    done, active = add("Draw", sprint, Status.DONE), add("مريم", sprint, Status.ACTIVE)
    text = f"Ask @Ben.B-ALL, then #{done.pk} and #{active.pk}, not @nobody or #999 or #99999999999999999999"
    assert links_on(browser, add(description=text)) == {
        "Ben בן": (f"/people/#person-{ben.pk}", "@ben.b-all"),
        f"#{done.pk}": (f"/tasks/{done.pk}/", "\u2068Draw\u2069 · Completed"),
        f"#{active.pk}": (f"/tasks/{active.pk}/", "\u2068مريم\u2069 · In Development"),
    }


def test_the_link_of_a_person_leads_to_their_row(browser, ben):
    assert "Ben בן" in Page(browser.get("/people/")).one("li", id=f"person-{ben.pk}").text


def test_deactivated_people_and_deleted_tasks_stay_text(browser, user, ben, add):
    task = add()
    other = add(description=f"@ben.b-all #{task.pk}")
    ben.is_active = False
    ben.save()
    actions.remove_task(user, task.pk)
    assert links_on(browser, other) == {}


def test_the_description_of_a_sprint_links_them_too(browser, user, sprint, add):
    task = add("Draw")
    actions.change_sprint(user, sprint.pk, description=f"@ana: #{task.pk}")
    about = Page(browser.get(f"/sprints/{sprint.pk}/")).one("details", class_="about")
    assert about.texts("a") == ["Ana Lind", f"#{task.pk}"]


def test_any_number_of_texts_takes_two_queries(user, add, django_assert_num_queries):
    tasks = [add() for _ in range(5)]
    with django_assert_num_queries(2):
        links = references.references(f"@ana @Ana #{task.pk}" for task in tasks)
    assert links.keys() == {"@ana", "@Ana", *(f"#{task.pk}" for task in tasks)}
    with django_assert_num_queries(0):
        references.references(["no reference: `@ana`, ana@example.org", ""] * 5)


def mentions(task):
    return [other.name for other in references.mentions_of(task)]


def test_a_task_lists_what_mentions_it_newest_first(browser, user, sprint, add):
    task = add("Draw")
    actions.change_task(user, task.pk, description=f"#{task.pk}")
    add("Described", sprint, Status.DONE, description=f"Like #{task.pk}.")
    discussed = add("Discussed")
    actions.add_comment(user, discussed.pk, f"See #{task.pk}")
    actions.add_comment(user, discussed.pk, f"#{task.pk} again")
    actions.add_comment(user, task.pk, f"#{task.pk} is me")
    section = Page(browser.get(f"/tasks/{task.pk}/")).one("section", class_="mentions")
    assert section.texts("bdi") == ["Discussed", "Described"]
    assert section.texts("span") == ["Backlog", "Completed"]


def test_what_only_looks_like_a_mention_is_not_listed(browser, user, add):
    task = add()
    for text in (f"`#{task.pk}`", f"#{task.pk}0", f"x#{task.pk}", f"[#{task.pk}](https://a.org)"):
        add(description=text)
    actions.add_comment(user, gone := add().pk, f"#{task.pk}")
    actions.remove_task(user, gone)
    assert mentions(task) == []
    assert "Mentioned in" not in Page(browser.get(f"/tasks/{task.pk}/")).text


def test_many_mentions_take_two_queries_and_are_limited(monkeypatch, user, add, django_assert_num_queries):
    task = add()
    monkeypatch.setattr(references, "MAX_MENTIONS", 3)
    for number in range(5):
        actions.add_comment(user, add(f"Task {number}", description=f"#{task.pk}").pk, f"#{task.pk}")
    with django_assert_num_queries(2):
        assert mentions(task) == ["Task 4", "Task 3", "Task 2"]
