"""Headers of every page, redirects to the final slash, and responses to htmx."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import (
    REDIRECT_FIELD_NAME,
)
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.shortcuts import resolve_url
from django.utils.cache import has_vary_header
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from board.templatetags.people import full_name

from . import error_views

NO_CONTENT = 204

type GetResponse = Callable[[HttpRequest], HttpResponseBase]


class BrowserPolicyMiddleware:
    """Tell browsers what our pages never need, and to keep nothing that was meant for somebody who is logged in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        # Pictures and files are for the pages of others, too.
        is_for_all = "Access-Control-Allow-Origin" in response
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_for_all else "same-origin"
        if settings.SESSION_COOKIE_NAME in request.COOKIES and has_vary_header(response, "Cookie"):
            response["Cache-Control"] = "no-store"
        return response


class PermanentRedirect(HttpResponsePermanentRedirect):
    """A redirect that keeps the method and the body: 308."""

    status_code = HttpResponsePermanentRedirect.status_code_preserve_request


class SlashMiddleware(CommonMiddleware):
    """Django's own. An address without its last slash leads to the one with it, whatever the method."""

    response_redirect_class = PermanentRedirect

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        # Django's own raises for a POST in development, since its redirect would lose the body.
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))


class HtmxErrorMiddleware:
    """Answer a failing htmx request with a small piece: never with a page, or with nothing, in the place of a card."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "HX-Request" not in request.headers or response.status_code < 400 or _is_piece(response):
            return response
        piece = error_views.piece(response.status_code)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response:
                piece[name] = response[name]
        piece.cookies = response.cookies
        return piece


def _is_piece(response: HttpResponseBase) -> bool:
    start = response.content.lstrip()[:9].lower() if isinstance(response, HttpResponse) else b""
    return bool(start) and not start.startswith((b"<!doctype", b"<html"))


class HtmxLoginMiddleware:
    """Send an htmx request that needs a log-in, or comes from another person's page, to a whole page.

    htmx follows a redirect by itself and would put the log-in page into a card. The way back leads to
    the page that the person was on, not to the fragment. A page says whose it is (`x-user`, templates/base.html):
    when somebody else has logged in in another tab, nothing is done in the wrong name and the page loads anew.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not request.htmx or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            query = urlencode({REDIRECT_FIELD_NAME: page_of(request) or "/"})
            return _whole_page(HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}"))
        if request.headers.get("x-user", str(request.user.pk)) != str(request.user.pk):
            who = full_name(request.user)
            text = gettext("You are now logged in as %(name)s in all tabs. Nothing was saved.")
            messages.warning(request, text % {"name": who})
            return _whole_page(HttpResponseClientRefresh())
        return None


def page_of(request: Any) -> str | None:
    """Return the path of the page of ours that an htmx request came from, None when it names none."""
    try:
        path: str | None = request.htmx.current_url_abs_path
    except ValueError:  # That is no address at all.
        return None
    return path


def _whole_page[R: HttpResponse](response: R) -> R:
    """Nothing was done and there is nothing to show: pages (forms.js) keep what was typed."""
    response.status_code = NO_CONTENT
    return response
