"""Pages about sprints."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from board import actions
from board.accounts.form_views import posted
from board.accounts.users import UserRequest
from board.history import sentences
from board.history.report import velocity
from board.models import Sprint, SprintState
from board.views.forms.sprints import NewSprintForm, SprintForm

from .shortcuts import (
    add_message,
    change_form,
    domain_errors,
    get_sprint_or_404,
    missing_as_404,
    redirect_to,
    render_form,
)


@require_safe
def home(request: UserRequest) -> HttpResponse:
    sprints = list(Sprint.objects.current().with_counts())
    groups = {
        "running": [sprint for sprint in sprints if not sprint.is_past and sprint.state == SprintState.RUNNING],
        "waiting": [sprint for sprint in sprints if sprint.is_past],
        "planned": [sprint for sprint in sprints if not sprint.is_past and sprint.state == SprintState.PLANNED],
    }
    context = {**groups, "velocity": velocity() if groups["planned"] else None, "nav": "home"}
    return render(request, "board/home.html", context)


@require_safe
def past_sprints(request: UserRequest) -> HttpResponse:
    sprints = Sprint.objects.past().with_counts()
    return render(request, "board/past_sprints.html", {"sprints": sprints, "nav": "past"})


@change_form
def add_sprint(request: UserRequest) -> HttpResponse:
    form = NewSprintForm(posted(request), auto_id="sprint-%s")
    if form.is_valid():
        with domain_errors(form):
            sprint = actions.add_sprint(request.user, **form.changes())
            _add_message(request, sprint)
            return redirect_to(request, sprint)
    return render_form(request, "board/add_sprint.html", form, nav="home", velocity=velocity())


def _add_message(request: UserRequest, sprint: Sprint) -> None:
    """Add the message of a saved sprint, and a warning if its days are also those of other sprints."""
    add_message(request, sprint.event, sprint)
    others = Sprint.objects.overlapping(sprint.start, sprint.end).filter(closed_at=None).exclude(pk=sprint.pk)
    if names := [sentences.quoted(other) for other in others]:
        values = {"sprint": sentences.quoted(sprint), "others": get_text_list(names, gettext("and"))}
        messages.warning(request, gettext("%(sprint)s overlaps %(others)s.") % values)


@change_form
def edit_sprint(request: UserRequest, pk: int) -> HttpResponse:
    form = SprintForm(posted(request), instance=get_sprint_or_404(pk), auto_id="sprint-%s")
    if form.is_valid():
        with domain_errors(form):
            sprint = actions.change_sprint(request.user, pk, base=form.base, **form.changes())
            _add_message(request, sprint)
            return redirect_to(request, sprint)
    # The form's own instance has the submitted values.
    return render_form(request, "board/edit_sprint.html", form, sprint=get_sprint_or_404(pk))


@change_form
def delete_sprint(request: UserRequest, pk: int) -> HttpResponse:
    sprint = get_sprint_or_404(pk)
    if request.method != "POST":
        return render(request, "board/delete_sprint.html", {"sprint": sprint})
    try:
        with missing_as_404():
            event = actions.remove_sprint(request.user, pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(sprint)
    add_message(request, event)
    return redirect_to(request)
