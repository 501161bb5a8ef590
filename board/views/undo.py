"""Undoing a change."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from board import actions
from board.accounts.users import UserRequest
from board.history import log
from board.models import Event, Task

from .shortcuts import (
    CONFLICT,
    add_message,
    card_context,
    missing_as_404,
    redirect_to,
    requesting_board,
    toast_context,
)


@require_POST
def undo(request: UserRequest, seq: int) -> HttpResponse:
    """Undo a change. An error replaces the toast that offered to undo it."""
    try:
        with missing_as_404():
            undone = actions.undo_all(request.user, seq)
            event = undone.event or Event.objects.get(pk=seq)
    except ValidationError as error:
        reason = gettext("Couldn't undo the change. %(reason)s") % {"reason": " ".join(error.messages)}
        if request.htmx:
            return render(request, "board/toast.html#toast", {"text": reason}, status=CONFLICT)
        messages.error(request, reason)
        return redirect("home")
    row = log.current_row(event)
    board = requesting_board(request)
    is_undo = "redo" not in request.POST
    if board and event.task is not None:
        context = {
            "gone": event.task,
            "seq": event.seq,
            **card_context(cast("Task | None", row), board),
            **toast_context(event, row, is_undo, undone.kept),
        }
        return render(request, "board/changed.html#undone", context)
    add_message(request, event, row, is_undo=is_undo, kept=undone.kept)
    return redirect_to(request, row)
