"""Checking the items of a task's checklists."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from board.models import Task
from board.text import checklists

from .changes import Change, change, save_row
from .tasks import get_task, validate_can_change


def check_item(by: User | None, task_id: int, number: int, text: str, is_checked: bool) -> Task:
    """Check or uncheck an item in the current description: of those with this text, the one with the nearest number.

    Raises `Task.DoesNotExist`, and `ValidationError` if no item has this text.
    """
    with change(by) as this:
        return save_item(this, task_id, number, text, is_checked)


def save_item(
    this: Change, task_id: int, number: int, text: str, is_checked: bool, undoes: int | None = None
) -> Task:
    task, before = get_task(task_id)
    validate_can_change(task)
    try:
        task.description = checklists.check(task.description, number, text, is_checked)
    except LookupError:
        reason = gettext("“%(item)s” is no longer in this checklist. Someone may have changed or removed it.")
        raise ValidationError({"description": reason % {"item": text}}) from None
    return save_row(this, task, before, undoes=undoes)
