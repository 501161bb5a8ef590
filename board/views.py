"""The board's pages and their pieces: find, one action or query, render.

With htmx a view answers with the component that changed; without it, with the whole page or a redirect.
"""

from functools import cache
from hashlib import sha256
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import F, Q
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from . import actions, broadcasts, export, history, idempotency
from .forms import ChangesForm, MoveForm, NewTaskForm, PlaceForm, SprintForm, TaskForm, next_column, place_of
from .kept import Kept
from .middleware import changes, in_background, open_to_readers, page_of
from .models import Event, Sprint, Task
from .search import normalize

NO_CONTENT = 204
CONFLICT = 409
UNPROCESSABLE = 422
SOME_BOARD = object()
# How many of the deleted tasks the page lists.
MOST_DELETED = 200
# The last page that somebody had of a board, for who comes back to an unchanged one: so many bytes of them.
kept_pages = Kept(20_000_000, getsizeof=len)
A_YEAR = 365 * 24 * 60 * 60


def get_or_post(view):
    """A form and what it sends."""
    return changes(require_http_methods(["GET", "HEAD", "POST"])(view))


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
        sprint = _act(form, lambda data: actions.add_sprint(request.user, **form.changes()))
        if sprint:
            _tell(request, sprint.event, sprint)
            return _go(request, sprint)
    return _form(request, "board/add_sprint.html", form, nav="home")


@get_or_post
def edit_sprint(request, pk):
    sprint = _sprint(pk)
    form = SprintForm(_sent(request), instance=sprint, auto_id="sprint-%s")
    if request.method == "POST":
        saved = _act(form, lambda data: actions.change_sprint(request.user, pk, base=form.base, **form.changes()))
        if saved:
            _tell(request, saved.event, saved)
            return _go(request, saved)
    return _form(request, "board/edit_sprint.html", form, sprint=_sprint(pk))


