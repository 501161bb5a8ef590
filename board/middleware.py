from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from . import problems
from .templatetags.people import full_name

NO_CONTENT = 204


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
            page = request.htmx.current_url_abs_path or "/"
            query = urlencode({REDIRECT_FIELD_NAME: page})
            return _whole_page(HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}"))
        if request.headers.get("x-user", str(request.user.pk)) != str(request.user.pk):
            who = full_name(request.user)
            messages.warning(request, f"You are logged in as {who} now, in all tabs. Nothing was saved.")
            return _whole_page(HttpResponseClientRefresh())
        return None


def _whole_page(answer):
    """Nothing was done and there is nothing to show: pages (forms.js) keep what was typed."""
    answer.status_code = NO_CONTENT
    return answer
