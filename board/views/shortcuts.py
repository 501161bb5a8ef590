"""Helpers shared by the board's views."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django_htmx.http import HttpResponseClientRedirect

from board import actions
from board.accounts.form_views import UNPROCESSABLE, get_or_post
from board.accounts.middleware import changes
from board.accounts.users import UserRequest
from board.actions import idempotency
from board.components import BACKLOG, component_of
from board.history import log, sentences
from board.history.schema import Row
from board.models import Comment, Event, Sprint, Task

from .forms.base import ChangeForm
from .middleware import page_of

type View = Callable[..., HttpResponse]
type ChangingView = Callable[..., Task | HttpResponse]

NO_CONTENT = 204
CONFLICT = 409
SOME_BOARD = object()
MOST_NAMES = 3


def change_form(view: View) -> View:
    """Decorate a view with a form that changes the board. Viewers get 403."""
    return changes(get_or_post(view))


def get_sprint_or_404(pk: int) -> Sprint:
    with missing_as_404():
        return Sprint.objects.get(pk=pk)


def get_task_or_404(pk: int) -> Task:
    with missing_as_404():
        return Task.objects.select_related("assigned", "sprint").get(pk=pk)


@contextmanager
def missing_as_404() -> Iterator[None]:
    """Turn `DoesNotExist` of a sprint, task, comment or event into a 404 with a message."""
    try:
        yield
    except Sprint.DoesNotExist:
        raise Http404(gettext("This sprint doesn't exist. It may have been deleted.")) from None
    except Task.DoesNotExist:
        raise Http404(gettext("This task doesn't exist. It may have been deleted.")) from None
    except Comment.DoesNotExist:
        raise Http404(gettext("This comment doesn't exist. It may have been deleted.")) from None
    except Event.DoesNotExist:
        raise Http404(gettext("This change doesn't exist.")) from None


@contextmanager
def domain_errors(form: BaseForm) -> Iterator[None]:
    """Add a `ValidationError`, `Outdated` or `Conflict` of an action to a form and continue after the `with` block."""
    try:
        with missing_as_404():
            yield
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            form.add_error(name if name in form.fields else None, reasons)
    except actions.Outdated as outdated:
        # Only forms with a version expect one.
        data = form.data = cast(Any, form.data).copy()
        data["version"] = outdated.row.version
        form.add_error(None, gettext("This was edited in another tab. Save again to replace that text."))
    except actions.Conflict as conflict:
        # Only forms with a version can have conflicts.
        cast(ChangeForm, form).show_conflict(conflict)


class _NotDone(Exception):
    """The view changed nothing, so its response is not recorded."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def idempotent(respond: Callable[[UserRequest, Task], HttpResponse]) -> Callable[[ChangingView], View]:
    """Decorate a view that returns the task it changed, or a response if it changed nothing.

    `respond` returns the response for the task. A repeated POST with the same key changes nothing and returns the
    response for the task of the first one. Scripts send a key per gesture (header `Idempotency-Key`), forms the key they
    were rendered with (field `key`). A form with other values, as after the browser's Back, is a different request.
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
                pk, seq = idempotency.once(request.user, *idempotency_key(request), act)
            except _NotDone as error:
                return error.response
            return respond(request, changed.get((pk, seq)) or _changed_before(pk, seq))

        return wrapped

    return decorate


def idempotency_key(request: HttpRequest) -> tuple[str | None, str]:
    """Return the key of a request or None, and the text that identifies what is requested."""
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
    """Render a form as a fragment for htmx, else as a page. The status is 422 with errors and 409 with a conflict."""
    context |= {
        "in_panel": in_panel(request),
        "form": form,
        "removal": removal,
        "action": request.get_full_path(),
        "query": f"?{urlencode({'next': request.GET['next']})}" if request.GET.get("next") else "",
        "key": request.POST.get("key") or new_key(),
    }
    status = 200
    if form.is_bound:
        status = CONFLICT if removal or getattr(form, "conflict", None) else UNPROCESSABLE
    return render(request, form_template(request, template), context, status=status)


def form_template(request: UserRequest, template: str) -> str:
    """Return the fragment of a template that has its form in a card's place or in the panel, or the whole page."""
    if not request.htmx:
        return template
    return f"{template}#panel" if in_panel(request) else f"{template}#form"


def render_card(request: UserRequest, task: Task) -> HttpResponse:
    """Respond to a change of a task: with its card and a toast for a board, else with a redirect and a message."""
    board = requesting_board(request)
    if board is not None:
        template = "board/changed.html" + ("#in_panel" if in_panel(request) else "#changed")
        return render(request, template, change_context_of(task, board))
    add_message(request, task.event, task)
    return redirect_to(request, task)


def in_panel(request: UserRequest) -> bool:
    """Return whether the panel of a task sent the request. Its forms name it in their address."""
    return "panel" in request.GET


def requesting_board(request: UserRequest) -> object:
    """Return the id of the sprint whose board sent an htmx request, or `SOME_BOARD` if the page is unknown.

    Returns `BACKLOG` for the backlog page, and None without htmx and for other pages.
    """
    if not request.htmx:
        return None
    page = page_of(request)
    if page is None:
        return SOME_BOARD
    match = match_page(page)
    if match and match.url_name == "backlog":
        return BACKLOG
    return match.kwargs["pk"] if match and match.url_name == "sprint" else None


