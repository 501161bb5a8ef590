from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from board import actions
from board.actions import Place, idempotency
from board.actions.idempotency import KeyTaken, once
from board.history import log
from board.models import IdempotencyRecord, Status, Task

pytestmark = pytest.mark.django_db


def test_a_repeated_request_gets_the_first_response_and_changes_nothing(user, django_capture_on_commit_callbacks):
    for publications in (1, 0):
        with django_capture_on_commit_callbacks() as callbacks:
            first = Task.objects.first()
            response = once(user, "k", "add", lambda: actions.add_task(user, name="New").pk)
        assert (response, len(callbacks)) == (first.pk if first else response, publications)
    assert (Task.objects.count(), log.newest_number()) == (1, 1)


def test_a_repetition_that_would_fail_gets_the_first_response(user, add):
    task = add()
    responses = [once(user, "k", "remove", lambda: actions.remove_task(user, task.pk).seq) for _ in range(2)]
    assert responses == [log.newest_number()] * 2


def test_a_failing_request_with_a_used_key_raises_key_taken(user):
    once(user, "k", "add", lambda: 1)
    with pytest.raises(KeyTaken):
        once(user, "k", "remove", lambda: actions.remove_task(user, 99))


def test_without_a_key_everything_is_done_each_time(user):
    assert [once(user, key, "add", lambda: 1) for key in (None, "")] == [1, 1]
    assert not IdempotencyRecord.objects.exists()


def test_a_key_cannot_be_used_for_another_request(user):
    once(user, "k", "add", lambda: 1)
    with pytest.raises(KeyTaken):
        once(user, "k", "remove", lambda: 2)


def test_keys_are_each_users_own(user, django_user_model):
    ben = django_user_model.objects.create_user("ben")
    assert once(user, "k", "add", lambda: 1) == 1
    assert once(ben, "k", "remove", lambda: 2) == 2


def test_a_failed_request_can_be_retried(user):
    def refuse():
        raise ValidationError("no")

    with pytest.raises(ValidationError):
        once(user, "k", "add", refuse)
    assert once(user, "k", "add", lambda: 1) == 1


def test_a_repeated_move_does_not_undo_later_changes(user, sprint, add):
    task = add(sprint=sprint)

    def move():
        actions.place_task(user, task.pk, Place(sprint.pk, Status.ACTIVE))

    once(user, "gesture", "5 to active", move)
    actions.place_task(user, task.pk, Place(sprint.pk, Status.DONE))
    once(user, "gesture", "5 to active", move)
    assert Task.objects.get().status == Status.DONE


def test_a_key_is_free_again_after_a_day(user):
    once(user, "k", "add", lambda: 1)
    IdempotencyRecord.objects.update(created_at=timezone.now() - idempotency.LIFETIME - timedelta(seconds=1))
    assert once(user, "k", "remove", lambda: 2) == 2
    assert IdempotencyRecord.objects.get().response == 2


def test_old_responses_are_deleted(user):
    once(user, "old", "add", lambda: 1)
    IdempotencyRecord.objects.update(created_at=timezone.now() - idempotency.LIFETIME - timedelta(seconds=1))
    once(user, "new", "add", lambda: 1)
    assert idempotency.delete_expired() == 1
    assert IdempotencyRecord.objects.get().key == "new"
