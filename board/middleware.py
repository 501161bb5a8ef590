"""What stands between the server and the pages and sockets of the board."""

import logging
from contextlib import suppress
from urllib.parse import urlencode

from channels.auth import AuthMiddleware
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    REDIRECT_FIELD_NAME,
    SESSION_KEY,
    load_backend,
)
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import has_vary_header, patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext, gettext_lazy
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from . import accounts, failures, languages, problems
from .hub import TRY_LATER
from .templatetags.people import full_name

logger = logging.getLogger(__name__)

READING = {"GET", "HEAD", "OPTIONS"}
READERS_READ = gettext_lazy("You may look at everything here, but not change it. Somebody of staff can let you.")
NO_CONTENT = 204


class BrowserPolicyMiddleware:
    """Tell browsers what our pages never need, and to keep nothing that was meant for somebody who is logged in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        answer["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        # Pictures and files are for the pages of others, too.
        is_for_all = "Access-Control-Allow-Origin" in answer
        answer["Cross-Origin-Resource-Policy"] = "cross-origin" if is_for_all else "same-origin"
        if settings.SESSION_COOKIE_NAME in request.COOKIES and has_vary_header(answer, "Cookie"):
            answer["Cache-Control"] = "no-store"
        return answer


class PermanentRedirect(HttpResponsePermanentRedirect):
    """A redirect that keeps the method and the body: 308."""

    status_code = HttpResponsePermanentRedirect.status_code_preserve_request


class SlashMiddleware(CommonMiddleware):
    """Django's own. An address without its last slash leads to the one with it, whatever the method."""

    response_redirect_class = PermanentRedirect

    def get_full_path_with_slash(self, request):
        # Django's own raises for a POST in development, since its redirect would lose the body.
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))


class LanguageMiddleware:
    """Let the board's pages speak their reader's language (languages.py), and all else English.

    The API's clients know its words, and the log is of one language. Pictures and the preview of the manual are the
    same for everybody, and so are their pages: whatever has a namespace of its own needs no log-in, or is the API.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(settings.LANGUAGE_CODE):
            answer = self.get_response(request)
        if hasattr(request, "LANGUAGE_CODE"):
            answer.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            patch_vary_headers(answer, ["Accept-Language"])
        return answer

    def process_view(self, request, view, args, kwargs):
        if getattr(view, "login_required", True):
            languages.speak(request)
        elif not request.resolver_match.namespaces:
            languages.speak_as_browser(request)


class HtmxProblemMiddleware:
    """Answer a failing htmx request with a small piece: never with a page, or with nothing, in the place of a card."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if "HX-Request" not in request.headers or answer.status_code < 400 or _is_piece(answer):
            return answer
        piece = problems.piece(answer.status_code)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in answer:
                piece[name] = answer[name]
        piece.cookies = answer.cookies
        return piece


def _is_piece(answer):
    start = b"" if answer.streaming else answer.content.lstrip()[:9].lower()
    return bool(start) and not start.startswith((b"<!doctype", b"<html"))


class HtmxLoginMiddleware:
    """Send an htmx request that needs a log-in, or comes from another person's page, to a whole page.

    htmx follows a redirect by itself and would put the log-in page into a card. The way back leads to
    the page that the person was on, not to the fragment. A page says whose it is (`x-user`, templates/base.html):
    when somebody else has logged in in another tab, nothing is done in the wrong name and the page loads anew.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.htmx or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            query = urlencode({REDIRECT_FIELD_NAME: page_of(request) or "/"})
            return _whole_page(HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}"))
        if request.headers.get("x-user", str(request.user.pk)) != str(request.user.pk):
            who = full_name(request.user)
            text = gettext("You are logged in as %(name)s now, in all tabs. Nothing was saved.")
            messages.warning(request, text % {"name": who})
            return _whole_page(HttpResponseClientRefresh())
        return None


def page_of(request):
    """Return the path of the page of ours that an htmx request came from, None when it names none."""
    try:
        return request.htmx.current_url_abs_path
    except ValueError:  # That is no address at all.
        return None


def _whole_page(answer):
    """Nothing was done and there is nothing to show: pages (forms.js) keep what was typed."""
    answer.status_code = NO_CONTENT
    return answer


class PersonMiddleware:
    """See to it that readers only read, and that a log-in that is used goes on.

    Whatever sends something is refused to readers, and so is every form (`changes`), unless its view is marked with
    `open_to_readers`; a new view needs nothing for that. What needs no log-in is open to readers, too. The API has
    its own guard (api/authentication.py).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True):
            return
        is_form = getattr(view, "changes", False)
        is_open = getattr(view, "open_to_readers", False)
        if (is_form or request.method not in READING) and not is_open and not accounts.may_write(request.user):
            raise PermissionDenied(str(READERS_READ))
        if getattr(view, "in_background", False):
            return
        # A disk that is full stops no reader.
        with suppress(DatabaseError):
            if request.session.renew():
                accounts.saw(request.user)


def changes(view):
    """Mark a view that shows the form of a change, which who may only read need not see."""
    view.changes = True
    return view


def open_to_readers(view):
    """Mark a view by which people change nothing but their own account."""
    view.open_to_readers = True
    return view


def in_background(view):
    """Mark a view that open pages ask by themselves: that a page is open does not prolong a log-in."""
    view.in_background = True
    return view


class SocketUserMiddleware(AuthMiddleware):
    """Say who opened a socket, by its session; while the database is away, nobody can.

    Channels' own would end every session that began under a key of SECRET_KEY_FALLBACKS.
    """

    async def resolve_scope(self, scope):
        scope["user"]._wrapped = await session_user(scope["session"]) or AnonymousUser()

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        except (OperationalError, InterfaceError) as error:
            fault = failures.fault_of(error)
            if fault is None:
                raise
            logger.warning("A socket could not be opened: %s. %s", " ".join(str(error).split()), fault.advice)
            await send({"type": "websocket.close", "code": TRY_LATER})


@database_sync_to_async
def session_user(session):
    """Return the user of a session, None when it stands for nobody (any more)."""
    backend = session.get(BACKEND_SESSION_KEY)
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(backend).get_user(session[SESSION_KEY])
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    known = session.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(known, one) for one in hashes) else None
