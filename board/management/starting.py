"""Steps before a server starts: file limits, a free port, static files, and an up-to-date database."""

import logging
import os
import resource
import socket

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from board.accounts import throttling
from board.ops import db_errors, instance_lock

logger = logging.getLogger(__name__)

# For two thousand sockets (registry.CONNECTIONS), as many requests, and the process's own files.
ENOUGH_FILES = 8192


def allow_many_connections() -> None:
    """Raise the process's limit of open files as far as needed and allowed. Each connection is a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(ENOUGH_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
        soft = enough
    if soft != resource.RLIM_INFINITY and soft < ENOUGH_FILES:
        logger.warning(
            "This process can open only %s files, and each connection needs one. Raise the limit to %s (ulimit -n, LimitNOFILE).",
            soft,
            ENOUGH_FILES,
        )


def check_port(host: str, port: int) -> None:
    """Raise `CommandError` if the address can't be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Can't listen on port {port} of {host} ({error.strerror}). "
                "Stop the program that uses it, or set PORT to another one."
            ) from None


def collect_static_files() -> None:
    """Collect static files if there are none. Pages can't be rendered without them."""
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


def prepare_database(command: BaseCommand, *, migrate: bool) -> None:
    """Acquire the instance lock, run the system checks, and migrate, or check that nothing has to be migrated.

    Raises `CommandError` if the database can't be used, is in use, or is not up to date.
    """
    try:
        has_others = instance_lock.acquire()
        # With DEBUG, the other process may be the autoreloader, which runs this command in a child process.
        require_redis(has_others and not os.environ.get(DJANGO_AUTORELOAD_ENV))
        command.check()
        call_command("migrate", verbosity=0, check_unapplied=not migrate)
        if throttling.passes_unknown_proxy():
            logger.warning(throttling.UNKNOWN_PROXY)
    except SystemExit:
        raise CommandError(
            "The database is not up to date. Run manage.py migrate once, for all processes."
        ) from None
    except instance_lock.InUseError as error:
        raise CommandError(str(error)) from None
    except OperationalError as error:
        fault = db_errors.fault_of(error)
        advice = f". {fault.advice}" if fault else ""
        message = " ".join(str(error).split())
        raise CommandError(f"Can't use the database in DATABASE_URL: {message}{advice}") from None


def require_redis(has_others: bool) -> None:
    """Raise `CommandError` if another process serves the same database and there is no Redis to connect them."""
    if has_others and not settings.REDIS_URL:
        raise CommandError(
            "Another process is serving this database. Set REDIS_URL for both, or stop the other one."
        )


def notify_systemd() -> None:
    """Tell systemd that this process is ready, if it was started with Type=notify. For the protocol see sd_notify(3)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(b"READY=1", address.replace("@", "\0", 1))
