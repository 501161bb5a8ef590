"""Starting, closing and reopening a sprint."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from board import actions
from board.accounts.form_views import posted
from board.accounts.users import UserRequest
from board.history.report import velocity
from board.models import Sprint, Status, Task
from board.views.forms.sprints import CloseForm

from .shortcuts import (
    add_message,
    change_form,
    domain_errors,
    get_sprint_or_404,
    missing_as_404,
    redirect_to,
    redirect_to_url,
    render_form,
)


@change_form
def start_sprint(request: UserRequest, pk: int) -> HttpResponse:
    """Start a sprint; on GET, ask for it beside its sums and the velocity."""
    if request.method != "POST":
        with missing_as_404():
            sprint = Sprint.objects.with_counts().get(pk=pk)
        return render(request, "board/start_sprint.html", {"sprint": sprint, "velocity": velocity()})
    try:
        with missing_as_404():
            sprint = actions.start_sprint(request.user, pk)
    except ValidationError as error:
        return _refuse(request, pk, error)
    add_message(request, sprint.event, sprint)
    return redirect_to(request, sprint)


@change_form
def close_sprint(request: UserRequest, pk: int) -> HttpResponse:
    sprint = get_sprint_or_404(pk)
    if sprint.is_closed:
        return redirect_to_url(request, reverse("report", args=[pk]))
    tasks = Task.objects.filter(sprint=sprint).select_related("assigned").order_by("order", "pk")
    leftovers = [task for task in tasks if task.status != Status.DONE]
    targets = Sprint.objects.open().exclude(pk=pk)
    form = CloseForm(sprint, leftovers, targets, posted(request), auto_id="close-%s")
    if "set" in request.POST:
        form = form.with_selected_set(request.POST)
    elif form.is_valid():
        with domain_errors(form):
            closed = actions.close_sprint(
                request.user,
                pk,
                outcome=form.cleaned_data["outcome"],
                note=form.cleaned_data["note"],
                choices=form.choices(),
            )
            add_message(request, closed.event, closed)
            return redirect_to_url(request, reverse("report", args=[pk]))
    done = [task for task in tasks if task.status == Status.DONE]
    return render_form(request, "board/close_sprint.html", form, sprint=sprint, done=done)


@require_POST
def reopen_sprint(request: UserRequest, pk: int) -> HttpResponse:
    try:
        with missing_as_404():
            sprint, kept = actions.reopen_sprint(request.user, pk)
    except ValidationError as error:
        return _refuse(request, pk, error)
    add_message(request, sprint.event, sprint)
    for one in kept:
        reason = {"task": one.name, "reason": one.reason}
        messages.warning(request, gettext("“%(task)s” stays where it is. %(reason)s") % reason)
    return redirect(sprint)


def _refuse(request: UserRequest, pk: int, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect_to(request, get_sprint_or_404(pk))
