"""The page of a person's notifications, following tasks, and the end of mails."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from board import components
from board.accounts import actions as account_actions
from board.accounts.form_views import get_or_post
from board.accounts.middleware import allow_viewers, in_background
from board.accounts.users import UserRequest
from board.history import log
from board.models import Task
from board.notify import actions, inbox, mails
from board.views.forms.notifications import FollowForm, MarkReadForm

from .shortcuts import get_task_or_404

LINES_PER_PAGE = 25


@require_safe
def notifications(request: UserRequest) -> HttpResponse:
    is_unread = "unread" in request.GET
    page = Paginator(inbox.groups(request.user, is_unread), LINES_PER_PAGE).get_page(request.GET.get("page"))
    lines = inbox.lines_of(request.user, list(page))
    context: dict[str, Any] = {
        "page": page,
        "lines": lines,
        "is_unread": is_unread,
        "until": log.newest_number(),
        "nav": "notifications",
    }
    return render(request, "board/notifications.html", context)


@require_safe
def open_notification(request: UserRequest, pk: int) -> HttpResponse:
    """Mark the notifications of a line as read and go to what they are about. A link, so that it opens in a new tab, too."""
    one = get_object_or_404(request.user.notifications, pk=pk)
    actions.mark_line_read(one)
    if one.task is not None and not Task.objects.filter(pk=one.task).exists():
        return redirect("deleted_tasks")
    return redirect(inbox.address_of(one))


@allow_viewers
@require_POST
def mark_all_read(request: UserRequest) -> HttpResponse:
    form = MarkReadForm(request.POST)
    if form.is_valid():
        actions.mark_all_read(request.user, form.cleaned_data["until"])
    return redirect("notifications")


@in_background
@require_safe
def unread(request: UserRequest) -> HttpResponse:
    """Return the bell's number and label, for pages without a socket."""
    return JsonResponse(components.bell_of(request.user.pk))


@allow_viewers
@require_POST
def follow(request: UserRequest, pk: int) -> HttpResponse:
    task = get_task_or_404(pk)
    form = FollowForm(request.POST)
    if form.is_valid():
        actions.follow(request.user, task, form.cleaned_data["on"])
    if request.htmx:
        context = {"task": task, "is_following": actions.is_following(request.user, task)}
        return render(request, "board/follow.html", context)
    return redirect(task)


@login_not_required
@csrf_exempt
@never_cache
@get_or_post
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails to the person of a token. Mail programs post here without a session (RFC 8058)."""
    person = mails.person_of_token(token)
    if person is None:
        raise Http404(gettext("This link is not valid."))
    if request.method == "POST":
        account_actions.stop_mails(person)
    return render(request, "board/unsubscribe.html", {"person": person, "is_done": request.method == "POST"})
