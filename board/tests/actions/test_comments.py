import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from board import actions
from board.history import sentences
from board.history.log import replay
from board.models import Comment, Event, Status, Task


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create(username="ben")


@pytest.fixture
def task(add):
    return add()


def texts(task):
    return list(Comment.objects.filter(task=task).order_by("pk").values_list("author__username", "text"))


def test_a_comment_is_counted_and_logged(user, task):
    comment = actions.add_comment(user, task.pk, "Looks *good*")
    task.refresh_from_db()
    assert (comment.text, comment.author, comment.pk) == ("Looks *good*", user, task.version)
    assert (task.comment_count, comment.task.event.changes) == (
        1,
        {
            "comment_count": [0, 1],
            "comment": {"id": comment.pk, "author": user.pk, "text": [None, "Looks *good*"]},
        },
    )


def test_only_the_author_edits_a_comment(user, ben, task):
    comment = actions.add_comment(user, task.pk, "Frist")
    with pytest.raises(PermissionDenied):
        actions.change_comment(ben, comment.pk, "Mine")
    changed = actions.change_comment(user, comment.pk, "First")
    assert (changed.text, changed.edited_at is None, texts(task)) == ("First", False, [(user.username, "First")])
    assert Task.objects.get().comment_count == 1


def test_the_author_and_admins_delete_a_comment(user, ben, admin_user, task):
    one, two = [actions.add_comment(user, task.pk, text).pk for text in "ab"]
    with pytest.raises(PermissionDenied):
        actions.remove_comment(ben, one)
    actions.remove_comment(user, one)
    actions.remove_comment(admin_user, two)
    assert (texts(task), Task.objects.get().comment_count) == ([], 0)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "x" * 10_001])
def test_an_empty_or_too_long_comment_is_refused_and_nothing_is_written(user, task, text):
    with pytest.raises(ValidationError) as error:
        actions.add_comment(user, task.pk, text)
    assert set(error.value.message_dict) == {"text"}
    assert (texts(task), Event.objects.latest("seq").seq) == ([], task.version)


def test_the_same_text_again_changes_nothing(user, task):
    comment = actions.add_comment(user, task.pk, "a")
    assert actions.change_comment(user, comment.pk, "a").task.event is None


def test_an_edit_of_an_outdated_comment_is_refused(user, task):
    comment = actions.add_comment(user, task.pk, "a")
    actions.change_comment(user, comment.pk, "b")
    with pytest.raises(actions.Outdated):
        actions.change_comment(user, comment.pk, "c", expect=comment.version)


def test_writing_editing_and_deleting_are_undone_and_redone(user, task):
    comment = actions.add_comment(user, task.pk, "a")
    edit = actions.change_comment(user, comment.pk, "b").task.event
    removal = actions.remove_comment(user, comment.pk)
    restored = actions.undo(user, removal.seq)
    assert texts(task) == [(user.username, "b")]
    assert Comment.objects.get().created_at == comment.created_at
    actions.undo(user, edit.seq)
    assert texts(task) == [(user.username, "a")]
    again = actions.undo(user, comment.pk)
    assert texts(task) == []
    actions.undo(user, again.seq)
    assert texts(task) == [(user.username, "a")]
    with pytest.raises(ValidationError):
        actions.undo(user, restored.seq)


def test_nobody_undoes_what_others_did_to_comments(user, ben, task):
    comment = actions.add_comment(user, task.pk, "a")
    with pytest.raises(ValidationError):
        actions.undo(ben, comment.pk)
    assert texts(task) == [(user.username, "a")]


def test_the_comments_of_a_deleted_task_come_back_with_it(user, task):
    comment = actions.add_comment(user, task.pk, "a")
    actions.remove_task(user, task.pk)
    with pytest.raises(Task.DoesNotExist):
        actions.add_comment(user, task.pk, "b")
    with pytest.raises(Task.DoesNotExist):
        actions.remove_comment(user, comment.pk)
    actions.restore_task(user, task.pk)
    assert (texts(task), Task.objects.get().comment_count) == ([(user.username, "a")], 1)


def test_a_task_of_a_closed_sprint_can_be_discussed(user, sprint, add):
    task = add(sprint=sprint, status=Status.DONE)
    actions.start_sprint(user, sprint.pk)
    actions.close_sprint(user, sprint.pk, outcome="met")
    assert actions.add_comment(user, task.pk, "Well done").task.comment_count == 1


def test_the_history_tells_of_deleted_comments_only(user, task):
    comment = actions.add_comment(user, task.pk, "secret")
    actions.change_comment(user, comment.pk, "other secret")
    removal = actions.remove_comment(user, comment.pk)
    actions.undo(user, removal.seq)
    lines = [line["text"] for line in sentences.story(task.pk)]
    assert lines == ["Ana Lind deleted a comment", "Ana Lind created this task"]


def test_the_log_holds_all_comments(user, task):
    comment = actions.add_comment(user, task.pk, "a")
    actions.change_comment(user, comment.pk, "b")
    state = replay(Event.objects.order_by("seq"))
    assert {pk: row["text"] for pk, row in state["comments"].items()} == {comment.pk: "b"}
