"""How often somebody may ask: `DEFAULT_THROTTLE_RATES` in config/settings.py, a number of requests per second, minute, …

Each count is one key of the cache, for one stretch of time, and counting is one step of the cache: processes that share
a Redis share the counts. When the cache is away, everybody may ask.
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
    """At most so many of one kind, of one `who` (any text), in one stretch of time."""

    def __init__(self, kind: str, who: str) -> None:
        number, period = str(api_settings.DEFAULT_THROTTLE_RATES[kind]).split("/")
        self.limit, self.seconds = int(number), SECONDS[period[0]]
        stretch = int(time.time() // self.seconds)
        self.key = f"{kind}.{sha256(who.encode(errors='surrogatepass')).hexdigest()}.{stretch}"

    def count(self) -> int:
        """Count one more and return how many there are, 0 when the cache is away."""
        return _or_zero(self._count)

    def _count(self) -> int:
        cache.add(self.key, 0, self.seconds * 2)
        return cache.incr(self.key)

    def is_used_up(self) -> bool:
        return _or_zero(lambda: int(cache.get(self.key, 0))) >= self.limit

    def wait(self) -> int:
        """Return the seconds, at least one, until the next stretch begins."""
        return max(1, self.seconds - int(time.time() % self.seconds))


def _or_zero(ask: Callable[[], int]) -> int:
    """Return `ask()`, or 0 when the cache is away: its errors have no class in common, and a lost key is a ValueError."""
    try:
        return ask()
    except Exception as error:
        logger.warning("Requests are not throttled because the cache is unavailable: %s", error)
        return 0


class ClientThrottle(BaseThrottle):
    """Counts the requests of a token or else a person, and of an address when nobody is signed in."""

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
    """Return the address that a request came from: of IPv6 the network, since each host has many addresses there.

    What a client says in X-Forwarded-For counts only as far as our own proxies (`NUM_PROXIES`) wrote it.
    """
    text = BaseThrottle().get_ident(request) or ""
    try:
        ip = ip_address(text)
    except ValueError:
        return text
    return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else text
