"""What a load balancer or a monitor asks: is the process alive, and can it do its work?"""

import logging
import time
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from board.history import log
from board.live.hub import hub

logger = logging.getLogger(__name__)

# A hub looks once a second; one that did not for so long does not come back by itself.
HUB_IS_DEAD_AFTER = 30
REDIS_TIMEOUT = 1


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that the process is alive, without touching the database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether requests may be sent here: 200 "ready" or "degraded", 503 "stopping" or "unavailable".

    Degraded is a Redis that is away: changes of other processes are then seen within a second instead of at once.
    """
    checks = {"database": _database(), "hub": _hub(), "redis": _redis()}
    if hub.is_stopping:
        status = "stopping"
    elif checks["database"] != "ok" or checks["hub"] == "dead":
        status = "unavailable"
    else:
        status = "degraded" if checks["redis"] == "away" else "ready"
    answer = {"status": status, **checks}
    return JsonResponse(answer, status=200 if status in ("ready", "degraded") else 503)


def _database() -> str:
    try:
        if known_migrations() - MigrationRecorder(connection).applied_migrations().keys():
            return "to be migrated"
        log.newest_number()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Not ready, the database does not answer: %s", error)
        return "away"
    return "ok"


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the set of (app, name) of this release, read from its files once."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _hub() -> str:
    if hub.polled_at is None:
        return "not started"
    return "ok" if time.monotonic() - hub.polled_at < HUB_IS_DEAD_AFTER else "dead"


def _redis() -> str:
    if not settings.REDIS_URL:
        return "none"
    import redis  # takes long to load, and most have none

    options = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
    try:
        with redis.from_url(settings.REDIS_URL, **options) as client:
            client.ping()
    except redis.RedisError:
        return "away"
    return "ok"
