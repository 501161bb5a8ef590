"""Limits on failed attempts to log in."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext

from board.models import LoginThrottle
from board.text.usernames import key_of

from .client_address import FORWARDING_HEADERS, address_of, network_of, parse_address
from .devices import is_known_device

ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 20
NO_LIMIT = 2**31 - 1
PERIOD = timedelta(hours=1)
UNKNOWN_PROXY_REMEMBERED_FOR = timedelta(days=30)
# A single statement, so that concurrent attempts can't exceed the limit. An expired counter starts again.
COUNT = """
    INSERT INTO board_loginthrottle (key, count, expires_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN board_loginthrottle.expires_at < %s THEN 1 ELSE board_loginthrottle.count + 1 END,
        expires_at = CASE WHEN board_loginthrottle.expires_at < %s THEN excluded.expires_at
            ELSE board_loginthrottle.expires_at END
    WHERE board_loginthrottle.expires_at < %s OR board_loginthrottle.count < %s
    RETURNING count
"""

UNKNOWN_PROXY = (
    "Log-ins come through a proxy, but TRUSTED_PROXIES is 0. Everyone behind the proxy shares its address, so twenty "
    "wrong passwords an hour lock them all out. Set TRUSTED_PROXIES to the number of proxies in a row."
)

logger = logging.getLogger(__name__)

# The key and limit of each counter.
type Limits = Sequence[tuple[str, int]]


class LoginRefused(Exception):
    """A log-in was rejected without regard to the password. The message says why."""


class TooManyAttempts(LoginRefused):
    """The limit of failed attempts is exhausted until the time `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(gettext("Too many attempts. Try again in %(time)s.") % {"time": timeuntil(until)})
        self.until = until


def attempt_limits(request: HttpRequest, username: str) -> list[tuple[str, int]]:
    """Return the counters of a failed log-in as [(key, limit)].

    There is a counter for each account and address, so the owner can't be locked out at other addresses. A known device
    (`remember_device`) has a separate counter, and the address has no limit for it, so its owner can't be locked out
    from the same address either.
    """
    notice_unknown_proxy(request)
    name = key_of(username)
    network = network_of(address_of(request))
    is_known = is_known_device(request, name)
    return [
        (_key("device" if is_known else "account", network, name), ATTEMPTS_PER_ACCOUNT),
        (_key("address", network), NO_LIMIT if is_known else ATTEMPTS_PER_ADDRESS),
    ]


def count_attempts(limits: Limits) -> list[str]:
    """Count an attempt on each counter and return the keys. Raises `TooManyAttempts` at the first exhausted one.

    The attempt stays counted on the counters before that one.
    """
    for key, limit in limits:
        if not _count(key, limit):
            raise TooManyAttempts(LoginThrottle.objects.values_list("expires_at", flat=True).get(pk=key))
    return [key for key, _limit in limits]


def are_exhausted(limits: Limits) -> bool:
    """Return whether one of the counters is exhausted, without counting an attempt."""
    limit_of = dict(limits)
    rows = LoginThrottle.objects.filter(pk__in=limit_of, expires_at__gte=timezone.now()).values_list(
        "key", "count"
    )
    return any(count >= limit_of[key] for key, count in rows)


def uncount_attempts(keys: Iterable[str]) -> None:
    """Subtract a successful attempt from the counters."""
    LoginThrottle.objects.filter(pk__in=keys, count__gt=0).update(count=F("count") - 1)


def delete_expired_throttles() -> None:
    LoginThrottle.objects.filter(expires_at__lt=timezone.now()).delete()


def use_once(secret: str) -> bool:
    """Record the use of a secret, and return whether it was the first. The secret must be valid for an hour at most."""
    delete_expired_throttles()
    return _count(_key("once", secret), 1)


def _count(key: str, limit: int) -> bool:
    """Count an attempt and return whether it was within the limit."""
    moment = timezone.now()
    now, until = (connection.ops.adapt_datetimefield_value(value) for value in (moment, moment + PERIOD))
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [key, until, now, now, now, limit])
        return cursor.fetchone() is not None


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def notice_unknown_proxy(request: HttpRequest) -> None:
    """Log and remember that requests come through a proxy that TRUSTED_PROXIES does not count.

    Clients can forge proxy headers, so only requests from a private address count.
    """
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES or peer is None or peer.is_global or not FORWARDING_HEADERS & request.META.keys():
        return
    if not passes_unknown_proxy():
        logger.warning(UNKNOWN_PROXY)
        until = timezone.now() + UNKNOWN_PROXY_REMEMBERED_FOR
        LoginThrottle.objects.update_or_create(
            pk=_key("unknown proxy"), defaults={"count": 1, "expires_at": until}
        )


def passes_unknown_proxy() -> bool:
    """Return whether log-ins came through a proxy recently while TRUSTED_PROXIES is 0."""
    is_noticed = LoginThrottle.objects.filter(pk=_key("unknown proxy"), expires_at__gte=timezone.now())
    return settings.TRUSTED_PROXIES == 0 and is_noticed.exists()
