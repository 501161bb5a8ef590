"""Checking items: the action, its undo, its sentences, and merging with other changes of the description."""

import pytest
from django.core.exceptions import ValidationError

from board import actions
from board.history import log, sentences
from board.models import Status, Task

pytestmark = pytest.mark.django_db
TEXT = "Plan\n\n- [ ] Write **tests**\n- [x] Draw"


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", first_name="Ben")


@pytest.fixture
def task(sprint, add):
    return add("Radar", sprint, Status.ACTIVE, description=TEXT)


def described(task):
    return Task.objects.get(pk=task.pk).description


def test_a_tick_writes_one_event_with_a_sentence_of_its_own(user, task):
    event = actions.check_item(user, task.pk, 0, "Write **tests**", True).event
    assert event.changes == {"description": [TEXT, TEXT.replace("[ ]", "[x]")]}
    assert sentences.describe_change(event, "“Radar”") == "Checked “Write tests” in “Radar”"
    event = actions.check_item(user, task.pk, 1, "Draw", False).event
    assert sentences.describe_change(event, "“Radar”") == "Unchecked “Draw” in “Radar”"
    assert [line["text"] for line in sentences.story(task.pk)][:2] == [
        "Ana Lind unchecked “Draw”",
        "Ana Lind checked “Write tests”",
    ]


def test_the_text_of_an_item_is_shortened_in_a_sentence(user, add):
    task = add(description=f"- [ ] {'long ' * 100}")
    event = actions.check_item(user, task.pk, 0, ("long " * 100).strip(), True).event
    assert len(sentences.describe_change(event, "it")) < 110


def test_the_same_state_writes_nothing(user, task):
    newest = log.newest_number()
    assert actions.check_item(user, task.pk, 1, "Draw", True).event is None
    assert log.newest_number() == newest


def test_a_tick_goes_into_the_current_description(user, ben, task):
    actions.change_task(ben, task.pk, description="- [ ] New\n- [ ] Draw\n\n- [ ] Write **tests**")
    actions.check_item(user, task.pk, 0, "Write **tests**", True)
    assert described(task) == "- [ ] New\n- [ ] Draw\n\n- [x] Write **tests**"


def test_an_item_that_is_gone_is_refused_with_its_text(user, ben, task):
    actions.change_task(ben, task.pk, description="- [ ] Write")
    with pytest.raises(ValidationError, match=r"“Draw” is no longer in this checklist\."):
        actions.check_item(user, task.pk, 1, "Draw", False)


def test_a_deleted_task_is_refused(user, task):
    actions.remove_task(user, task.pk)
    with pytest.raises(Task.DoesNotExist):
        actions.check_item(user, task.pk, 1, "Draw", False)


def test_an_undo_changes_only_the_item_and_can_be_undone(user, ben, task):
    event = actions.check_item(user, task.pk, 0, "Write **tests**", True).event
    actions.check_item(ben, task.pk, 1, "Draw", False)
    undone = actions.undo(user, event.seq)
    assert described(task) == TEXT.replace("[x]", "[ ]")
    assert sentences.describe_change(undone, "it") == "Unchecked “Write tests” in it"
    actions.undo(user, undone.seq)
    assert described(task) == TEXT.replace("[x]", "[ ]").replace("[ ] Write", "[x] Write")


def test_the_undo_of_a_tick_is_refused_when_the_item_or_the_task_is_gone(user, ben, task):
    event = actions.check_item(user, task.pk, 0, "Write **tests**", True).event
    actions.change_task(ben, task.pk, description="")
    with pytest.raises(ValidationError, match="no longer in this checklist"):
        actions.undo(user, event.seq)
    actions.remove_task(ben, task.pk)
    with pytest.raises(ValidationError, match="has since deleted it"):
        actions.undo(user, event.seq)


def test_what_others_checked_is_checked_in_the_description_that_someone_saves(user, ben, task):
    actions.check_item(ben, task.pk, 0, "Write **tests**", True)
    mine = "- [ ] New\n- [ ] Write **tests**\n- [x] Draw"
    saved = actions.change_task(user, task.pk, base=task.version, description=mine, name="Sonar")
    assert (saved.name, saved.description) == ("Sonar", "- [ ] New\n- [x] Write **tests**\n- [x] Draw")


@pytest.mark.parametrize("mine", ["- [x] Draw", "- [ ] Write tests\n- [x] Draw"])
def test_a_description_without_what_others_checked_is_a_conflict(user, ben, task, mine):
    actions.check_item(ben, task.pk, 0, "Write **tests**", True)
    with pytest.raises(actions.Conflict):
        actions.change_task(user, task.pk, base=task.version, description=mine)


def test_a_tick_and_another_change_of_others_are_a_conflict(user, ben, task):
    actions.check_item(ben, task.pk, 0, "Write **tests**", True)
    actions.change_task(ben, task.pk, description=f"{TEXT}\n- [ ] More")
    with pytest.raises(actions.Conflict):
        actions.change_task(user, task.pk, base=task.version, description=f"New {TEXT}")
