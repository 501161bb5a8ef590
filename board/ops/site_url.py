"""The public URL of this installation."""

import hashlib
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import set_script_prefix


def site_url(request: HttpRequest) -> str:
    """Return the base URL for links in emails, invitations and webhooks, without a trailing slash.

    This is `SITE_URL`, which clients can't influence. Only if it isn't set, the host of the request is used.
    """
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


def set_script_name() -> None:
    """Make `reverse` prefix URLs with FORCE_SCRIPT_NAME in a thread that handles no request."""
    set_script_prefix(f"{settings.FORCE_SCRIPT_NAME or ''}/")


def server_urls() -> list[str]:
    """Return the URLs of a server with these settings, the preferred one first."""
    if settings.SITE_URL:
        return [settings.SITE_URL]
    return [f"http://{host}:{settings.PORT}" for host in settings.LISTENING_HOSTS]


def save_server_url() -> None:
    """Save the URL of this server for commands that are started with other settings."""
    with suppress(OSError):
        _url_file().write_text(server_urls()[0])


def running_url() -> str:
    """Return the URL of the server that runs for this database on this machine, else the one in the settings."""
    with suppress(OSError, ValueError):
        url = _url_file().read_text()
        parts = urlsplit(url)
        if not settings.SITE_URL and _can_connect(parts.hostname, parts.port):
            return url
    return server_urls()[0]


def _can_connect(host: str | None, port: int | None) -> bool:
    with socket.create_connection((host, port or 80), timeout=1):
        return True


def _url_file() -> Path:
    """Return the path of the file with the server's URL: beside an SQLite database, else in the data folder."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return Path(f"{database['NAME']}.address")
    digest = hashlib.sha256(f"{database['HOST']} {database['PORT']} {database['NAME']}".encode()).hexdigest()
    return settings.DATA_DIR / f"{digest[:8]}.address"
