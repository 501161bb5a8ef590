"""The board of a sprint, and polling for its changes."""

from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from board import actions, components
from board.accounts.middleware import in_background
from board.accounts.users import UserRequest
from board.cache import VersionedCache
from board.history import log
from board.live import batches
from board.live.hub import hub
from board.text.search import normalize
from board.views.forms.live import ChangesForm

from .backlog import menus
from .shortcuts import NO_CONTENT, missing_as_404

# The last page of each user and URL, up to this total size in bytes.
page_cache: VersionedCache[bytes] = VersionedCache(20_000_000, getsizeof=len)
# The `maxlength` of the field in templates/board/board.html.
LONGEST_FILTER = 200


@require_safe
def board(request: UserRequest, pk: int) -> HttpResponseBase:
    state = log.state()
    if messages.get_messages(request):
        return HttpResponse(_page(request, pk, state))
    etag = _etag(request, state)
    unchanged = get_conditional_response(request, etag)
    if unchanged:
        return unchanged
    page = page_cache.get_or_set(_cache_key(request), etag, lambda: _page(request, pk, state))
    return HttpResponse(page, headers={"ETag": etag})


def _cache_key(request: UserRequest) -> tuple[int, str | None, str]:
    return request.user.pk, request.headers.get("Cookie"), request.get_full_path()


def _etag(request: UserRequest, state: log.State) -> str:
    """Return the ETag of the board as of `state`. It depends on everything that the page depends on."""
    version = state, components.page_format(), get_language(), release()
    return f'"{sha256(repr((_cache_key(request), version)).encode()).hexdigest()[:32]}"'


def _page(request: UserRequest, pk: int, state: log.State) -> bytes:
    words = normalize(request.GET.get("q", "")[:LONGEST_FILTER].replace("\0", "")).split()
    with missing_as_404():
        context: dict[str, Any] = {**components.board(pk, state, words)}
    template = "board/board.html"
    if pk == components.BACKLOG:
        template = "board/backlog.html"
        context |= {"nav": "backlog", "entry": "board/backlog.js", **menus()}
    return render_to_string(template, context, request).encode()


@in_background
@require_safe
def changes_since(request: UserRequest, pk: int) -> HttpResponse:
    """Return the next frame for a page without a socket, or 204 if there is nothing new."""
    form = ChangesForm(request.GET)
    if not form.is_valid():
        raise BadRequest("since has to be a sequence number")
    since: int = form.cleaned_data["since"]
    page_format, language = map(form.cleaned_data.get, ("format", "language"))
    # Only pages that are shown poll.
    hub.see(actions.Look(request.user.pk, pk, since, timezone.now()))
    state = log.state()
    if since == state[0] and page_format == components.page_format():
        return HttpResponse(status=NO_CONTENT)
    frame = batches.batches(language or get_language())(pk, since, state)
    return JsonResponse(batches.for_page(frame))


@cache
def release() -> str:
    """Return a digest of the templates, translations and static files."""
    digest = sha256(getattr(staticfiles_storage, "manifest_hash", "").encode())
    base = settings.BASE_DIR
    for path in sorted([*(base / "templates").rglob("*.html"), *(base / "locale").rglob("*.mo")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
