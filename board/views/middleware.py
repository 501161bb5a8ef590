"""Middleware for security headers, trailing slashes, and htmx."""

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
    """Sets security headers, and prevents caching of responses to logged-in users."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        # Other sites may embed images and files.
        is_public = "Access-Control-Allow-Origin" in response
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_public else "same-origin"
        if settings.SESSION_COOKIE_NAME in request.COOKIES and has_vary_header(response, "Cookie"):
            response["Cache-Control"] = "no-store"
        return response


class PermanentRedirect(HttpResponsePermanentRedirect):
    """A redirect that preserves the method and body (308)."""

    status_code = HttpResponsePermanentRedirect.status_code_preserve_request


class SlashMiddleware(CommonMiddleware):
    """Django's `CommonMiddleware` with redirects to a trailing slash for all methods."""

    response_redirect_class = PermanentRedirect

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        # Django raises an error for POST when DEBUG is set, because its redirect would lose the body.
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))


class HtmxErrorMiddleware:
    """Turns error responses to htmx into fragments, so that htmx doesn't swap a whole page in place of a card."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "HX-Request" not in request.headers or response.status_code < 400 or _is_fragment(response):
            return response
        fragment = error_views.error_fragment(response.status_code)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response:
                fragment[name] = response[name]
        fragment.cookies = response.cookies
        return fragment


def _is_fragment(response: HttpResponseBase) -> bool:
    start = response.content.lstrip()[:9].lower() if isinstance(response, HttpResponse) else b""
    return bool(start) and not start.startswith((b"<!doctype", b"<html"))


class HtmxLoginMiddleware:
    """Redirects or reloads the whole page for an htmx request without a log-in, or from another user's page.

    htmx would follow a normal redirect and swap the log-in page into a card. After logging in, the user returns to the
    page, not to the fragment. Each page sends its user's id as `x-user` (templates/base.html). If another user has
    logged in since, in another tab, the request is rejected and the page reloads.
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
    """Return the path of the page that an htmx request came from, or None if the header is missing or invalid."""
    try:
        path: str | None = request.htmx.current_url_abs_path
    except ValueError:
        return None
    return path


def _whole_page[R: HttpResponse](response: R) -> R:
    """Set the status 204, with which htmx swaps nothing and forms keep their input (forms.js)."""
    response.status_code = NO_CONTENT
    return response
