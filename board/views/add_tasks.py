"""Adding tasks: one with its description, or several, one per line."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from board import actions
from board.accounts.form_views import posted
from board.accounts.users import UserRequest
from board.actions import idempotency
from board.history import log
from board.models import Column, Event, Sprint, Task
from board.text.quick_add import Entry
from board.views.forms.quick_add import NewTasksForm, as_fields, rules
from board.views.forms.tasks import NewTaskForm

from .shortcuts import (
    add_message,
    change_context,
    change_form,
    domain_errors,
    get_sprint_or_404,
    idempotency_key,
    idempotent,
    new_key,
    render_form,
    requesting_board,
    toast_context,
)

BACKLOG_URLS = "add_to_backlog", "add_several_to_backlog"
# Of what is being typed. The form says how long it can be.
LONGEST_NAME = 1000


@dataclass(frozen=True)
class Target:
    """The column that tasks are added to, on a sprint's board or, without a sprint, on the backlog page."""

    sprint: Sprint | None
    column: Column

    @classmethod
    def of(cls, request: UserRequest, sprint_pk: int | None) -> "Target":
        """Return the target of a request: the backlog, unless the query names a column of the sprint."""
        name = request.GET.get("column", Column.BACKLOG)
        if name not in Column or (sprint_pk is None and name != Column.BACKLOG):
            raise Http404(gettext("This column doesn't exist."))
        return cls(get_sprint_or_404(sprint_pk) if sprint_pk else None, Column(name))

    @property
    def fields(self) -> dict[str, Any]:
        if self.sprint is None or self.column is Column.BACKLOG:
            return {}
        return {"sprint_id": self.sprint.pk, "status": self.column.status}

    def context(self) -> dict[str, Any]:
        add, several, args = ("add_task", "add_tasks", [self.sprint.pk]) if self.sprint else (*BACKLOG_URLS, [])
        query = "" if self.column is Column.BACKLOG else f"?column={self.column}"
        return {
            "column": self.column,
            "one_url": reverse(add, args=args) + query,
            "several_url": reverse(several, args=args) + query,
            "page_url": self.sprint.get_absolute_url() if self.sprint else reverse("backlog"),
        }


def _added(request: UserRequest, task: Task) -> HttpResponse:
    return _respond(request, task.event)


def _respond(request: UserRequest, event: Event | None) -> HttpResponse:
    """Respond to new tasks: with their cards and an empty form for htmx, else with a redirect to the board."""
    context = _target(request).context()
    events = log.events_of_change(event) if event else []
    row = log.current_row(event) if event else None
    if not request.htmx:
        add_message(request, event, row)
        return redirect(context["page_url"])
    if events:
        context |= change_context(events, requesting_board(request)) | toast_context(event, row)
    form = NewTaskForm(auto_id=_auto_id(context["column"]))
    return render(request, "board/add_task.html#added", {"form": form, "key": new_key(), **context})


def _target(request: UserRequest) -> Target:
    match = request.resolver_match
    return Target.of(request, match.kwargs.get("sprint_pk") if match else None)


def _auto_id(column: Column) -> str:
    return f"new-task-{column}-%s"


@change_form
@idempotent(_added)
def add_task(request: UserRequest, sprint_pk: int | None = None) -> Task | HttpResponse:
    target = _target(request)
    form = NewTaskForm(posted(request), auto_id=_auto_id(target.column))
    if form.is_valid():
        with domain_errors(form):
            return actions.add_task(request.user, **form.cleaned_data, **target.fields)
    return render_form(request, "board/add_task.html", form, **target.context())


@change_form
def add_tasks(request: UserRequest, sprint_pk: int | None = None) -> HttpResponse:
    """Add several tasks, one per line. With "preview", only show how the lines are understood."""
    target = _target(request)
    context = target.context()
    form = NewTasksForm(posted(request), action=context["several_url"], auto_id=f"new-tasks-{target.column}-%s")
    is_preview = "preview" in request.POST
    if form.is_valid() and not is_preview:
        with domain_errors(form):
            tasks = [as_fields(entry) | target.fields for entry in form.entries]
            return _respond(request, _add_once(request, tasks))
    context["entries"] = _with_people(form.entries)
    response = render_form(request, "board/add_tasks.html", form, **context)
    if is_preview and form.is_valid():
        response.status_code = 200
    return response


def _add_once(request: UserRequest, tasks: list[dict[str, Any]]) -> Event:
    """Create tasks, unless this form was submitted before, and return the first event of the change."""

    def act() -> int:
        return actions.add_tasks(request.user, tasks)[0].version

    return Event.objects.get(pk=idempotency.once(request.user, *idempotency_key(request), act))


def _with_people(entries: list[Entry]) -> list[tuple[Entry, User | None]]:
    people = get_user_model().objects.in_bulk({entry.assigned for entry in entries} - {None})
    return [(entry, people.get(entry.assigned or 0)) for entry in entries]


@require_safe
def understood(request: UserRequest) -> HttpResponse:
    """Show how the name of a new task is understood while it is being typed."""
    ((entry, person),) = _with_people([rules().parse(request.GET.get("name", "")[:LONGEST_NAME])])
    return render(request, "board/understood.html", {"entry": entry, "person": person})
