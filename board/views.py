"""The board's pages and their pieces: find, one action or query, render.

With htmx a view answers with the component that changed; without it, with the whole page or a redirect.
"""

from functools import cache
from hashlib import sha256
from threading import Lock

from cachetools import LRUCache, cached
from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from . import actions, broadcasts, history
from .forms import MoveForm, NewTaskForm, PlaceForm, SprintForm, TaskForm
from .models import Sprint, Task

UNPROCESSABLE = 422
# Characters of whole pages that are kept for who comes back to an unchanged board.
PAGES_KEPT = 20_000_000
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


# Sprints


@require_safe
def home(request):
    sprints = Sprint.objects.current().with_counts()
    return render(request, "board/home.html", {"sprints": sprints, "nav": "home"})


@require_safe
def past_sprints(request):
    sprints = Sprint.objects.past().with_counts()
    return render(request, "board/past_sprints.html", {"sprints": sprints, "nav": "past"})


@get_or_post
def add_sprint(request):
    form = SprintForm(_sent(request), auto_id="sprint-%s")
    if request.method == "POST":
        sprint = _act(form, lambda data: actions.add_sprint(request.user, **data))
        if sprint:
            return _go(request, sprint.get_absolute_url())
    return _form(request, "board/add_sprint.html", form, nav="home")


@get_or_post
def edit_sprint(request, pk):
    sprint = _sprint(pk)
    form = SprintForm(_sent(request), instance=sprint, auto_id="sprint-%s")
    if request.method == "POST" and _act(form, lambda data: actions.change_sprint(request.user, pk, **data)):
        return _go(request, sprint.get_absolute_url())
    return _form(request, "board/edit_sprint.html", form, sprint=_sprint(pk))


@get_or_post
def delete_sprint(request, pk):
    sprint = _sprint(pk)
    if request.method == "POST":
        try:
            _found(actions.remove_sprint, request.user, pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(sprint)
        messages.success(request, f"{sprint} was deleted.")
        return redirect("home")
    return render(request, "board/delete_sprint.html", {"sprint": sprint})


@require_safe
def board(request, pk):
    state = history.state()
    if messages.get_messages(request):
        return HttpResponse(_page(request, pk, state))
    etag = _etag(request, state)
    unchanged = get_conditional_response(request, etag)
    return unchanged or HttpResponse(_kept_page(etag, request, pk, state), headers={"ETag": etag})


def _etag(request, state):
    """Return the ETag of a page that shows the board as of `state`; it differs for whoever may see anything else."""
    who = request.user.pk, request.headers.get("Cookie")
    what = request.get_full_path(), state, broadcasts.page_format(), get_language(), release()
    return f'"{sha256(repr((who, what)).encode()).hexdigest()[:32]}"'


@cached(LRUCache(PAGES_KEPT, getsizeof=len), key=lambda etag, *page: etag, lock=Lock())
def _kept_page(etag, *page):
    return _page(*page)


def _page(request, pk, state):
    return render_to_string("board/board.html", _found(broadcasts.board, pk, state), request)


@cache
def release():
    """Return the digest of all that pages are made from besides data: templates and static files."""
    digest = sha256(getattr(staticfiles_storage, "manifest_hash", "").encode())
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# Tasks


@get_or_post
def add_task(request, sprint_pk):
    sprint = _sprint(sprint_pk)
    form = NewTaskForm(_sent(request), auto_id="new-task-%s")
    if request.method == "POST":
        task = _act(form, lambda data: actions.add_task(request.user, **data))
        if task and request.htmx:
            context = {"form": NewTaskForm(auto_id="new-task-%s"), "sprint": sprint, "task": task}
            return render(request, "board/add_task.html#added", context)
        if task:
            return redirect(sprint)
    return _form(request, "board/add_task.html", form, sprint=sprint)


@require_safe
def task(request, pk):
    task = _task(pk)
    if request.htmx:
        return render(request, "board/task.html#card", {"task": task})
    return render(request, "board/task.html", {"task": task, "story": history.story(pk)})


@get_or_post
def edit_task(request, pk):
    task = _task(pk)
    form = TaskForm(_sent(request), instance=task, auto_id=f"task-{pk}-%s")
    if request.method == "POST":
        saved = _act(form, lambda data: actions.change_task(request.user, pk, **data))
        if saved:
            return _card(request, saved)
    return _form(request, "board/edit_task.html", form, task=_task(pk))


@require_POST
def place_task(request, pk):
    form = PlaceForm(request.POST)
    task = _act(form, lambda data: actions.place_task(request.user, pk, form.place()))
    if task:
        return _card(request, task)
    reasons = " ".join(message for errors in form.errors.values() for message in errors)
    return render(request, "board/problem.html", {"reason": reasons}, status=UNPROCESSABLE)


@get_or_post
def move_task(request, pk):
    task = _task(pk)
    sprints = Sprint.objects.filter(end__gte=timezone.localdate()) | Sprint.objects.filter(pk=task.sprint_id)
    form = MoveForm(task, sprints.order_by("end", "pk"), _sent(request), auto_id=f"move-{pk}-%s")
    if request.method == "POST":
        moved = _act(form, lambda data: actions.place_task(request.user, pk, form.place()))
        if moved:
            return _card(request, moved)
    return _form(request, "board/move_task.html", form, task=task)


@get_or_post
def delete_task(request, pk):
    task = _task(pk)
    if request.method == "POST":
        _found(actions.remove_task, request.user, pk)
        if request.htmx:
            return HttpResponse()
        messages.success(request, f"“{task}” was deleted.")
        return redirect(task.sprint or "home")
    template = "board/delete_task.html" + ("#question" if request.htmx else "")
    return render(request, template, {"task": task})


# What the views share


def _sprint(pk):
    return _found(Sprint.objects.get, pk=pk)


def _task(pk):
    return _found(Task.objects.select_related("assigned", "sprint").get, pk=pk)


def _found(find, *args, **kwargs):
    """Call `find`; a sprint or task that is not there, or not any more, is a 404 that says so."""
    try:
        return find(*args, **kwargs)
    except Sprint.DoesNotExist:
        raise Http404("There is no such sprint. It may have been deleted.") from None
    except Task.DoesNotExist:
        raise Http404("There is no such task. It may have been deleted.") from None


def _act(form, action):
    """Call `action(cleaned data)` when the form is valid; what breaks a rule goes beside its field.

    Returns what the action returns, None when the form shows errors.
    """
    if not form.is_valid():
        return None
    try:
        return _found(action, form.cleaned_data)
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            form.add_error(name if name in form.fields else None, reasons)
        return None


def _sent(request):
    """Return what a form was sent with, which may be nothing at all; None when it is only asked for."""
    return request.POST if request.method == "POST" else None


def _form(request, template, form, **context):
    """Answer with a form: the piece for htmx, the page otherwise; 422 when it shows errors."""
    if request.htmx:
        template += "#form"
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)


def _card(request, task):
    """Answer a change of a task: its card for htmx, else the way back to where the card stands."""
    if request.htmx:
        return render(request, "board/task.html#card", {"task": task})
    return redirect(task.sprint or task)


def _go(request, url):
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
