"""Frames for pages that show an older number, and publication of changes."""

import pytest
from django.db import transaction

from board import actions, components
from board.history import log
from board.live import batches, notifications
from board.models import Event, Sprint, Status, Task
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """The newest sequence number before the test's changes."""
    return log.newest_number


def card_ids(batch):
    return {int(card["data-task"]) for card in Page(batch["cards"]).all("li", data_task=True)}


def batch_of(sprint_id, since):
    return batches.batch(sprint_id, since, log.state())


# Recipients of a change


def test_nothing_new_is_the_same_number_and_nothing_else(sprint, add, now):
    add(sprint=sprint)
    assert batch_of(sprint.pk, now()) == {"seq": now(), "cards": "", "left": [], "news": []}


def test_a_new_card_reaches_its_board_with_the_newest_number(sprint, add, now):
    since = now()
    task = add(sprint=sprint)
    batch = batch_of(sprint.pk, since)
    assert (batch["seq"], card_ids(batch), batch["left"]) == (now(), {task.pk}, [])


def test_a_card_in_a_batch_is_the_one_on_the_page(browser, user, sprint, add, now):
    since = now()
    task = add("Draw", sprint, Status.ACTIVE, assigned=user, description="With a pencil")
    batch = batch_of(sprint.pk, since)
    assert batch["cards"] == components.card(task, log.state()[1])
    assert batch["cards"] in browser.get(f"/sprints/{sprint.pk}/").content.decode()


def test_a_change_in_the_backlog_reaches_every_board(sprint, next_sprint, add, now):
    since = now()
    task = add()
    for board in (sprint, next_sprint):
        assert card_ids(batch_of(board.pk, since)) == {task.pk}


def test_another_sprints_change_does_not_reach_a_board_but_the_number_does(user, sprint, next_sprint, add, now):
    since = now()
    add(sprint=next_sprint)
    actions.change_sprint(user, next_sprint.pk, description="Elsewhere")
    assert batch_of(sprint.pk, since) == {"seq": now(), "cards": "", "left": [], "news": []}


def test_a_card_moved_to_another_sprint_changes_boards(user, sprint, next_sprint, add, now):
    task = add(sprint=sprint)
    since = now()
    actions.place_task(user, task.pk, actions.Place(next_sprint.pk, Status.TODO))
    old, new = batch_of(sprint.pk, since), batch_of(next_sprint.pk, since)
    assert (card_ids(old), old["left"]) == (set(), [task.pk])
    assert (card_ids(new), new["left"]) == ({task.pk}, [])


def test_a_card_from_the_backlog_leaves_the_boards_of_the_other_sprints(user, sprint, next_sprint, add, now):
    task = add()
    since = now()
    actions.place_task(user, task.pk, actions.Place(next_sprint.pk, Status.TODO))
    batch = batch_of(sprint.pk, since)
    assert (card_ids(batch), batch["left"]) == (set(), [task.pk])


def test_a_removed_card_left(user, sprint, add, now):
    task = add(sprint=sprint)
    since = now()
    actions.remove_task(user, task.pk)
    batch = batch_of(sprint.pk, since)
    assert (card_ids(batch), batch["left"]) == (set(), [task.pk])


def test_a_card_that_was_added_and_moved_away_is_only_removed(user, sprint, next_sprint, add, now):
    since = now()
    task = add(sprint=sprint)
    actions.place_task(user, task.pk, actions.Place(next_sprint.pk, Status.TODO))
    actions.place_task(user, task.pk, actions.Place(sprint.pk, Status.ACTIVE))
    actions.remove_task(user, task.pk)
    batch = batch_of(sprint.pk, since)
    assert (card_ids(batch), batch["left"]) == (set(), [task.pk])


def test_a_card_with_several_changes_is_sent_once(user, sprint, add, now):
    since = now()
    task = add("One", sprint)
    for name in ("Two", "Three"):
        actions.change_task(user, task.pk, name=name)
    page = Page(batch_of(sprint.pk, since)["cards"])
    assert [card.all("a")[0].text for card in page.all("li")] == ["Three"]


