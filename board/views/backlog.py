"""The backlog page's menus, and changes of the tasks selected there. `boards.board` shows the page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from board.accounts.form_views import UNPROCESSABLE
from board.accounts.users import UserRequest
from board.components import BACKLOG
from board.history import log
from board.models import Sprint, Team
from board.templatetags.people import by_name
from board.views.forms.backlog import SelectionForm

from .shortcuts import add_message, change_context, describe_skipped, toast_context


def menus() -> dict[str, Any]:
    """Return what the menus of the selection offer, with three queries."""
    people = get_user_model().objects.filter(is_active=True)
    return {
        "sprints": Sprint.objects.open(),
        "scale": Team.load().points_scale,
        "everybody": sorted(people, key=by_name),
    }


@require_POST
def change_tasks(request: UserRequest) -> HttpResponse:
    """Change the selected tasks as one change. What can't be changed is left as it is, and named."""
    form = SelectionForm(request.POST)
    if not form.is_valid():
        return _refuse(request, " ".join(str(reason) for reasons in form.errors.values() for reason in reasons))
    bulk = form.apply(request.user)
    skipped = describe_skipped(bulk.skipped)
    if bulk.event is None:
        return _refuse(request, skipped or gettext("Nothing to change."))
    row = log.current_row(bulk.event)
    if not request.htmx:
        add_message(request, bulk.event, row, more=skipped)
        return redirect("backlog")
    events = log.events_of_change(bulk.event)
    context = change_context(events, BACKLOG) | toast_context(bulk.event, row, more=skipped)
    return render(request, "board/changed.html#several", context)


def _refuse(request: UserRequest, reason: str) -> HttpResponse:
    if request.htmx:
        return render(request, "board/error_message.html", {"reason": reason}, status=UNPROCESSABLE)
    messages.error(request, reason)
    return redirect("backlog")