def previous_page(request: UserRequest) -> str | None:
    """Return the path and query of the page that a request came from, or None if that is unknown or another site."""
    if request.htmx:
        return page_of(request)
    referrer = urlsplit(request.headers.get("Referer", ""))
    return f"{referrer.path}?{referrer.query}" if referrer.netloc == request.get_host() else None


def match_page(page: str | None) -> ResolverMatch | None:
    """Return the `ResolverMatch` of a path, or None."""
    try:
        return resolve(f"/{urlsplit(page or '').path.removeprefix(get_script_prefix())}")
    except Resolver404:
        return None


def card_context(task: Task, board: object) -> dict[str, Any]:
    """Return the task, its component, and whether the board shows it."""
    return {"task": task, "is_here": _is_on(task, board), "component": component_of(board)}


def change_context_of(task: Task, board: object) -> dict[str, Any]:
    """Return the context of board/changed.html for a task that was changed."""
    seq = task.event.seq if task.event else task.version
    return {"gone": [task.pk], "seq": seq, **card_context(task, board), **toast_context(task.event, task)}


def _is_on(task: Task, board: object) -> bool:
    return board is SOME_BOARD or task.sprint_id in (None, board)


def change_context(events: Iterable[Event], board: object) -> dict[str, Any]:
    """Return what a change means for a board: the tasks that it shows, and the ids of those that it doesn't."""
    numbers = {event.task: event.seq for event in events if event.task is not None}
    tasks = Task.objects.select_related("assigned", "sprint").in_bulk(numbers)
    here = [tasks[pk] for pk in numbers if pk in tasks and _is_on(tasks[pk], board)]
    gone = numbers.keys() - {task.pk for task in here}
    return {"tasks": here, "gone": sorted(gone), "seq": max(numbers.values()), "component": component_of(board)}


def describe_skipped(skipped: Iterable[actions.Skipped]) -> str:
    """Return a sentence for each reason why a change of several tasks left some as they are."""
    names: dict[str, list[str]] = {}
    for task in skipped:
        names.setdefault(task.reason, []).append(sentences.quoted(task.name or f"#{task.task}"))
    parts = (
        gettext("Left as is: %(names)s. %(reason)s") % {"names": _list_of(named), "reason": reason}
        for reason, named in names.items()
    )
    return " ".join(parts)


def _list_of(names: list[str]) -> str:
    shown, more = names[:MOST_NAMES], len(names) - MOST_NAMES
    if more > 0:
        shown.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return str(get_text_list(shown, gettext("and")))


def add_message(
    request: UserRequest,
    event: Event | None,
    row: Row | None = None,
    sentence: str = "%(done)s",
    is_undo: bool = False,
    more: str = "",
) -> None:
    """Add a message about a change, if there was one."""
    if event:
        toast = toast_context(event, row, is_undo, more)
        # The tag is the number of the change to undo, the level says whether it is an undo itself (templates/base.html).
        level = messages.INFO if is_undo else messages.SUCCESS
        messages.add_message(request, level, sentence % {"done": toast["text"]}, extra_tags=str(toast["undo"]))


def toast_context(
    event: Event | None, row: Row | None = None, is_undo: bool = False, more: str = ""
) -> dict[str, Any]:
    """Return the context of board/toast.html, empty if there was no change. `row` is the changed row, if it exists.

    The toast of an undo offers to redo. The toast of a redo is that of any change. `more` is a text that follows.
    """
    if event is None:
        return {}
    done = sentences.describe_change(event, sentences.quoted(row or log.removed_row(event)))
    return {
        "text": f"{done}. {more}" if more else done,
        "undo": event.seq,
        "is_undo": is_undo,
    }


def kept_text(kept: Sequence[actions.Kept]) -> str:
    """Return a sentence about tasks that an undo left as they are, or ""."""
    if not kept:
        return ""
    names = get_text_list([sentences.quoted(task.name) for task in kept], gettext("and"))
    sentence = ngettext(
        "%(names)s has changed since then and stays as it is.",
        "%(names)s have changed since then and stay as they are.",
        len(kept),
    )
    return sentence % {"names": names}


def redirect_to(request: UserRequest, row: Row | None = None) -> HttpResponse:
    """Redirect to the task's page if the form was opened there, else to the row's board, the task's page, or home."""
    page = (row.sprint if isinstance(row, Task) else None) or row
    url = _task_page(request, row) or (page.get_absolute_url() if page else resolve_url("home"))
    return redirect_to_url(request, url)


def redirect_to_url(request: UserRequest, url: str) -> HttpResponse:
    """Redirect the page. htmx alone would follow a plain redirect and swap in what it finds there."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _task_page(request: UserRequest, row: Row | None) -> str | None:
    """Return the path of the task page that a form or Undo was opened from, or None if it was another page.

    The task page passes itself as `next` in its links. For Undo, it is the previous page itself. Returns None if the task
    was deleted (`row` is another row or None).
    """
    before = previous_page(request)
    named = request.GET.get("next") or QueryDict(urlsplit(before or "").query).get("next", "")
    for path in (named, urlsplit(before or "").path):
        match = path.startswith("/") and url_has_allowed_host_and_scheme(path, None) and match_page(path)
        if match and match.url_name == "task" and isinstance(row, Task) and match.kwargs["pk"] == row.pk:
            return path
    return None