def test_a_neighbour_that_was_spaced_out_is_among_the_cards(user, sprint, add, now):
    a, b = add("a", sprint, order=5), add("b", sprint, order=5)
    c = add("c", sprint)
    since = now()
    actions.place_task(user, c.pk, actions.Place(sprint.pk, Status.TODO, after=a.pk))
    batch = batch_of(sprint.pk, since)
    orders = {int(card["data-task"]): int(card["data-order"]) for card in Page(batch["cards"]).all("li")}
    assert c.pk in orders
    assert orders.keys() & {a.pk, b.pk}
    rows = dict(Task.objects.values_list("pk", "order"))
    assert orders.items() <= rows.items()
    changed = {pk for pk, order in rows.items() if {a.pk: 5, b.pk: 5}.get(pk) != order}
    assert orders.keys() == changed
    assert rows[a.pk] < rows[c.pk] < rows[b.pk]


CHANGES = {
    "renamed": lambda user, task, other: actions.change_task(user, task.pk, name="Renamed"),
    "begun": lambda user, task, other: actions.change_task(user, task.pk, status=Status.ACTIVE),
    "done": lambda user, task, other: actions.change_task(user, task.pk, status=Status.DONE),
    "not done after all": lambda user, task, other: actions.undo(
        user, CHANGES["done"](user, task, other).event.seq
    ),
    "away": lambda user, task, other: actions.change_task(user, task.pk, sprint_id=other.pk),
    "deleted": lambda user, task, other: actions.remove_task(user, task.pk),
    "another": lambda user, task, other: actions.add_task(user, name="Another", sprint_id=task.sprint_id),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_head_is_sent_exactly_when_it_has_changed(user, sprint, next_sprint, add, now, change):
    def head_of_page():
        components.board_cache.clear()
        page = Page(components.board(sprint.pk, log.state())["html"])
        return [page.heading, *(page.one(**{name: True}).text for name in ("data_done", "data_all"))]

    task, before = add("Task", sprint), head_of_page()
    since = now()
    CHANGES[change](user, task, next_sprint)
    has_changed = head_of_page() != before or change == "not done after all"
    assert ("head" in batch_of(sprint.pk, since)) == has_changed


def test_the_head_is_sent_with_changes_of_the_sprint_and_its_counts(user, sprint, add, now):
    since = now()
    actions.change_sprint(user, sprint.pk, name="Renamed")
    batch = batch_of(sprint.pk, since)
    assert Page(batch["head"]).heading == "Renamed"
    assert (batch["cards"], batch["news"]) == ("", [])
    since = now()
    add(sprint=sprint, status=Status.DONE)
    head = Page(batch_of(sprint.pk, since)["head"])
    assert (head.one(data_done=True).text, head.one(data_all=True).text) == ("1", "1")


# News


def test_news_names_the_actor_the_change_and_the_card(user, django_user_model, sprint, add, now):
    task = add("Draw", sprint)
    since = now()
    guest = django_user_model.objects.create_user("guest")
    actions.place_task(guest, task.pk, actions.Place(sprint.pk, Status.TESTING))
    actions.change_task(None, task.pk, name="Paint")
    actions.remove_task(user, task.pk)
    news = batch_of(sprint.pk, since)["news"]
    assert [(one["task"], one["by"], one["name"]) for one in news] == [
        (task.pk, guest.pk, "guest"),
        (task.pk, None, "Lightboard"),
        (task.pk, user.pk, "Ana Lind"),
    ]
    assert news[0]["text"].startswith("guest moved “")
    assert news[0]["text"].endswith("” to In Testing")
    assert news[2]["text"] == "Ana Lind deleted “Paint”"
    assert [one["moved"] for one in news] == [True, False, False]


# Far behind


def test_many_changes_are_sent_in_batches(monkeypatch, sprint, add, now):
    monkeypatch.setattr(batches, "BATCH", 3)
    since = now()
    tasks = [add(f"Task {n}", sprint) for n in range(7)]
    seen, sizes = set(), []
    while since != now():
        batch = batch_of(sprint.pk, since)
        since = batch["seq"]
        sizes.append(len(card_ids(batch)))
        seen |= card_ids(batch)
    assert sizes == [3, 3, 1]
    assert seen == {task.pk for task in tasks}


def test_a_page_that_is_too_far_behind_is_reset(monkeypatch, sprint, add, now):
    monkeypatch.setattr(batches, "FAR_BEHIND", 3)
    since = now()
    for _ in range(3):
        add(sprint=sprint)
    assert "reset" not in batch_of(sprint.pk, since)
    add(sprint=sprint)
    assert batch_of(sprint.pk, since) == {"reset": True}


def test_a_page_that_is_ahead_is_reset(sprint, now):
    assert batch_of(sprint.pk, now() + 1) == {"reset": True}


@pytest.mark.parametrize("pruned", [2, 3], ids=["partly", "wholly"])
def test_a_page_older_than_the_pruned_log_is_reset(sprint, add, now, pruned):
    since = now()
    for _ in range(2):
        add(sprint=sprint)
    Event.objects.filter(seq__lt=since + pruned).delete()
    assert batch_of(sprint.pk, since) == {"reset": True}


def test_the_board_of_a_removed_sprint_is_reset(user, sprint, now):
    since = now()
    actions.remove_sprint(user, sprint.pk)
    assert batch_of(sprint.pk, since) == {"reset": True}


# The newest number, the changes, their cards; for the head the sprint with its counts, and the burndown's new changes.
@pytest.mark.parametrize(("status", "expected"), [(Status.ACTIVE, 3), (Status.DONE, 5)])
def test_the_number_of_queries_does_not_grow_with_the_cards(
    user, sprint, add, now, django_assert_num_queries, status, expected
):
    tasks = [add(f"Task {n}", sprint, assigned=user) for n in range(30)]
    for count in (1, 30):
        since = now()
        for task in tasks[:count]:
            actions.change_task(user, task.pk, status=status)
        with django_assert_num_queries(expected):
            batch_of(sprint.pk, since)


# Notifications


@pytest.fixture
def topics():
    """The published topics, in order."""
    published = []
    notifications.subscribe(published.append)
    yield published
    notifications.unsubscribe(published.append)


def test_each_committed_change_is_published_once(
    user, sprint, next_sprint, add, topics, django_capture_on_commit_callbacks
):
    task = add(sprint=sprint)
    changes = [
        lambda: add(),
        lambda: actions.change_task(user, task.pk, name="Draw"),
        lambda: actions.place_task(user, task.pk, actions.Place(None, Status.TODO)),
        lambda: actions.remove_task(user, task.pk),
        lambda: actions.change_sprint(user, sprint.pk, name="Renamed"),
        lambda: actions.remove_sprint(user, sprint.pk),
    ]
    for count, change in enumerate(changes, start=1):
        with django_capture_on_commit_callbacks(execute=True):
            change()
        assert topics == [notifications.CHANGE] * count


def test_a_change_without_effect_is_not_published(user, sprint, topics, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_sprint(user, sprint.pk, name=sprint.name)
    assert topics == []


def test_a_rolled_back_change_is_not_published(add, topics, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        add()
        transaction.set_rollback(True)
    assert topics == []
    assert not Task.objects.exists()


def test_nothing_is_published_before_the_commit(add, topics, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add()
        assert topics == []


@pytest.mark.django_db(transaction=True)
def test_a_failing_subscriber_does_not_prevent_the_change(user, caplog):
    def fail(topic):
        raise RuntimeError("deaf")

    notifications.subscribe(fail)
    try:
        sprint = actions.add_sprint(user, end="2999-01-01")
    finally:
        notifications.unsubscribe(fail)
    assert Sprint.objects.get() == sprint
    assert "deaf" in caplog.text
