"""Health checks for load balancers and monitoring: liveness and readiness."""

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

# Seconds after which the hub, which polls once a second, is considered dead.
HUB_IS_DEAD_AFTER = 30
REDIS_TIMEOUT = 1


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Respond without using the database: the process is alive."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Return 200 "ready" or "degraded" if this process can handle requests, else 503 "stopping" or "unavailable".

    "degraded" means that Redis is unavailable: changes of other processes appear within a second, not immediately.
    """
    checks = {"database": _database(), "hub": _hub(), "redis": _redis()}
    if hub.is_stopping:
        status = "stopping"
    elif checks["database"] != "ok" or checks["hub"] == "dead":
        status = "unavailable"
    else:
        status = "degraded" if checks["redis"] == "away" else "ready"
    data = {"status": status, **checks}
    return JsonResponse(data, status=200 if status in ("ready", "degraded") else 503)


def _database() -> str:
    try:
        if known_migrations() - MigrationRecorder(connection).applied_migrations().keys():
            return "to be migrated"
        log.newest_number()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Not ready, the database is unavailable: %s", error)
        return "away"
    return "ok"


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the (app, name) of all migrations of this release."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _hub() -> str:
    if hub.polled_at is None:
        return "not started"
    return "ok" if time.monotonic() - hub.polled_at < HUB_IS_DEAD_AFTER else "dead"


def _redis() -> str:
    if not settings.REDIS_URL:
        return "none"
    import redis  # Slow to import, and often not used.

    options = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
    try:
        with redis.from_url(settings.REDIS_URL, **options) as client:
            client.ping()
    except redis.RedisError:
        return "away"
    return "ok"
