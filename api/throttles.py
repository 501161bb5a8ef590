"""Throttling of requests by the rates in `DEFAULT_THROTTLE_RATES`: a number of requests per second, minute, hour or day.

Each client has one cache key per period, which is incremented atomically, so processes that share a Redis share the
counts. If the cache is unavailable, requests are not throttled.
"""

import logging
import time
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports the classes of the settings, these among them

logger = logging.getLogger(__name__)

SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


class Rate:
    """The counter of one client in the current period. `client` is any text."""

    def __init__(self, kind: str, client: str) -> None:
        number, period = str(api_settings.DEFAULT_THROTTLE_RATES[kind]).split("/")
        self.limit, self.seconds = int(number), SECONDS[period[0]]
        period_number = int(time.time() // self.seconds)
        self.key = f"{kind}.{sha256(client.encode(errors='surrogatepass')).hexdigest()}.{period_number}"

    def count(self) -> int:
        """Count a request and return the number so far, 0 if the cache is unavailable."""
        return _or_zero(self._count)

    def _count(self) -> int:
        cache.add(self.key, 0, self.seconds * 2)
        return cache.incr(self.key)

    def is_used_up(self) -> bool:
        return _or_zero(lambda: int(cache.get(self.key, 0))) >= self.limit

    def wait(self) -> int:
        """Return the seconds until the next period begins, at least one."""
        return max(1, self.seconds - int(time.time() % self.seconds))


def _or_zero(ask: Callable[[], int]) -> int:
    """Return `ask()`, or 0 if the cache is unavailable. Its errors have no common base class; a lost key is a ValueError."""
    try:
        return ask()
    except Exception as error:
        logger.warning("Requests are not throttled because the cache is unavailable: %s", error)
        return 0


class ClientThrottle(BaseThrottle):
    """Counts requests by token, else by user, else by IP address."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.user.is_authenticated:
            token = getattr(request.auth, "pk", None)
            self.rate = Rate("client", f"token {token}" if token else f"user {request.user.pk}")
        else:
            self.rate = Rate("address", address(request))
        return self.rate.count() <= self.rate.limit

    def wait(self) -> float:
        return self.rate.wait()


def address(request: Request) -> str:
    """Return the IP address of a request. For IPv6 it is the /64 network, because a host has many addresses.

    X-Forwarded-For counts only as far as our own proxies (`NUM_PROXIES`) wrote it.
    """
    text = BaseThrottle().get_ident(request) or ""
    try:
        ip = ip_address(text)
    except ValueError:
        return text
    return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else text
