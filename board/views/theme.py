"""The choice of colours."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from board.accounts.middleware import open_to_readers
from board.accounts.users import UserRequest

A_YEAR = 365 * 24 * 60 * 60


@open_to_readers
@require_POST
def theme(request: UserRequest) -> HttpResponse:
    """Remember for a year in which colours this browser shows the pages; "system" is not to remember any."""
    choice = request.POST.get("theme")
    here = request.POST.get("back", "")
    # A name without a slash would be taken for the name of a route.
    is_ours = here.startswith("/") and url_has_allowed_host_and_scheme(here, None)
    response: HttpResponse
    if request.htmx:
        response = render(request, "theme.html#switch", {"theme": choice, "back": here})
    else:
        response = redirect(here if is_ours else "home")
    if choice in ("light", "dark"):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            settings.THEME_COOKIE_NAME, choice, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    return response
