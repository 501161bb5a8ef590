"""Which language somebody reads: the one chosen in the profile, else the browser's, else English."""

from typing import Any

from django.conf import settings
from django.utils import translation

from . import users


def activate_language(request: Any) -> None:
    """Let the rest of this request be in the person's language; who is not logged in has the browser's."""
    activate_browser_language(request)
    # The browser's first: looking up the person may fail.
    if request.user.is_authenticated:
        chosen = supported_language(users.profile_of(request.user).language)
        translation.activate(chosen or request.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language()


def activate_browser_language(request: Any) -> None:
    """Let the rest of this request be in the language that the browser asks for."""
    translation.activate(translation.get_language_from_request(request))
    request.LANGUAGE_CODE = translation.get_language()


def supported_language(code: str) -> str:
    """Return a language's code if we have that language, else ""."""
    return code if code in dict(settings.LANGUAGES) else ""
