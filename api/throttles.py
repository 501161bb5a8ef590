"""Throttling of requests by the rates in `DEFAULT_THROTTLE_RATES`: a number of requests per second, minute, hour or day.

Processes that share a Redis share the counts. If the cache is unavailable, requests are not throttled.
"""

import logging
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports the classes of the settings, these among them

logger = logging.getLogger(__name__)


class CountingThrottle(SimpleRateThrottle):
    """A throttle with one counter per client and period, which is incremented atomically.

    With REST framework's list of times, parallel requests overwrite each other's: of 600 allowed, 8 threads got 1,093.
    """

    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: "APIView") -> bool:
        key = self.get_cache_key(request, view)
        if key is None:
            return True
        key = f"{key}_{int(self.timer() // self.duration)}"
        # The errors of caches have no common base class.
        try:
            self.cache.add(key, 0, self.duration * 2)
            return bool(self.cache.incr(key) <= self.num_requests)
        except Exception as error:
            logger.warning("Requests are not throttled because the cache is unavailable: %s", error)
            return True

    def wait(self) -> float:
        """Return the seconds until the next period begins, at least one."""
        return max(1.0, self.duration - self.timer() % self.duration)


class ClientThrottle(CountingThrottle):
    """Counts requests of authenticated clients by token, else by user."""

    scope = "client"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not request.user.is_authenticated:
            return None
        token = getattr(request.auth, "pk", None)
        ident = f"token_{token}" if token else f"user_{request.user.pk}"
        return self.cache_format % {"scope": self.scope, "ident": ident}


class AddressThrottle(CountingThrottle, AnonRateThrottle):
    """Counts requests of other clients by IP address. For IPv6 it is the /64 network, because a host has many addresses.

    X-Forwarded-For counts only as far as our own proxies (`NUM_PROXIES`) wrote it.
    """

    scope = "address"

    def get_ident(self, request: Request) -> str:
        try:
            ip = ip_address(super().get_ident(request) or "")
        except ValueError:
            return "unknown"
        return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)
