"""Error pages, and for htmx the fragment board/error_message.html of at most 2 KB.

The handlers are configured in config/urls.py and settings.CSRF_FAILURE_VIEW. `HtmxErrorMiddleware` turns all other
error responses to htmx into fragments.
"""

import sys
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from board.accounts.languages import activate_language
from board.ops import db_errors

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLES = {400: _("Invalid request"), 403: _("No access"), 404: _("Not found")}
REASONS = {
    400: _("The URL or the form is invalid."),
    401: _("You are no longer logged in. Reload the page."),
    403: _("You don't have permission to do that."),
    404: _("This page doesn't exist."),
    405: _("You can't do that here."),
    409: _("Someone else changed this in the meantime. Nothing was saved."),
    412: _("Someone else changed this in the meantime. Nothing was saved."),
    413: _("That is too large. Nothing was saved."),
    429: _("Too many requests. Nothing was saved. Try again in a moment."),
    500: _("Something went wrong. Nothing was saved. The error is in the server log."),
    503: _("The server is busy or restarting. Nothing was saved. Try again in a moment."),
}
EXPIRED = _("You logged in again after this page was loaded. Reload it and try again.")
LONGEST = 500
LONGEST_HOST = 100


def error_fragment(status: int, reason: "StrOrPromise" = "") -> HttpResponse:
    """Return an error response for htmx. The default reason is the meaning of the status."""
    other = gettext("That didn't work: %(status)s.") % {"status": HTTPStatus(status).phrase.lower()}
    reason = reason or REASONS.get(status, other)
    html = render_to_string("board/error_message.html", {"reason": Truncator(str(reason)).chars(LONGEST)})
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_response(request, 400, unknown_host(request))


def unknown_host(request: HttpRequest) -> str:
    """Return how to allow the host of a request, or "" if it is allowed."""
    with suppress(DisallowedHost):
        request.get_host()
        return ""
    host = Truncator(request.META.get("HTTP_HOST", "")).chars(LONGEST_HOST)
    text = gettext(
        "This server doesn't accept requests for the host “%(host)s”. If it should, add the "
        "host to ALLOWED_HOSTS (in the environment or in .env) and restart Lightboard."
    )
    return text % {"host": host}


def no_access(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_response(request, 403, _message_of(exception))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    is_log_in = request.path == resolve_url("login") and reason != REASON_NO_CSRF_COOKIE
    if hasattr(request, "user") and not _is_htmx(request) and (is_log_in or request.path == resolve_url("logout")):
        return _redirect_expired_form(request)
    return _error_response(request, 403, EXPIRED)


def _redirect_expired_form(request: HttpRequest) -> HttpResponse:
    """Redirect a log-in or log-out form that expired because of a log-in in another tab.

    A logged-in user gets to the requested page, others to the log-in form.
    """
    activate_language(request)
    if request.path == resolve_url("logout"):
        if request.user.is_authenticated:
            messages.warning(request, gettext("You logged in again in another tab. To log out, try again."))
        return redirect("home")
    page = request.POST.get(REDIRECT_FIELD_NAME, "")
    if not url_has_allowed_host_and_scheme(page, request.get_host(), request.is_secure()):
        page = resolve_url("home")
    if request.user.is_authenticated:
        return HttpResponseRedirect(page)
    messages.warning(request, gettext("This page has expired. Log in again."))
    return redirect(f"{resolve_url('login')}?{urlencode({REDIRECT_FIELD_NAME: page})}")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_response(request, 404, _message_of(exception))


def _message_of(exception: Exception) -> str:
    """Return the message that the view raised, or ""."""
    return exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""


def _error_response(request: HttpRequest, status: int, reason: "StrOrPromise" = "") -> HttpResponse:
    # `LanguageMiddleware` only sets the language of requests that reach a view.
    if hasattr(request, "user"):
        activate_language(request)
    if _is_htmx(request):
        return error_fragment(status, reason)
    context = {"status": status, "title": TITLES[status], "reason": reason or REASONS[status]}
    return render(request, "error.html", context, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handle an uncaught exception (Django's handler500). A `DatabaseFault` gets its own status and message."""
    error = sys.exception()
    fault = db_errors.fault_of(error) if error else None
    if error is None or fault is None:
        return defaults.server_error(request)
    db_errors.report(fault, error)
    template = "board/error_message.html" if _is_htmx(request) else "503.html"
    context = {"reason": fault.reason, "status": fault.status}
    # No request, because the context processors would query the database for the user.
    response = render(None, template, context, status=fault.status)
    response["Retry-After"] = db_errors.RETRY_AFTER
    return response


def _is_htmx(request: HttpRequest) -> bool:
    # The error may be raised before the middleware that sets `request.htmx`.
    return "HX-Request" in request.headers
