"""The language of a request's user, and what viewers may not do."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy

from . import actions, languages, users

READING = {"GET", "HEAD", "OPTIONS"}
VIEWERS_READ_ONLY = gettext_lazy("You can view everything here, but not change it. Ask an admin for access.")

type GetResponse = Callable[[HttpRequest], HttpResponse]
type View = Callable[..., HttpResponse]


class LanguageMiddleware:
    """Let the board's pages speak their reader's language (`languages`), and all else English.

    The API's clients know its words, and the log is of one language. Pictures and the preview of the manual are the
    same for everybody, and so are their pages: whatever has a namespace of its own needs no log-in, or is the API.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
        if hasattr(request, "LANGUAGE_CODE"):
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            patch_vary_headers(response, ["Accept-Language"])
        return response

    def process_view(self, request: HttpRequest, view: View, args: object, kwargs: object) -> None:
        if getattr(view, "login_required", True):
            languages.activate_language(request)
        elif not cast(ResolverMatch, request.resolver_match).namespaces:
            languages.activate_browser_language(request)


class PersonMiddleware:
    """See to it that readers only read, and that a log-in that is used goes on.

    Whatever sends something is refused to readers, and so is every form (`changes`), unless its view is marked with
    `open_to_readers`; a new view needs nothing for that. What needs no log-in is open to readers, too. The API has
    its own guard (api/authentication.py).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: View, args: object, kwargs: object) -> None:
        if not getattr(view, "login_required", True):
            return
        is_form = getattr(view, "changes", False)
        is_open = getattr(view, "open_to_readers", False)
        if (is_form or request.method not in READING) and not is_open and not users.may_write(request.user):
            raise PermissionDenied(str(VIEWERS_READ_ONLY))
        if getattr(view, "in_background", False):
            return
        # A disk that is full stops no reader.
        with suppress(DatabaseError):
            if request.session.renew():
                actions.mark_seen(request.user)


def changes[V: View](view: V) -> V:
    """Mark a view that shows the form of a change, which who may only read need not see."""
    cast(Any, view).changes = True
    return view


def open_to_readers[V: View](view: V) -> V:
    """Mark a view by which people change nothing but their own account."""
    cast(Any, view).open_to_readers = True
    return view


def in_background[V: View](view: V) -> V:
    """Mark a view that open pages ask by themselves: that a page is open does not prolong a log-in."""
    cast(Any, view).in_background = True
    return view
