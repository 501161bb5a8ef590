"""The list of deleted tasks, and restoring them."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from board import actions
from board.accounts.users import UserRequest
from board.history import log
from board.history.schema import undone
from board.models import Event, Sprint

from .shortcuts import add_message, missing_as_404
from .tasks import removal_context

# The maximum number of tasks that the page lists.
MOST_DELETED = 200


@require_safe
def deleted_tasks(request: UserRequest) -> HttpResponse:
    events = log.removals()[:MOST_DELETED]
    sprints = Sprint.objects.in_bulk({event.sprint for event in events})
    lines = [
        {"task": log.removed_row(event), "sprint": sprints.get(event.sprint), **removal_context(event)}
        for event in events
    ]
    return render(request, "board/deleted_tasks.html", {"lines": lines, "days": log.RESTORABLE.days})


@require_POST
def restore_task(request: UserRequest, pk: int) -> HttpResponse:
    try:
        with missing_as_404():
            task = actions.restore_task(request.user, pk)
    except ValidationError as error:
        messages.error(
            request, gettext("Couldn't restore the task. %(reason)s") % {"reason": " ".join(error.messages)}
        )
    else:
        removal = Event.objects.get(pk=cast(int, undone(cast(Event, task.event))))
        is_elsewhere = removal.sprint != task.sprint_id
        add_message(
            request,
            task.event,
            task,
            gettext("%(done)s, because its sprint has ended") if is_elsewhere else "%(done)s",
        )
    return redirect("deleted_tasks")
