"""Pages and fragments about tasks."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from board import actions
from board.accounts.form_views import UNPROCESSABLE, posted
from board.accounts.users import UserRequest
from board.history import log, sentences
from board.models import Event, Sprint, Task
from board.notify import actions as notify
from board.references import references
from board.views.forms.moves import MoveForm, PlaceForm, next_column, place_of
from board.views.forms.tasks import ItemForm, TaskForm

from .panel import panel_context
from .shortcuts import (
    CONFLICT,
    add_message,
    change_form,
    domain_errors,
    form_template,
    get_task_or_404,
    idempotent,
    in_panel,
    match_page,
    missing_as_404,
    previous_page,
    redirect_to,
    render_card,
    render_form,
    requesting_board,
    toast_context,
)


@require_safe
def task(request: UserRequest, pk: int) -> HttpResponse:
    task = get_task_or_404(pk)
    if request.htmx:
        return render_card(request, task)
    notify.mark_task_read(request.user, pk)
    return render(request, "board/task.html", {"is_page": True, **panel_context(request, task)})


@require_safe
def task_panel(request: UserRequest, pk: int) -> HttpResponse:
    task = get_task_or_404(pk)
    notify.mark_task_read(request.user, pk)
    return render(request, "board/panel.html#panel", panel_context(request, task))


@change_form
def edit_task(request: UserRequest, pk: int, field: str | None = None) -> HttpResponse:
    """Edit a task, or one of its fields. If it was deleted in the meantime, offer to restore it with the input."""
    if field not in (None, *TaskForm.Meta.fields):
        raise Http404
    try:
        return _edit(request, get_task_or_404(pk), field)
    except Http404:
        removal = log.removal(pk)
        if request.method != "POST" or removal is None:
            raise
    return _restore_and_edit(request, removal, field)


def _edit(request: UserRequest, task: Task, field: str | None) -> HttpResponse:
    form = _task_form(request, task, field)
    if form.is_valid():
        with domain_errors(form):
            saved = actions.change_task(request.user, task.pk, base=form.base, **form.changes())
            return render_card(request, saved)
    if form.is_bound:
        # The form's own instance has the submitted values.
        task = get_task_or_404(task.pk)
    return render_form(request, "board/edit_task.html", form, task=task)


def _restore_and_edit(request: UserRequest, removal: Event, field: str | None) -> HttpResponse:
    """Show the submitted form of a deleted task. With "restore", restore the task and save the form."""
    form = _task_form(request, cast(Task, log.removed_row(removal)), field)
    if "restore" in request.POST and form.is_valid():
        with domain_errors(form):
            actions.restore_task(request.user, removal.row_id)
            return _edit(request, get_task_or_404(removal.row_id), field)
    task = log.removed_row(removal)
    return render_form(request, "board/edit_task.html", form, task=task, removal=removal_context(removal))


def _task_form(request: UserRequest, task: Task, field: str | None) -> TaskForm:
    prefix = "panel" if in_panel(request) else "task"
    return TaskForm(posted(request), instance=task, only=field, auto_id=f"{prefix}-{task.pk}-%s")


def removal_context(event: Event) -> dict[str, Any]:
    return {"who": sentences.actor(event), "at": event.created_at}


@require_POST
def check_item(request: UserRequest, pk: int) -> HttpResponse:
    """Check or uncheck an item: respond with the description for htmx, else redirect to the task's page."""
    form = ItemForm(request.POST)
    if not form.is_valid():
        raise BadRequest("item has to be number:0 or 1:text")
    item, task, reason = form.item_values(), get_task_or_404(pk), ""
    try:
        with missing_as_404():
            task = actions.check_item(request.user, pk, **item)
    except ValidationError as error:
        reason = " ".join(error.messages)
    if request.htmx:
        context = {"task": task, "references": references([task.description]), "reason": reason}
        context |= toast_context(task.event, task)
        return render(request, "board/checked.html", context, status=CONFLICT if reason else 200)
    if reason:
        messages.error(request, reason)
    add_message(request, task.event, task)
    return redirect(f"{task.get_absolute_url()}#item-{item['number']}")


@require_POST
@idempotent(render_card)
def place_task(request: UserRequest, pk: int) -> Task | HttpResponse:
    form = PlaceForm(request.POST)
    if form.is_valid():
        with domain_errors(form):
            return actions.place_task(request.user, pk, form.place())
    reasons = " ".join(str(message) for errors in form.errors.values() for message in errors)
    return render(request, "board/error_message.html", {"reason": reasons}, status=UNPROCESSABLE)


@change_form
@idempotent(render_card)
def move_task(request: UserRequest, pk: int) -> Task | HttpResponse:
    task = get_task_or_404(pk)
    form = _move_form(request, task)
    if form.is_valid():
        with domain_errors(form):
            return actions.place_task(request.user, pk, form.place())
    return render_form(request, "board/move_task.html", form, task=task)


def _move_form(request: UserRequest, task: Task) -> MoveForm:
    sprints = Sprint.objects.open() | Sprint.objects.filter(pk=cast(int, task.sprint_id))
    sprints = sprints.order_by("end", "pk")
    column = request.GET.get("column", next_column(task, sprints, _sprint_before(request)))
    cards = Task.objects.filter(Q(sprint__in=sprints) | Q(sprint=None)).order_by("order", "pk")
    if request.htmx and request.method != "POST":
        cards &= _in_column(column)
    return MoveForm(task, column, sprints, cards, posted(request), auto_id=f"move-{task.pk}-%s")


def _sprint_before(request: UserRequest) -> int | None:
    """Return the id of the sprint whose board the request came from, or None."""
    match = match_page(previous_page(request))
    return match.kwargs["pk"] if match and match.url_name == "sprint" else None


def _in_column(column: str) -> QuerySet[Task]:
    try:
        return Task.objects.in_column(*place_of(column))
    except ValueError:
        raise Http404(gettext("This column doesn't exist.")) from None


@change_form
def delete_task(request: UserRequest, pk: int) -> HttpResponse:
    task = get_task_or_404(pk)
    if request.method != "POST":
        template = form_template(request, "board/delete_task.html")
        return render(request, template, {"task": task, "in_panel": in_panel(request)})
    try:
        with missing_as_404():
            event = actions.remove_task(request.user, pk)
    except ValidationError as error:
        reason = " ".join(error.messages)
        if request.htmx:
            return render(request, "board/error_message.html", {"reason": reason}, status=UNPROCESSABLE)
        messages.error(request, reason)
        return redirect_to(request, task)
    if requesting_board(request) is not None:
        context = {"gone": [pk], "seq": event.seq, **toast_context(event)}
        return render(request, "board/changed.html#deleted", context)
    add_message(request, event)
    return redirect_to(request, task.sprint)
