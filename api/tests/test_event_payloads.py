"""What sockets and webhooks are told about comments."""

import json

import pytest

from api.consumers import EventFormat
from api.event_payloads import EventPayloads
from api.models import Webhook
from api.webhooks import make_deliveries
from board import actions
from board.history import log


@pytest.fixture
def payloads():
    return EventPayloads("testserver", is_secure=False)


@pytest.fixture
def comment(ada, task):
    return actions.add_comment(ada, task.pk, "Looks *good*")


def told(payloads, since):
    """Return [(model, id, action, seq, body)] of the changes after a number."""
    messages = payloads.messages(list(log.since(since)))
    return [tuple(message[name] for name in ("model", "id", "action", "seq", "body")) for message in messages]


def test_a_comment_is_told_before_its_task_which_counts_it(payloads, client, task, comment):
    url = f"/api/tasks/{task.pk}"
    assert told(payloads, task.version) == [
        ("comment", comment.pk, "add", comment.pk, client.get(f"{url}/comments/{comment.pk}").json()),
        ("task", task.pk, "update", comment.pk, client.get(url).json()),
    ]


def test_an_edit_is_told_with_the_text_as_it_is(payloads, ada, task, comment):
    edited = actions.change_comment(ada, comment.pk, "Looks *great*")
    (_, _, action, seq, body), (model, *_) = told(payloads, comment.version)
    assert (action, seq, body["text"], model) == ("update", edited.version, "Looks *great*", "task")
    (_, _, action, seq, body), *_ = told(payloads, task.version)
    assert (action, seq, body["text"]) == ("add", comment.pk, "Looks *great*")


def test_nothing_is_told_of_a_deleted_comment_but_its_id(payloads, ada, task):
    comment = actions.add_comment(ada, task.pk, "The password is hunter2")
    actions.change_comment(ada, comment.pk, "The password was hunter2")
    removal = actions.remove_comment(ada, comment.pk)
    seqs = [comment.pk, comment.pk + 1, removal.seq]
    messages = told(payloads, task.version)
    assert [line for line in messages if line[0] == "comment"] == [
        ("comment", comment.pk, "remove", seq, None) for seq in seqs
    ]
    assert "hunter2" not in json.dumps(messages)


def test_a_comment_goes_with_its_task_and_comes_back_by_undo(payloads, ada, task, comment):
    removal = actions.remove_task(ada, task.pk)
    assert [line[:3] for line in told(payloads, task.version)] == [
        ("comment", comment.pk, "remove"),
        ("task", task.pk, "remove"),
        ("task", task.pk, "remove"),
    ]
    actions.undo(ada, removal.seq)
    assert told(payloads, task.version)[0][4]["text"] == "Looks *good*"


def test_only_the_sockets_of_its_sprint_get_the_message(payloads, sprint, task, comment):
    form = EventFormat(payloads)

    def messages(board):
        return [json.loads(text) for text in form.serialize(form.render(board, task.version, log.state()))]

    assert [(one["model"], one["id"]) for one in messages(sprint.pk)] == [
        ("comment", comment.pk),
        ("task", task.pk),
    ]
    assert messages(sprint.pk + 1) == []


def test_the_number_of_queries_does_not_grow_with_the_comments(payloads, ada, task, django_assert_num_queries):
    for _ in range(10):
        actions.add_comment(ada, task.pk, "Again")
    events = list(log.since(task.version))
    with django_assert_num_queries(2):
        assert len(payloads.messages(events)) == 20


def test_a_webhook_gets_only_the_kinds_that_its_owner_chose(ada, task):
    webhooks = [
        Webhook(owner=ada, url="https://hooks.example/", kinds=kinds, site="https://board.example.org")
        for kinds in (["task.add", "task.update"], ["comment.add", "comment.remove"])
    ]
    for webhook in webhooks:
        webhook.register()
    comment = actions.add_comment(ada, task.pk, "Looks *good*")
    actions.change_comment(ada, comment.pk, "Looks *great*")
    make_deliveries()
    actions.remove_comment(ada, comment.pk)
    make_deliveries()
    old, new = (list(webhook.deliveries.order_by("pk")) for webhook in webhooks)
    assert [delivery.kind for delivery in old] == ["task.update"] * 3
    assert [delivery.kind for delivery in new] == ["comment.add", "comment.remove"]
    added, removed = (json.loads(delivery.body) for delivery in new)
    assert added["body"]["links"]["self"] == f"https://board.example.org/api/tasks/{task.pk}/comments/{comment.pk}"
    assert removed["body"] is None
