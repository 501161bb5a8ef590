"""What every template is told."""

from django.conf import settings
from django.http import HttpRequest


def cookies(request: HttpRequest) -> dict[str, str | None]:
    """Return the colours that this browser chose, and the name of the cookie that scripts read."""
    return {
        "theme": request.COOKIES.get(settings.THEME_COOKIE_NAME),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
