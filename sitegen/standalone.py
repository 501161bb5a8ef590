"""Django's settings for sitegen alone: one process, no database, no sessions."""

import secrets
from collections.abc import Sequence
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.utils.csp import CSP


def configure(hosts: Sequence[str] = (), **pages: object) -> None:
    """Set Django up to build and preview one site, unless a project has set it up already.

    `hosts` are names under which the preview is reached, and `pages` settings that begin with SITE_.
    """
    if settings.configured:
        return
    settings.configure(
        DEBUG=False,
        SECRET_KEY=secrets.token_urlsafe(50),  # signs nothing that outlives the process
        ALLOWED_HOSTS=[
            "localhost",
            "127.0.0.1",
            "[::1]",
            *(f"[{host}]" if ":" in host else host for host in hosts),
        ],
        INSTALLED_APPS=["sitegen", *optional_apps()],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.csp.ContentSecurityPolicyMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        ROOT_URLCONF="sitegen.standalone_urls",
        SECURE_REFERRER_POLICY="strict-origin-when-cross-origin",  # what browsers do: players of videos ask for it
        USE_TZ=True,
        TIME_ZONE="UTC",
        SECURE_CSP={"default-src": [CSP.SELF]},  # of explained errors; pages have the policy of their site
        **pages,
    )
    apps.populate(settings.INSTALLED_APPS)  # the rest of django.setup() takes a tenth of a second


def optional_apps() -> list[str]:
    """Return the apps that pages can use where they are there too: the one that draws pictures."""
    return ["placeholder"] if find_spec("placeholder") and find_spec("placeholder.urls") else []
