"""The choice of the colour theme."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from board.accounts.middleware import allow_viewers
from board.accounts.users import UserRequest

A_YEAR = 365 * 24 * 60 * 60


@allow_viewers
@require_POST
def theme(request: UserRequest) -> HttpResponse:
    """Store the theme in a cookie for a year. "system" deletes the cookie."""
    choice = request.POST.get("theme")
    back = request.POST.get("back", "")
    # `redirect` would interpret a name without a slash as a URL pattern name.
    is_safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    response: HttpResponse
    if request.htmx:
        response = render(request, "theme.html#switch", {"theme": choice, "back": back})
    else:
        response = redirect(back if is_safe else "home")
    if choice in ("light", "dark"):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            settings.THEME_COOKIE_NAME, choice, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    return response
