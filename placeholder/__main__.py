"""The placeholder image service on its own: a Django project in one file, without a database or sessions.

    python -m placeholder runserver            on HOST and PORT, or on what is given here
    uvicorn placeholder.__main__:application   or any other server, ASGI or WSGI

Settings come from the environment; docs/placeholder.md lists them.
"""

import inspect
import re
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.utils import get_random_secret_key
from django.utils.csp import CSP
from environs import Env, EnvError, ValidationError, validate

# A name, which may start with a dot for its subdomains, or an IP address, one of version 6 in brackets.
HOST_PATTERN = re.compile(
    r"\*|\.?(\b[a-z\d-]+\b\.)*(?!\d+$)\b[a-z\d-]+\b|((25[0-5]|(2[0-4]|1?\d)?\d)(\.\b|$)){4}|\[[\da-f]*:[\da-f:.]+]",
    re.ASCII | re.IGNORECASE,
)


def validate_hosts(hosts: Sequence[str]) -> None:
    """Raise `ValidationError` for a host that no request can have."""
    if wrong := [host for host in hosts if not HOST_PATTERN.fullmatch(host)]:
        raise ValidationError(f"Must be names such as a.example, without scheme, port or path, not {wrong[0]!r}.")


env = Env()
try:
    HOST = env.str("HOST", "127.0.0.1")
    PORT = env.int("PORT", 8000, validate=validate.Range(0, 65535))
    settings.configure(
        DEBUG=env.bool("DEBUG", False),
        # Nothing is signed, so the key need not outlast the process.
        SECRET_KEY=env.str("SECRET_KEY", "") or get_random_secret_key(),
        ALLOWED_HOSTS=env.list(
            "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], subcast=str.strip, validate=validate_hosts
        ),
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx", "placeholder"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.csp.ContentSecurityPolicyMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        STATIC_URL="static/",
        WHITENOISE_USE_FINDERS=True,
        SECURE_CSP={
            "default-src": [CSP.NONE],
            "script-src": [CSP.SELF],
            "style-src": [CSP.SELF],
            "img-src": [CSP.SELF, "data:"],
            "connect-src": [CSP.SELF],
            "form-action": [CSP.SELF],
            "base-uri": [CSP.NONE],
            "frame-ancestors": [CSP.NONE],
        },
        USE_TZ=True,
    )
except EnvError as error:
    raise SystemExit(f"The placeholder service cannot start: {error}") from None

# These read the settings.
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import execute_from_command_line  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views.generic import RedirectView  # noqa: E402

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="placeholder:home")),
    path("", include("placeholder.urls")),
]

wsgi_application = get_wsgi_application()
asgi_application = get_asgi_application()


@inspect.markcoroutinefunction
def application(*arguments: Any, **named: Any) -> Any:
    """The application for ASGI servers (three arguments) and WSGI servers (two)."""
    serve = asgi_application if len(arguments) + len(named) == 3 else wsgi_application
    return serve(*arguments, **named)


def main(arguments: list[str]) -> None:
    """Run a management command. `runserver` without an address uses HOST and PORT."""
    if arguments[1:] == ["runserver"]:
        arguments = [*arguments, f"{HOST}:{PORT}"]
    if "runserver" in arguments and not settings.DEBUG:
        arguments = [*arguments, "--noreload"]
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
