"""Django's settings for sitegen alone: one process, no database, no sessions."""

import json
import secrets
import sys
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.utils.csp import CSP

LEFT_OUT = {"django.core.serializers", "django.core.serializers.json", "django.template.autoreload"}


def configure(**pages: object) -> None:
    """Set Django up to build and preview one site, unless a project has set it up already.

    `pages` are settings that begin with SITE_.
    """
    if settings.configured:
        return
    settings.configure(
        DEBUG=False,
        SECRET_KEY=secrets.token_urlsafe(50),  # signs nothing that outlives the process
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"],
        INSTALLED_APPS=["sitegen", *optional_apps()],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.csp.ContentSecurityPolicyMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        ROOT_URLCONF="sitegen.standalone_urls",
        USE_TZ=True,
        TIME_ZONE="UTC",
        SECURE_CSP={
            "default-src": [CSP.NONE],
            "script-src": [CSP.SELF],
            "style-src": [CSP.SELF],
            "img-src": [CSP.SELF, "data:"],
            "font-src": [CSP.SELF],
            "connect-src": [CSP.SELF],
            "form-action": [CSP.SELF],
            "base-uri": [CSP.NONE],
            "frame-ancestors": [CSP.NONE],
        },
        **pages,
    )
    # All of django.setup() that a build needs: its logging and addresses bring the ORM along, half a build's start.
    apps.populate(settings.INSTALLED_APPS)


def import_templates() -> None:
    """Import Django's templates for a build, without the ORM, forms and checks: a third of a small build's start.

    They come along for an encoder of rows as JSON and for the reloader of `runserver`; a build has neither. Who
    asks for one of these modules before or later gets the real one.
    """
    if sys.modules.keys() & LEFT_OUT:
        return
    stand_ins = {name: ModuleType(name) for name in LEFT_OUT}
    vars(stand_ins["django.core.serializers.json"])["DjangoJSONEncoder"] = PlainEncoder
    sys.modules.update(stand_ins)
    try:
        import django.template.defaulttags  # noqa: F401
    finally:
        for name in LEFT_OUT:
            del sys.modules[name]


class PlainEncoder(json.JSONEncoder):
    """Writes what JSON does not know as text."""

    def default(self, value: object) -> str:
        return str(value)


def optional_apps() -> list[str]:
    """Return the apps that pages can use where they are there too: the one that draws pictures."""
    return ["placeholder"] if find_spec("placeholder") and find_spec("placeholder.urls") else []
