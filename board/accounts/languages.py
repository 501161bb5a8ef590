"""The language of a request: the one chosen in the profile, else the browser's, else English."""

from typing import Any

from django.conf import settings
from django.utils import translation

from . import users


def activate_language(request: Any) -> None:
    """Activate the user's language for the rest of this request, or the browser's if nobody is logged in."""
    activate_browser_language(request)
    # The browser's language comes first, because loading the user may fail.
    if request.user.is_authenticated:
        chosen = supported_language(users.profile_of(request.user).language)
        translation.activate(chosen or request.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language()


def activate_browser_language(request: Any) -> None:
    """Activate the browser's language for the rest of this request."""
    translation.activate(translation.get_language_from_request(request))
    request.LANGUAGE_CODE = translation.get_language()


def supported_language(code: str) -> str:
    """Return the code if it is a language in the settings, else ""."""
    return code if code in dict(settings.LANGUAGES) else ""
