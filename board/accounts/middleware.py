"""Middleware for the user's language, the permissions of viewers, and renewal of sessions."""

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

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
VIEWERS_READ_ONLY = gettext_lazy("You can view everything here, but not change it. Ask an admin for access.")

type GetResponse = Callable[[HttpRequest], HttpResponse]
type View = Callable[..., HttpResponse]


class LanguageMiddleware:
    """Activates the user's language (`languages`) for the board's pages, and English for everything else.

    The API and the server log are in English, and so are views without a log-in in a URL namespace (placeholder images
    and the preview of the manual), which are the same for everyone.
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
    """Restricts viewers to reading, and renews sessions that are in use.

    Viewers get 403 for all unsafe methods and for forms (`changes`), unless the view is marked with `allow_viewers`. So
    new views are protected by default. Views without a log-in are open to everyone. The API has its own permission
    (api/permissions.py).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: View, args: object, kwargs: object) -> None:
        if not getattr(view, "login_required", True):
            return
        is_form = getattr(view, "changes", False)
        allows_viewers = getattr(view, "allow_viewers", False)
        is_change = is_form or request.method not in SAFE_METHODS
        if is_change and not allows_viewers and not users.may_write(request.user):
            raise PermissionDenied(str(VIEWERS_READ_ONLY))
        if getattr(view, "in_background", False):
            return
        # Reading must work even if the disk is full.
        with suppress(DatabaseError):
            if request.session.renew():
                actions.mark_seen(request.user)


def changes[V: View](view: V) -> V:
    """Mark a view with a form that changes something, so that viewers get 403 for all methods."""
    cast(Any, view).changes = True
    return view


def allow_viewers[V: View](view: V) -> V:
    """Mark a view that changes nothing but the user's own account or browser."""
    cast(Any, view).allow_viewers = True
    return view


def in_background[V: View](view: V) -> V:
    """Mark a view that open pages request on their own. Such requests don't renew the session."""
    cast(Any, view).in_background = True
    return view
