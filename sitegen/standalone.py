"""Django for sitegen alone, and the preview that it serves: one process, no database, no sessions."""

import secrets
import socket
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.csp import CSP

WILDCARDS = ("0.0.0.0", "::")  # every address of the machine


def serve(folder: str | Path, host: str, port: int, drafts: bool, future: bool) -> str | None:
    """Show the site of `folder` at http://host:port/ until interrupted; return why not, if so."""
    folder = Path(folder).resolve()
    if not folder.is_dir():
        return f"{folder}: is not a folder"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        return f"Port {port} can't be had ({reason}): name another with --port."
    hosts = ["*"] if host in WILDCARDS else [host]
    configure(hosts, SITE_PAGES=folder, SITE_LIVE=True, SITE_DRAFTS=drafts, SITE_FUTURE=future)
    run(host, port, lambda: print(f"{folder} is at {addresses(host, port)} (Ctrl-C ends it)", flush=True))
    return None


def addresses(host: str, port: int) -> str:
    """Return where a browser finds the preview: here, and on other machines where it listens to them."""
    if host in WILDCARDS:
        return f"http://127.0.0.1:{port}/, and for others at http://{socket.gethostname()}:{port}/"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(host: str, port: int, ready: Callable[[], None]) -> None:
    # Daphne puts its event loop in place when it is imported; the application needs Django set up.
    from channels.routing import ProtocolTypeRouter, URLRouter
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server
    from django.core.asgi import get_asgi_application

    from .live import websocket_urlpatterns

    application = ProtocolTypeRouter(
        {"http": get_asgi_application(), "websocket": URLRouter(websocket_urlpatterns)}
    )
    endpoints = build_endpoint_description_strings(host=host, port=port)
    Server(application, endpoints=endpoints, ready_callable=ready).run()


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
