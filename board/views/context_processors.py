"""What every template is told."""

from django.conf import settings


def cookies(request):
    """Return the colours that this browser chose, and the name of the cookie that scripts read."""
    return {
        "theme": request.COOKIES.get(settings.THEME_COOKIE_NAME),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
