"""Undoing a change."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from board import actions
from board.accounts.users import UserRequest
from board.history import log
from board.models import Event

from .shortcuts import (
    CONFLICT,
    add_message,
    change_context,
    kept_text,
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
    is_undo, kept = "redo" not in request.POST, kept_text(undone.kept)
    events = log.events_of_change(event)
    if board is not None and all(one.task is not None for one in events):
        context = {**change_context(events, board), **toast_context(event, row, is_undo, kept)}
        return render(request, "board/changed.html#undone", context)
    add_message(request, event, row, is_undo=is_undo, more=kept)
    return redirect_to(request, row)
