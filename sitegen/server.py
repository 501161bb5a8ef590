"""The preview in one process of its own: no project, no database."""

import socket
from collections.abc import Callable
from pathlib import Path

from .standalone import configure

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
        return f"Port {port} can't be used ({error.strerror}): name another with --port."
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
        {
            "http": get_asgi_application(),
            "websocket": URLRouter(websocket_urlpatterns),
        }
    )
    endpoints = build_endpoint_description_strings(host=host, port=port)
    Server(application, endpoints=endpoints, ready_callable=ready).run()