@get_or_post
def delete_sprint(request, pk):
    sprint = _sprint(pk)
    if request.method == "POST":
        try:
            event = _found(actions.remove_sprint, request.user, pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(sprint)
        _tell(request, event)
        return _go(request)
    return render(request, "board/delete_sprint.html", {"sprint": sprint})


@require_safe
def board(request, pk):
    state = history.state()
    if messages.get_messages(request):
        return HttpResponse(_page(request, pk, state))
    etag = _etag(request, state)
    unchanged = get_conditional_response(request, etag)
    if unchanged:
        return unchanged
    page = kept_pages.get_or_make(_whose(request), etag, lambda: _page(request, pk, state))
    return HttpResponse(page, headers={"ETag": etag})


def _whose(request):
    return request.user.pk, request.headers.get("Cookie"), request.get_full_path()


def _etag(request, state):
    """Return the ETag of a page that shows the board as of `state`; it differs for whoever may see anything else."""
    what = state, broadcasts.page_format(), get_language(), release()
    return f'"{sha256(repr((_whose(request), what)).encode()).hexdigest()[:32]}"'


def _page(request, pk, state):
    words = normalize(request.GET.get("q", "")).split()
    return render_to_string("board/board.html", _found(broadcasts.board, pk, state, words), request).encode()


@in_background
@require_safe
def changes_since(request, pk):
    """Answer a page that has no socket with its next frame, or with 204 when there is nothing new."""
    form = ChangesForm(request.GET)
    if not form.is_valid():
        raise BadRequest("since has to be a sequence number")
    since, page_format, language = map(form.cleaned_data.get, ("since", "format", "language"))
    state = history.state()
    if since == state[0] and page_format == broadcasts.page_format():
        return HttpResponse(status=NO_CONTENT)
    frame = broadcasts.batches(language or get_language())(pk, since, state)
    return JsonResponse(broadcasts.for_page(frame))


@cache
def release():
    """Return the digest of all that pages are made from besides data: templates, translations and static files."""
    digest = sha256(getattr(staticfiles_storage, "manifest_hash", "").encode())
    base = settings.BASE_DIR
    for path in sorted([*(base / "templates").rglob("*.html"), *(base / "locale").rglob("*.mo")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# Tasks


@get_or_post
def add_task(request, sprint_pk):
    sprint = _sprint(sprint_pk)
    form = NewTaskForm(_sent(request), auto_id="new-task-%s")
    if request.method == "POST":
        task = _act(form, lambda data: _once(request, lambda: actions.add_task(request.user, **data)))
        if task and request.htmx:
            form = NewTaskForm(auto_id="new-task-%s")
            context = {"form": form, "sprint": sprint, "task": task, "key": _key(), **_toast(task.event, task)}
            return render(request, "board/add_task.html#added", context)
        if task:
            _tell(request, task.event, task)
            return redirect(sprint)
    return _form(request, "board/add_task.html", form, sprint=sprint)


@require_safe
def task(request, pk):
    task = _task(pk)
    if request.htmx:
        return _card(request, task)
    return render(request, "board/task.html", {"task": task, "story": history.story(pk)})


@get_or_post
def edit_task(request, pk, field=None):
    """The card's form, or that of one field. Who saves a task that was deleted meanwhile gets the typed text back."""
    if field not in (None, *TaskForm.Meta.fields):
        raise Http404
    try:
        task = _task(pk)
        form = _task_form(request, task, field)
        if request.method == "POST":
            saved = _act(
                form, lambda data: actions.change_task(request.user, pk, base=form.base, **form.changes())
            )
            if saved:
                return _card(request, saved)
            task = _task(pk)
        return _form(request, "board/edit_task.html", form, task=task)
    except Http404:
        removal = history.removal(pk)
        if request.method != "POST" or removal is None:
            raise
    return _save_deleted(request, removal, field)


def _save_deleted(request, removal, field):
    form = _task_form(request, history.row_before(removal), field)
    if "restore" in request.POST and _act(form, lambda data: actions.restore_task(request.user, removal.task)):
        return edit_task(request, removal.task, field)
    task = history.row_before(removal)
    return _form(request, "board/edit_task.html", form, task=task, removal=_removal(removal))


def _removal(event):
    return {"who": history.actor(event), "at": event.at}


def _task_form(request, task, field):
    return TaskForm(_sent(request), instance=task, only=field, auto_id=f"task-{task.pk}-%s")


@require_POST
def place_task(request, pk):
    form = PlaceForm(request.POST)
    task = _act(form, lambda data: _once(request, lambda: actions.place_task(request.user, pk, form.place())))
    if task:
        return _card(request, task)
    reasons = " ".join(message for errors in form.errors.values() for message in errors)
    return render(request, "board/problem.html", {"reason": reasons}, status=UNPROCESSABLE)


@get_or_post
def move_task(request, pk):
    task = _task(pk)
    sprints = Sprint.objects.filter(end__gte=timezone.localdate()) | Sprint.objects.filter(pk=task.sprint_id)
    sprints = sprints.order_by("end", "pk")
    column = request.GET.get("column", next_column(task, sprints, _sprint_before(request)))
    cards = Task.objects.filter(Q(sprint__in=sprints) | Q(sprint=None)).order_by("order", "pk")
    if request.htmx and request.method != "POST":
        cards &= _in_column(column)
    form = MoveForm(task, column, sprints, cards, _sent(request), auto_id=f"move-{pk}-%s")
    if request.method == "POST":
        moved = _act(form, lambda data: _once(request, lambda: actions.place_task(request.user, pk, form.place())))
        if moved:
            return _card(request, moved)
    return _form(request, "board/move_task.html", form, task=task)


def _sprint_before(request):
    """Return the id of the sprint whose board the request came from, None when it did not come from one."""
    match = _match(_page_before(request))
    return match.kwargs["pk"] if match and match.url_name == "sprint" else None


def _in_column(column):
    try:
        return Task.objects.in_column(*place_of(column))
    except ValueError:
        raise Http404(gettext("There is no such column.")) from None


@get_or_post
def delete_task(request, pk):
    task = _task(pk)
    if request.method == "POST":
        event = _found(actions.remove_task, request.user, pk)
        if _board_of(request):
            context = {"gone": pk, "seq": event.seq, **_toast(event)}
            return render(request, "board/changed.html#deleted", context)
        _tell(request, event)
        return _go(request, task.sprint)
    template = "board/delete_task.html" + ("#question" if request.htmx else "")
    return render(request, template, {"task": task})


@require_safe
def deleted_tasks(request):
    events = history.removals()[:MOST_DELETED]
    sprints = Sprint.objects.in_bulk({event.sprint for event in events})
    lines = [
        {"task": history.row_before(event), "sprint": sprints.get(event.sprint), **_removal(event)}
        for event in events
    ]
    return render(request, "board/deleted_tasks.html", {"lines": lines, "days": history.RESTORABLE.days})


@require_POST
def restore_task(request, pk):
    try:
        task = _found(actions.restore_task, request.user, pk)
    except ValidationError as error:
        messages.error(request, gettext("Not restored: %(reason)s") % {"reason": " ".join(error.messages)})
    else:
        removal = Event.objects.get(pk=history.undone(task.event))
        is_elsewhere = removal.sprint != task.sprint_id
        _tell(request, task.event, task, gettext("%(done)s: its sprint is over") if is_elsewhere else "%(done)s")
    return redirect("deleted_tasks")


# Leave with the data


@require_safe
def export_sprint(request, pk):
    tasks = Task.objects.filter(sprint=_sprint(pk)).order_by("status", "order", "pk")
    return _sheet(tasks, f"sprint-{pk}.csv")


@require_safe
def export_tasks(request):
    tasks = Task.objects.order_by(F("sprint__end").asc(nulls_first=True), "status", "order", "pk")
    return _sheet(tasks, "tasks.csv")


def _sheet(tasks, filename):
    text = export.sheet(tasks.select_related("sprint", "assigned"))
    headers = {"Content-Disposition": content_disposition_header(True, filename)}
    return HttpResponse(text, "text/csv; charset=utf-8", headers=headers)


# Undo


@require_POST
def undo(request, seq):
    """Write the reverse of a change. A refusal says why, in the place of the toast that offered it."""
    try:
        event = _found(actions.undo, request.user, seq) or Event.objects.get(pk=seq)
    except ValidationError as error:
        reason = gettext("Not undone: %(reason)s") % {"reason": " ".join(error.messages)}
        if request.htmx:
            return render(request, "board/toast.html#toast", {"text": reason}, status=CONFLICT)
        messages.error(request, reason)
        return redirect("home")
    row = history.row_now(event)
    board = _board_of(request)
    is_undo = "redo" not in request.POST
    if board and event.task is not None:
        context = {"gone": event.task, "seq": event.seq, **_shown(row, board), **_toast(event, row, is_undo)}
        return render(request, "board/changed.html#undone", context)
    _tell(request, event, row, is_undo=is_undo)
    return _go(request, row)


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
        raise Http404(gettext("There is no such sprint. It may have been deleted.")) from None
    except Task.DoesNotExist:
        raise Http404(gettext("There is no such task. It may have been deleted.")) from None
    except Event.DoesNotExist:
        raise Http404(gettext("There is no such change.")) from None


def _act(form, action):
    """Call `action(cleaned data)` when the form is valid; what breaks a rule, or clashes, goes beside its field.

    Returns what the action returns, None when the form shows errors.
    """
    if not form.is_valid():
        return None
    try:
        return _found(action, form.cleaned_data)
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            form.add_error(name if name in form.fields else None, reasons)
    except actions.Conflict as conflict:
        form.show_conflict(conflict)
    return None


def _once(request, act):
    """Call `act()` and return its task; the same words again under the same key do nothing and return the task.

    The key is a gesture's (header `Idempotency-Key`) or a rendered form's (field `key`). A form that comes back
    with other words, as after the browser's Back, is another request.
    """
    key = request.headers.get("Idempotency-Key") or request.POST.get("key")
    if not key:
        return act()
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    asked = f"{key} {request.path}?{sent.urlencode()}"
    digest = sha256(asked.encode(errors="surrogatepass")).hexdigest()
    done = {}

    def act_and_note():
        task = act()
        noted = task.pk, task.event and task.event.seq
        done[noted] = task
        return noted

    pk, seq = idempotency.once(request.user, digest, asked, act_and_note)
    if (pk, seq) in done:
        return done[pk, seq]
    task = _task(pk)
    task.event = Event.objects.filter(pk=seq).first()
    return task


def _key():
    return uuid4().hex


def _sent(request):
    """Return what a form was sent with, which may be nothing at all; None when it is only asked for."""
    return request.POST if request.method == "POST" else None


def _form(request, template, form, removal=None, **context):
    """Answer with a form: the piece for htmx, the page otherwise; 422 when it shows errors, 409 when what others did."""
    if request.htmx:
        template += "#form"
    context |= {
        "form": form,
        "removal": removal,
        "action": request.get_full_path(),
        "query": f"?{urlencode({'next': request.GET['next']})}" if request.GET.get("next") else "",
        "key": request.POST.get("key") or _key(),
    }
    status = 200
    if form.is_bound:
        status = CONFLICT if removal or getattr(form, "conflict", None) else UNPROCESSABLE
    return render(request, template, context, status=status)


def _card(request, task):
    """Answer a change of a task: its card and what was done for a board, else the way to where the card stands."""
    board = _board_of(request)
    if board:
        seq = task.event.seq if task.event else task.version
        context = {"gone": task.pk, "seq": seq, **_shown(task, board), **_toast(task.event, task)}
        return render(request, "board/changed.html#changed", context)
    _tell(request, task.event, task)
    return _go(request, task)


def _board_of(request):
    """Return the id of the sprint on whose board htmx asks for a piece, `SOME_BOARD` when it does not say where.

    None without htmx, or on the page of a single form, which goes on to another page.
    """
    if not request.htmx:
        return None
    page = page_of(request)
    if page is None:
        return SOME_BOARD
    match = _match(page)
    return match.kwargs["pk"] if match and match.url_name == "sprint" else None


def _page_before(request):
    """Return the path of the page of ours, query included, that a request came from; None when it names none."""
    if request.htmx:
        return page_of(request)
    referrer = urlsplit(request.headers.get("Referer", ""))
    return f"{referrer.path}?{referrer.query}" if referrer.netloc == request.get_host() else None


def _match(page):
    """Return the `ResolverMatch` of a page of ours, None of what is none."""
    try:
        return resolve(urlsplit(page or "").path)
    except Resolver404:
        return None


def _shown(task, board):
    """Return the task, and whether its card has a place on a board: `task` may be None, gone."""
    is_here = task is not None and (board is SOME_BOARD or task.sprint_id in (None, board))
    return {"task": task, "is_here": is_here}


def _tell(request, event, row=None, sentence="%(done)s", is_undo=False):
    """Say on the next page what was done, if anything was."""
    if event:
        toast = _toast(event, row, is_undo)
        # The tag says which change the message offers to undo, the level that it is an undo (templates/base.html).
        level = messages.INFO if is_undo else messages.SUCCESS
        messages.add_message(request, level, sentence % {"done": toast["text"]}, extra_tags=str(toast["undo"]))


def _toast(event, row=None, is_undo=False):
    """Return what board/toast.html says of a change: nothing of none. `row` is the one changed, if it is there.

    The toast of an undo offers to redo; what is done again is a change as any other.
    """
    if event is None:
        return {}
    return {
        "text": history.describe(event, history.quoted(row or history.row_before(event))),
        "undo": event.seq,
        "is_undo": is_undo,
    }


def _go(request, row=None):
    """Go back to where a form was opened (`_way_back`), else to the board of a sprint or task; to the page of a task
    without one, and home without either."""
    page = (row.sprint if isinstance(row, Task) else None) or row
    url = _way_back(request, row) or (page.get_absolute_url() if page else resolve_url("home"))
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _way_back(request, row):
    """Return the path of the page that a form or an Undo on a page of its own was opened from, None when that is a board.

    The page of a task names itself as `next` in its links, and is itself where its toasts offer Undo. It is no place to go
    back to when the task is gone (`row` is another one, or None).
    """
    before = _page_before(request)
    named = request.GET.get("next") or QueryDict(urlsplit(before or "").query).get("next", "")
    for path in (named, urlsplit(before or "").path):
        match = path.startswith("/") and url_has_allowed_host_and_scheme(path, None) and _match(path)
        if match and match.url_name == "task" and isinstance(row, Task) and match.kwargs["pk"] == row.pk:
            return path
    return None


@open_to_readers
@require_POST
def theme(request):
    """Remember for a year in which colours this browser shows the pages; "system" is not to remember any."""
    choice = request.POST.get("theme")
    here = request.POST.get("back", "")
    # A name without a slash would be taken for the name of a route.
    is_ours = here.startswith("/") and url_has_allowed_host_and_scheme(here, None)
    answer = redirect(here if is_ours else "home")
    if request.htmx:
        answer = render(request, "theme.html#switch", {"theme": choice, "back": here})
    if choice in ("light", "dark"):
        secure = settings.SESSION_COOKIE_SECURE
        answer.set_cookie(
            settings.THEME_COOKIE_NAME, choice, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        answer.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    return answer
