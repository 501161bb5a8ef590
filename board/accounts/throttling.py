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

from .client_address import FORWARDING_HEADERS, address_of, network_of, parse_address
from .devices import is_known_device
from .usernames import key_of

ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 20
# Counted, but no reason to refuse.
NO_LIMIT = 2**31 - 1
WITHIN = timedelta(hours=1)
UNKNOWN_PROXY_KEPT_FOR = timedelta(days=30)
# One statement, so that of many at once no more get through than may. A row that has had its hour starts anew.
TAKE = """
    INSERT INTO board_loginthrottle (key, count, expires_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN board_loginthrottle.expires_at < %s THEN 1 ELSE board_loginthrottle.count + 1 END,
        expires_at = CASE WHEN board_loginthrottle.expires_at < %s THEN excluded.expires_at
            ELSE board_loginthrottle.expires_at END
    WHERE board_loginthrottle.expires_at < %s OR board_loginthrottle.count < %s
    RETURNING count
"""

UNKNOWN_PROXY = (
    "Log-ins come by a proxy, but TRUSTED_PROXIES is 0: everybody behind it shares its address, and twenty wrong "
    "passwords an hour refuse them all. Set TRUSTED_PROXIES to the number of proxies in a row."
)

logger = logging.getLogger(__name__)

# The key and the limit of each count.
type Limits = Sequence[tuple[str, int]]


class Refused(Exception):
    """This person can't log in now, whatever the password. The text says why."""


class TooManyAttempts(Refused):
    """`until` is when there is a next try."""

    def __init__(self, until: datetime) -> None:
        super().__init__(gettext("Too many attempts. Try again in %(time)s.") % {"time": timeuntil(until)})
        self.until = until


def attempt_limits(request: HttpRequest, username: str) -> list[tuple[str, int]]:
    """Return [(key, limit)]: what a failed log-in counts on.

    The account counts for each address by itself, so nobody can lock out its owner elsewhere. In a browser in which the
    owner logged in before (`remember_device`) the account counts apart, and nobody at the same address can lock them out
    either: the address counts those tries too, but does not refuse them.
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
    """Count a try on each of the [(key, limit)] and return the keys. Raises `TooManyAttempts` at the first that is used up.

    What was counted before that one stays counted: it was a try.
    """
    for key, limit in limits:
        if not _take(key, limit):
            raise TooManyAttempts(LoginThrottle.objects.values_list("expires_at", flat=True).get(pk=key))
    return [key for key, _limit in limits]


def are_exhausted(limits: Limits) -> bool:
    """Tell whether a try on one of the [(key, limit)] would be refused; counts nothing."""
    limit_of = dict(limits)
    rows = LoginThrottle.objects.filter(pk__in=limit_of, expires_at__gte=timezone.now()).values_list(
        "key", "count"
    )
    return any(count >= limit_of[key] for key, count in rows)


def uncount_attempts(keys: Iterable[str]) -> None:
    """Uncount a try: it was a right one."""
    LoginThrottle.objects.filter(pk__in=keys, count__gt=0).update(count=F("count") - 1)


def delete_expired_throttles() -> None:
    """Delete the counts that have had their hour."""
    LoginThrottle.objects.filter(expires_at__lt=timezone.now()).delete()


def use_once(secret: str) -> bool:
    """Tell whether this is the first use of a secret that ends within the hour, and let it be the last."""
    delete_expired_throttles()
    return _take(_key("once", secret), 1)


def _take(key: str, limit: int) -> bool:
    moment = timezone.now()
    now, until = (connection.ops.adapt_datetimefield_value(value) for value in (moment, moment + WITHIN))
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [key, until, now, now, now, limit])
        return cursor.fetchone() is not None


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def notice_unknown_proxy(request: HttpRequest) -> None:
    """Keep in mind that a proxy passes requests on which TRUSTED_PROXIES does not count: all share its address then.

    A stranger can send such headers too, so only those from a private address count.
    """
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES or peer is None or peer.is_global or not FORWARDING_HEADERS & request.META.keys():
        return
    if not passes_unknown_proxy():
        logger.warning(UNKNOWN_PROXY)
        until = timezone.now() + UNKNOWN_PROXY_KEPT_FOR
        LoginThrottle.objects.update_or_create(
            pk=_key("unknown proxy"), defaults={"count": 1, "expires_at": until}
        )


def passes_unknown_proxy() -> bool:
    """Tell whether log-ins came by a proxy lately while TRUSTED_PROXIES is 0."""
    is_noticed = LoginThrottle.objects.filter(pk=_key("unknown proxy"), expires_at__gte=timezone.now())
    return settings.TRUSTED_PROXIES == 0 and is_noticed.exists()
