"""Pages and fragments about tasks."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from board import actions
from board.history import log, sentences
from board.models import Sprint, Task
from board.views.forms.moves import MoveForm, PlaceForm, next_column, place_of
from board.views.forms.tasks import NewTaskForm, TaskForm

from .shortcuts import (
    UNPROCESSABLE,
    act,
    add_message,
    get_or_404,
    get_or_post,
    get_sprint_or_404,
    get_task_or_404,
    match_page,
    new_key,
    once,
    posted,
    previous_page,
    redirect_to,
    render_card,
    render_form,
    requesting_board,
    toast_context,
)


@get_or_post
def add_task(request, sprint_pk):
    sprint = get_sprint_or_404(sprint_pk)
    form = NewTaskForm(posted(request), auto_id="new-task-%s")
    if request.method == "POST":
        task = act(form, lambda data: once(request, lambda: actions.add_task(request.user, **data)))
        if task and request.htmx:
            form = NewTaskForm(auto_id="new-task-%s")
            context = {
                "form": form,
                "sprint": sprint,
                "task": task,
                "key": new_key(),
                **toast_context(task.event, task),
            }
            return render(request, "board/add_task.html#added", context)
        if task:
            add_message(request, task.event, task)
            return redirect(sprint)
    return render_form(request, "board/add_task.html", form, sprint=sprint)


@require_safe
def task(request, pk):
    task = get_task_or_404(pk)
    if request.htmx:
        return render_card(request, task)
    return render(request, "board/task.html", {"task": task, "story": sentences.story(pk)})


@get_or_post
def edit_task(request, pk, field=None):
    """The card's form, or that of one field. Who saves a task that was deleted meanwhile gets the typed text back."""
    if field not in (None, *TaskForm.Meta.fields):
        raise Http404
    try:
        task = get_task_or_404(pk)
        form = _task_form(request, task, field)
        if request.method == "POST":
            saved = act(form, lambda data: actions.change_task(request.user, pk, base=form.base, **form.changes()))
            if saved:
                return render_card(request, saved)
            task = get_task_or_404(pk)
        return render_form(request, "board/edit_task.html", form, task=task)
    except Http404:
        removal = log.removal(pk)
        if request.method != "POST" or removal is None:
            raise
    return _save_deleted(request, removal, field)


def _save_deleted(request, removal, field):
    form = _task_form(request, log.row_before(removal), field)
    if "restore" in request.POST and act(form, lambda data: actions.restore_task(request.user, removal.task)):
        return edit_task(request, removal.task, field)
    task = log.row_before(removal)
    return render_form(request, "board/edit_task.html", form, task=task, removal=removal_context(removal))


def removal_context(event):
    return {"who": sentences.actor(event), "at": event.created_at}


def _task_form(request, task, field):
    return TaskForm(posted(request), instance=task, only=field, auto_id=f"task-{task.pk}-%s")


@require_POST
def place_task(request, pk):
    form = PlaceForm(request.POST)
    task = act(form, lambda data: once(request, lambda: actions.place_task(request.user, pk, form.place())))
    if task:
        return render_card(request, task)
    reasons = " ".join(message for errors in form.errors.values() for message in errors)
    return render(request, "board/problem.html", {"reason": reasons}, status=UNPROCESSABLE)


@get_or_post
def move_task(request, pk):
    task = get_task_or_404(pk)
    sprints = Sprint.objects.filter(end__gte=timezone.localdate()) | Sprint.objects.filter(pk=task.sprint_id)
    sprints = sprints.order_by("end", "pk")
    column = request.GET.get("column", next_column(task, sprints, _sprint_before(request)))
    cards = Task.objects.filter(Q(sprint__in=sprints) | Q(sprint=None)).order_by("order", "pk")
    if request.htmx and request.method != "POST":
        cards &= _in_column(column)
    form = MoveForm(task, column, sprints, cards, posted(request), auto_id=f"move-{pk}-%s")
    if request.method == "POST":
        moved = act(form, lambda data: once(request, lambda: actions.place_task(request.user, pk, form.place())))
        if moved:
            return render_card(request, moved)
    return render_form(request, "board/move_task.html", form, task=task)


def _sprint_before(request):
    """Return the id of the sprint whose board the request came from, None when it did not come from one."""
    match = match_page(previous_page(request))
    return match.kwargs["pk"] if match and match.url_name == "sprint" else None


def _in_column(column):
    try:
        return Task.objects.in_column(*place_of(column))
    except ValueError:
        raise Http404(gettext("This column doesn't exist.")) from None


@get_or_post
def delete_task(request, pk):
    task = get_task_or_404(pk)
    if request.method == "POST":
        event = get_or_404(actions.remove_task, request.user, pk)
        if requesting_board(request):
            context = {"gone": pk, "seq": event.seq, **toast_context(event)}
            return render(request, "board/changed.html#deleted", context)
        add_message(request, event)
        return redirect_to(request, task.sprint)
    template = "board/delete_task.html" + ("#question" if request.htmx else "")
    return render(request, template, {"task": task})
