"""Context processors."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from board.components import bell_of


def cookies(request: HttpRequest) -> dict[str, str | None]:
    """Return the theme chosen in this browser, and the name of the CSRF cookie for scripts."""
    return {
        "theme": request.COOKIES.get(settings.THEME_COOKIE_NAME),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }


def bell(request: HttpRequest) -> dict[str, Any]:
    """Return the bell of the user, which is counted only if a template shows it."""
    return {"bell": SimpleLazyObject(lambda: bell_of(cast(int, request.user.pk)))}
