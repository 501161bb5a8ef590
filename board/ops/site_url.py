"""The address of this installation, for links that leave it."""

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
    """Return the address for links in mails, invitations and webhooks, without a slash at its end.

    That is `SITE_URL`, which no client can influence; only without it the host that the request asked for.
    """
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


def set_script_name() -> None:
    """Let `reverse` prefix URLs with FORCE_SCRIPT_NAME in this thread, which serves no request."""
    set_script_prefix(f"{settings.FORCE_SCRIPT_NAME or ''}/")


def server_urls() -> list[str]:
    """Return the addresses at which a server with these settings is reached, the best one to pass on first."""
    if settings.SITE_URL:
        return [settings.SITE_URL]
    return [f"http://{host}:{settings.PORT}" for host in settings.LISTENING_HOSTS]


def note_server() -> None:
    """Remember at which address this process serves, for commands that are started with other settings."""
    with suppress(OSError):
        _note().write_text(server_urls()[0])


def running_url() -> str:
    """Return the address of the server that runs on this database and machine, else the one of the settings."""
    with suppress(OSError, ValueError):
        url = _note().read_text()
        parts = urlsplit(url)
        if not settings.SITE_URL and _answers(parts.hostname, parts.port):
            return url
    return server_urls()[0]


def _answers(host: str | None, port: int | None) -> bool:
    with socket.create_connection((host, port or 80), timeout=1):
        return True


def _note() -> Path:
    """Return the file that names the server's address: beside an SQLite database, else in the folder var/."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return Path(f"{database['NAME']}.address")
    digest = hashlib.sha256(f"{database['HOST']} {database['PORT']} {database['NAME']}".encode()).hexdigest()
    return settings.VAR_DIR / f"{digest[:8]}.address"
