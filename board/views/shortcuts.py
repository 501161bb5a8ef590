"""Helpers that the board's views share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from board import actions
from board.accounts.form_views import UNPROCESSABLE, get_or_post
from board.accounts.middleware import changes
from board.accounts.users import UserRequest
from board.actions import idempotency
from board.history import log, sentences
from board.history.schema import Row
from board.models import Event, Sprint, Task

from .forms.base import ChangeForm
from .middleware import page_of

type View = Callable[..., HttpResponse]
type ChangingView = Callable[..., Task | HttpResponse]

NO_CONTENT = 204
CONFLICT = 409
SOME_BOARD = object()


def change_form(view: View) -> View:
    """Decorate a view with the form of a change of the board: viewers may not even see it."""
    return changes(get_or_post(view))


def get_sprint_or_404(pk: int) -> Sprint:
    with missing_as_404():
        return Sprint.objects.get(pk=pk)


def get_task_or_404(pk: int) -> Task:
    with missing_as_404():
        return Task.objects.select_related("assigned", "sprint").get(pk=pk)


@contextmanager
def missing_as_404() -> Iterator[None]:
    """Turn a sprint, task or event that does not exist, or no longer, into a 404 that says so."""
    try:
        yield
    except Sprint.DoesNotExist:
        raise Http404(gettext("This sprint doesn't exist. It may have been deleted.")) from None
    except Task.DoesNotExist:
        raise Http404(gettext("This task doesn't exist. It may have been deleted.")) from None
    except Event.DoesNotExist:
        raise Http404(gettext("This change doesn't exist.")) from None


@contextmanager
def domain_errors(form: BaseForm) -> Iterator[None]:
    """Put a broken rule, or a conflict, beside the fields of a form, and go on after the `with` block."""
    try:
        with missing_as_404():
            yield
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            form.add_error(name if name in form.fields else None, reasons)
    except actions.Conflict as conflict:
        # Only forms that carry a version can meet a conflict.
        cast(ChangeForm, form).show_conflict(conflict)


class _NotDone(Exception):
    """Nothing was changed: the response is not that of a change, and is not recorded."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def idempotent(respond: Callable[[UserRequest, Task], HttpResponse]) -> Callable[[ChangingView], View]:
    """Decorate a view that returns the task it changed, or a response when it changed none.

    `respond` makes the response for the task. A POST that is repeated under the same key changes nothing and gets the
    response for the first one's task. The key is a gesture's (header `Idempotency-Key`) or a rendered form's (field
    `key`). A form that comes back with other words, as after the browser's Back, is another request.
    """

    def decorate(view: ChangingView) -> View:
        @wraps(view)
        def wrapped(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            changed: dict[tuple[int, int | None], Task] = {}

            def act() -> tuple[int, int | None]:
                task = view(request, *args, **kwargs)
                if isinstance(task, HttpResponse):
                    raise _NotDone(task)
                record = task.pk, task.event.seq if task.event else None
                changed[record] = task
                return record

            try:
                pk, seq = idempotency.once(request.user, *_idempotency_key(request), act)
            except _NotDone as error:
                return error.response
            return respond(request, changed.get((pk, seq)) or _changed_before(pk, seq))

        return wrapped

    return decorate


def _idempotency_key(request: HttpRequest) -> tuple[str | None, str]:
    """Return the key of a request, None without one, and the text that says what it asks for."""
    key = request.headers.get("Idempotency-Key") or request.POST.get("key")
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    wanted = f"{key} {request.path}?{sent.urlencode()}"
    return key and sha256(wanted.encode(errors="surrogatepass")).hexdigest(), wanted


def _changed_before(pk: int, seq: int | None) -> Task:
    task = get_task_or_404(pk)
    task.event = Event.objects.filter(pk=seq).first() if seq else None
    return task


def new_key() -> str:
    return uuid4().hex


def render_form(
    request: UserRequest, template: str, form: BaseForm, removal: dict[str, Any] | None = None, **context: Any
) -> HttpResponse:
    """Answer with a form: the piece for htmx, the page otherwise; 422 when it shows errors, 409 when what others did."""
    if request.htmx:
        template += "#form"
    context |= {
        "form": form,
        "removal": removal,
        "action": request.get_full_path(),
        "query": f"?{urlencode({'next': request.GET['next']})}" if request.GET.get("next") else "",
        "key": request.POST.get("key") or new_key(),
    }
    status = 200
    if form.is_bound:
        status = CONFLICT if removal or getattr(form, "conflict", None) else UNPROCESSABLE
    return render(request, template, context, status=status)


def render_card(request: UserRequest, task: Task) -> HttpResponse:
    """Answer a change of a task: its card and what was done for a board, else the way to where the card stands."""
    board = requesting_board(request)
    if board:
        seq = task.event.seq if task.event else task.version
        context = {"gone": task.pk, "seq": seq, **card_context(task, board), **toast_context(task.event, task)}
        return render(request, "board/changed.html#changed", context)
    add_message(request, task.event, task)
    return redirect_to(request, task)


def requesting_board(request: UserRequest) -> object:
    """Return the id of the sprint on whose board htmx asks for a piece, `SOME_BOARD` when it does not say where.

    None without htmx, or on the page of a single form, which goes on to another page.
    """
    if not request.htmx:
        return None
    page = page_of(request)
    if page is None:
        return SOME_BOARD
    match = match_page(page)
    return match.kwargs["pk"] if match and match.url_name == "sprint" else None


def previous_page(request: UserRequest) -> str | None:
    """Return the path of the page of ours, query included, that a request came from; None when it names none."""
    if request.htmx:
        return page_of(request)
    referrer = urlsplit(request.headers.get("Referer", ""))
    return f"{referrer.path}?{referrer.query}" if referrer.netloc == request.get_host() else None


def match_page(page: str | None) -> ResolverMatch | None:
    """Return the `ResolverMatch` of a page of ours, None of what is none."""
    try:
        return resolve(f"/{urlsplit(page or '').path.removeprefix(get_script_prefix())}")
    except Resolver404:
        return None


def card_context(task: Task | None, board: object) -> dict[str, Any]:
    """Return the task, and whether its card has a place on a board: `task` may be None, gone."""
    is_here = task is not None and (board is SOME_BOARD or task.sprint_id in (None, board))
    return {"task": task, "is_here": is_here}


def add_message(
    request: UserRequest,
    event: Event | None,
    row: Row | None = None,
    sentence: str = "%(done)s",
    is_undo: bool = False,
) -> None:
    """Say on the next page what was done, if anything was."""
    if event:
        toast = toast_context(event, row, is_undo)
        # The tag says which change the message offers to undo, the level that it is an undo (templates/base.html).
        level = messages.INFO if is_undo else messages.SUCCESS
        messages.add_message(request, level, sentence % {"done": toast["text"]}, extra_tags=str(toast["undo"]))


def toast_context(event: Event | None, row: Row | None = None, is_undo: bool = False) -> dict[str, Any]:
    """Return what board/toast.html says of a change: nothing of none. `row` is the one changed, if it is there.

    The toast of an undo offers to redo; what is done again is a change as any other.
    """
    if event is None:
        return {}
    return {
        "text": sentences.describe(
            event, sentences.names_in([event]), sentences.quoted(row or log.removed_row(event))
        ),
        "undo": event.seq,
        "is_undo": is_undo,
    }


def redirect_to(request: UserRequest, row: Row | None = None) -> HttpResponse:
    """Go back to where a form was opened (`_way_back`), else to the board of a sprint or task; to the page of a task
    without one, and home without either."""
    page = (row.sprint if isinstance(row, Task) else None) or row
    url = _way_back(request, row) or (page.get_absolute_url() if page else resolve_url("home"))
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _way_back(request: UserRequest, row: Row | None) -> str | None:
    """Return the path of the page that a form or an Undo on a page of its own was opened from, None when that is a board.

    The page of a task names itself as `next` in its links, and is itself where its toasts offer Undo. It is no place to go
    back to when the task is gone (`row` is another one, or None).
    """
    before = previous_page(request)
    named = request.GET.get("next") or QueryDict(urlsplit(before or "").query).get("next", "")
    for path in (named, urlsplit(before or "").path):
        match = path.startswith("/") and url_has_allowed_host_and_scheme(path, None) and match_page(path)
        if match and match.url_name == "task" and isinstance(row, Task) and match.kwargs["pk"] == row.pk:
            return path
    return None
