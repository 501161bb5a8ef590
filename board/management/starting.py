"""What comes before a process serves, whatever the server: an address that is free and a database that is up to date."""

import logging
import os
import resource
import socket
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from board.accounts import throttling
from board.ops import db_errors, instance_lock

logger = logging.getLogger(__name__)

# Two thousand sockets (registry.CONNECTIONS), as many requests, and what the process needs itself.
ENOUGH_FILES = 8192


def allow_many_connections() -> None:
    """Raise the process's limit of open files, each connection being one, as far as is allowed and of use."""
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


def refuse_taken_port(host: str, port: int) -> None:
    """Raise `CommandError` when the address cannot be listened on."""
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
    """Collect scripts and styles if nobody has: without them no page can be made."""
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


def take_up_database(command: BaseCommand, **migrate: Any) -> None:
    """Count as a process that serves the database, check it, and call `migrate` with these options.

    Raises `CommandError` with one sentence when the database cannot be used or others use it.
    """
    try:
        has_others = instance_lock.acquire()
        # The reloader of DEBUG starts this command anew beside itself: the other process is its own.
        refuse_unheard_company(has_others and not os.environ.get(DJANGO_AUTORELOAD_ENV))
        command.check()
        call_command("migrate", verbosity=0, **migrate)
        if throttling.passes_unknown_proxy():
            logger.warning(throttling.UNKNOWN_PROXY)
    except instance_lock.InUseError as error:
        raise CommandError(str(error)) from None
    except OperationalError as error:
        fault = db_errors.fault_of(error)
        advice = f". {fault.advice}" if fault else ""
        said = " ".join(str(error).split())
        raise CommandError(f"Can't use the database in DATABASE_URL: {said}{advice}") from None


def refuse_unheard_company(has_others: bool) -> None:
    """Raise `CommandError` when another process serves the same database and neither hears the other."""
    if has_others and not settings.REDIS_URL:
        raise CommandError(
            "Another process is serving this database. Set REDIS_URL for both, or stop the other one."
        )
