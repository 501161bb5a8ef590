"""Writing, editing and deleting comments."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from board import actions
from board.accounts.form_views import UNPROCESSABLE, posted
from board.accounts.users import UserRequest
from board.models import Comment, Task
from board.views.forms.comments import CommentForm

from .panel import panel_context
from .shortcuts import (
    add_message,
    change_context_of,
    change_form,
    domain_errors,
    get_task_or_404,
    idempotent,
    missing_as_404,
    new_key,
    redirect_to_url,
    render_card,
    render_form,
    requesting_board,
)


def _render_commented(request: UserRequest, task: Task) -> HttpResponse:
    """Respond with an empty form and the card, or go back to the task's page."""
    board = requesting_board(request)
    if board is None:
        return _redirect_to_task(request, task)
    context = {"comment_form": CommentForm(task_id=task.pk), "key": new_key()}
    return render(request, "board/panel.html#commented", context | change_context_of(task, board))


def _render_changed(request: UserRequest, task: Task) -> HttpResponse:
    """Respond with the card, or go back to the task's page."""
    return _redirect_to_task(request, task) if requesting_board(request) is None else render_card(request, task)


def _redirect_to_task(request: UserRequest, task: Task) -> HttpResponse:
    add_message(request, task.event, task)
    return redirect_to_url(request, task.get_absolute_url())


@require_POST
@idempotent(_render_commented)
def add_comment(request: UserRequest, pk: int) -> Task | HttpResponse:
    form = CommentForm(request.POST, task_id=pk)
    if form.is_valid():
        with domain_errors(form):
            return actions.add_comment(request.user, pk, form.cleaned_data["text"]).task
    context = panel_context(request, get_task_or_404(pk), form)
    template = "board/panel.html#comment_form" if request.htmx else "board/task.html"
    return render(request, template, context, status=UNPROCESSABLE)


@change_form
def edit_comment(request: UserRequest, pk: int) -> HttpResponse:
    with missing_as_404():
        comment = Comment.objects.select_related("task").get(pk=pk)
    actions.validate_author(request.user, comment)
    form = CommentForm(posted(request), instance=comment)
    if form.is_valid():
        with domain_errors(form):
            text, version = form.cleaned_data["text"], form.cleaned_data["version"]
            return _render_changed(request, actions.change_comment(request.user, pk, text, version).task)
    return render_form(request, "board/edit_comment.html", form, task=comment.task)


@require_POST
def delete_comment(request: UserRequest, pk: int) -> HttpResponse:
    with missing_as_404():
        event = actions.remove_comment(request.user, pk)
    task = get_task_or_404(event.row_id)
    task.event = event
    return _render_changed(request, task)
