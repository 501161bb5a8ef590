from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect


class HtmxLoginMiddleware:
    """Send an htmx request that needs a log-in to the log-in page as a whole page.

    htmx follows a redirect by itself and would put the log-in page into a card. The way back leads to
    the page that the person was on, not to the fragment.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.htmx or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        page = request.htmx.current_url_abs_path or "/"
        login = resolve_url(settings.LOGIN_URL)
        return HttpResponseClientRedirect(f"{login}?{urlencode({REDIRECT_FIELD_NAME: page})}")
