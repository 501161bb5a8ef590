"""Context processors."""

from django.conf import settings
from django.http import HttpRequest


def cookies(request: HttpRequest) -> dict[str, str | None]:
    """Return the theme chosen in this browser, and the name of the CSRF cookie for scripts."""
    return {
        "theme": request.COOKIES.get(settings.THEME_COOKIE_NAME),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
