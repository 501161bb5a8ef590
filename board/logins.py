"""Who logs in: with name and password, so often, and from where.

Pages, Basic authentication and the tokens of the API all ask `django.contrib.auth.authenticate`, and that asks
`Backend`. So nobody guesses passwords faster by another door.
"""

import hashlib
import ipaddress
import logging
import threading
from datetime import timedelta
from urllib.parse import urlsplit

from cachetools import TTLCache
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.db import connection
from django.db.models import F
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timesince import timeuntil
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables

from . import accounts
from .models import Profile, Tries
from .usernames import key_of

TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 20
# Counted, but no reason to refuse.
NO_LIMIT = 2**31 - 1
WITHIN = timedelta(hours=1)
UNKNOWN_PROXY_KEPT_FOR = timedelta(days=30)
DEVICE_KNOWN_FOR = timedelta(days=180)
# One statement, so that of many at once no more get through than may. A row that has had its hour starts anew.
TAKE = """
    INSERT INTO board_tries (key, count, until) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN board_tries.until < %s THEN 1 ELSE board_tries.count + 1 END,
        until = CASE WHEN board_tries.until < %s THEN excluded.until ELSE board_tries.until END
    WHERE board_tries.until < %s OR board_tries.count < %s
    RETURNING count
"""

# Every request asks this: Django would take five times as long to put it together as the database to answer.
USER = """
    SELECT auth_user.*, board_profile.user_id, is_reader, time_zone, language
    FROM auth_user LEFT JOIN board_profile ON board_profile.user_id = auth_user.id
    WHERE auth_user.id = %s
"""
PROFILE = ("user_id", "is_reader", "time_zone", "language")
# What proxies say of the request that they pass on.
FORWARDING_HEADERS = {
    "HTTP_CF_CONNECTING_IP",
    "HTTP_CLIENT_IP",
    "HTTP_FORWARDED",
    "HTTP_FORWARDED_FOR",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_VIA",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_X_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SCHEME",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_ORIGINAL_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_X_SCHEME",
}

UNKNOWN_PROXY = (
    "Log-ins come by a proxy, but TRUSTED_PROXIES is 0: everybody behind it shares its address, and twenty wrong "
    "passwords an hour refuse them all. Set TRUSTED_PROXIES to the number of proxies in a row."
)

logger = logging.getLogger(__name__)
_device_signer = signing.TimestampSigner(salt="board.logins.device")


class Refused(Exception):
    """Somebody may not log in now, whatever the password; the text says why."""


class TooManyTries(Refused):
    """`until` is when there is a next try."""

    def __init__(self, until):
        super().__init__(gettext("Too many tries. The next one is in %(time)s.") % {"time": timeuntil(until)})
        self.until = until


class OnlyOnThisMachine(Refused):
    def __init__(self):
        super().__init__(
            gettext(
                "The demo accounts log in only on the machine that Lightboard runs on. "
                "Change the password there, or set DEMO_ANYWHERE=1."
            )
        )


class Backend(ModelBackend):
    """Django's accounts, with a limit on failed tries. Raises `Refused` when nothing was judged."""

    @sensitive_variables("password")
    def authenticate(self, request, username=None, password=None, **kwargs):
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        tries = tries_of(request, username)
        # Other people's wrong tries at the same address do not stop programs that had the right password a moment ago.
        user = recently_verified(username, password, tries[:1])
        if user is None:
            user = self._verify(request, username, password, tries)
        # Only the demo makes such passwords; a form refuses them.
        if user and password == user.username and not (settings.DEMO_ANYWHERE or is_on_this_machine(request)):
            raise OnlyOnThisMachine
        return user

    @sensitive_variables("password")
    def _verify(self, request, username, password, tries):
        try:
            taken = take_tries(tries)
        except TooManyTries:
            accounts.note("log-in refused: too many tries from %r", address_of(request))
            raise
        known = accounts.user_named(username)
        user = super().authenticate(request, known.username if known else username, password)
        if user is None:
            # What is nobody's name may be a password.
            accounts.note(
                "log-in failed: %s from %r", repr(known.username) if known else "unknown name", address_of(request)
            )
            return None
        give_back(taken)
        with _verified_lock:
            _verified[_mac(user, password)] = True
        return user

    def get_user(self, user_id):
        """Return the active user of a session with the profile, in one query; None when there is none."""
        user = next(iter(get_user_model().objects.raw(USER, [int(user_id)])), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        values = [user.__dict__.pop(name) for name in PROFILE]
        profile = Profile.from_db(user._state.db, PROFILE, values) if values[0] else None
        get_user_model().profile.related.set_cached_value(user, profile)
        return user


def begin(request, user, **kwargs):
    """Start the days of a new session and delete expired ones; called by Django when somebody logs in."""
    request.session.begin()
    request.session.clear_expired()
    accounts.note("%r logged in from %r", user.username, address_of(request))
    forget_tries()


def end(request, user, **kwargs):
    """Called by Django when somebody logs out."""
    if user:
        accounts.note("%r logged out from %r", user.username, address_of(request))


# Passwords that were verified a moment ago: programs send theirs with each request, and to hash it takes 0.1 s.

_verified = TTLCache(maxsize=10_000, ttl=300)
_verified_lock = threading.Lock()


@sensitive_variables("password")
def recently_verified(username, password, tries):
    """Return the active user whose password this is, if it was verified lately and is still theirs; else None.

    While tries are used up, nobody is: guesses of a password that is remembered count like all others.
    """
    user = get_user_model().objects.select_related("profile").filter(username=username, is_active=True).first()
    if user is None:
        return None
    with _verified_lock:
        is_known = _mac(user, password) in _verified
    return user if is_known and not are_used_up(tries) else None


@sensitive_variables("password")
def _mac(user, password):
    """Return what stands for a password of a user; a new password or secret key makes it another one."""
    return salted_hmac(
        "board.logins.verified", f"{user.pk}\0{user.password}\0{password}", algorithm="sha256"
    ).digest()


# How often


def tries_of(request, username):
    """Return [(key, limit)]: what a failed log-in counts on.

    The account counts for each address by itself, so nobody can lock out its owner elsewhere. In a browser in which the
    owner logged in before (`know_device`) the account counts apart, and nobody at the same address can lock them out
    either: the address counts those tries too, but does not refuse them.
    """
    notice_unknown_proxy(request)
    name = key_of(username)
    network = network_of(address_of(request))
    is_known = is_known_device(request, name)
    return [
        (_key("device" if is_known else "account", network, name), TRIES_PER_ACCOUNT),
        (_key("address", network), NO_LIMIT if is_known else TRIES_PER_ADDRESS),
    ]


def take_tries(limits):
    """Count a try on each of the [(key, limit)] and return the keys. Raises `TooManyTries` at the first that is used up.

    What was counted before that one stays counted: it was a try.
    """
    for key, limit in limits:
        if not _take(key, limit):
            raise TooManyTries(Tries.objects.values_list("until", flat=True).get(pk=key))
    return [key for key, _limit in limits]


def are_used_up(limits):
    """Tell whether a try on one of the [(key, limit)] would be refused; counts nothing."""
    limit_of = dict(limits)
    rows = Tries.objects.filter(pk__in=limit_of, until__gte=timezone.now()).values_list("key", "count")
    return any(count >= limit_of[key] for key, count in rows)


def give_back(keys):
    """Uncount a try: it was a right one."""
    Tries.objects.filter(pk__in=keys, count__gt=0).update(count=F("count") - 1)


def forget_tries():
    """Delete the counts that have had their hour."""
    Tries.objects.filter(until__lt=timezone.now()).delete()


def use_once(secret):
    """Tell whether this is the first use of a secret that ends within the hour, and let it be the last."""
    forget_tries()
    return _take(_key("once", secret), 1)


def _take(key, limit):
    moment = timezone.now()
    now, until = (connection.ops.adapt_datetimefield_value(value) for value in (moment, moment + WITHIN))
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [key, until, now, now, now, limit])
        return cursor.fetchone() is not None


def _key(*parts):
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


# From where


def address_of(request):
    """Return the client's address as text: the last one that no proxy of ours has (TRUSTED_PROXIES)."""
    proxies = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not proxies or not forwarded:
        return request.META.get("REMOTE_ADDR", "")
    addresses = [address.strip() for address in forwarded.split(",")]
    return addresses[-min(proxies, len(addresses))]


def notice_unknown_proxy(request):
    """Keep in mind that a proxy passes requests on which TRUSTED_PROXIES does not count: all share its address then.

    A stranger can send such headers too, so only those from a private address count.
    """
    peer = _parsed(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES or peer is None or peer.is_global or not FORWARDING_HEADERS & request.META.keys():
        return
    if not passes_unknown_proxy():
        logger.warning(UNKNOWN_PROXY)
        until = timezone.now() + UNKNOWN_PROXY_KEPT_FOR
        Tries.objects.update_or_create(pk=_key("unknown proxy"), defaults={"count": 1, "until": until})


def passes_unknown_proxy():
    """Tell whether log-ins came by a proxy lately while TRUSTED_PROXIES is 0."""
    is_noticed = Tries.objects.filter(pk=_key("unknown proxy"), until__gte=timezone.now())
    return settings.TRUSTED_PROXIES == 0 and is_noticed.exists()


def network_of(address):
    """Return whom an address stands for, as text: itself, or the /64 that an IPv6 client picks its own from."""
    parsed = _parsed(address)
    if parsed is None or parsed.version == 4:
        return str(parsed or address)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def is_on_this_machine(request):
    """Tell whether a request was sent on this machine itself, to an installation that only this machine reaches.

    A proxy on this machine has a loopback address too. So any sign of one counts: a header that proxies add, a host
    that is not this machine's own, or settings that name another host.
    """
    if settings.TRUSTED_PROXIES or FORWARDING_HEADERS & request.META.keys():
        return False
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in settings.LISTENING_HOSTS]
    hosts.append(request.get_host())
    if settings.SITE_URL:
        hosts.append(urlsplit(settings.SITE_URL).netloc)
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and all(map(_is_own_host, hosts))


def _is_own_host(host):
    name, _port = split_domain_port(host.lower())
    return name == "localhost" or _is_loopback(name.strip("[]"))


def _is_loopback(address):
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _parsed(address):
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


# In which browser


def know_device(response, user):
    """Return `response`, which lets its browser be known as one in which `user` logged in.

    It stays known until the password changes or the user signs out everywhere else from another browser.
    """
    response.set_cookie(
        _device_cookie(),
        _device_signer.sign_object([key_of(user.username), _standing(user)]),
        max_age=DEVICE_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def is_known_device(request, name):
    """Tell whether the user with that name (`usernames.key_of`) logged in with this browser, and it still counts."""
    try:
        cookie = request.COOKIES.get(_device_cookie(), "")
        known, standing = _device_signer.unsign_object(cookie, max_age=DEVICE_KNOWN_FOR)
    except signing.BadSignature:
        return False
    user = accounts.user_named(name) if known == name else None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return user is not None and any(constant_time_compare(standing, _standing(user, key)) for key in keys)


def _standing(user, secret=None):
    """Return a digest that changes when a known browser is to be forgotten; keyed by `secret`, or else the secret key."""
    signed_out_at = accounts.profile_of(user).signed_out_at
    value = f"{user.pk}\0{user.password}\0{signed_out_at and signed_out_at.isoformat()}"
    return salted_hmac("board.logins.standing", value, secret=secret, algorithm="sha256").hexdigest()


def _device_cookie():
    # Named after the session's, so that it has the same prefix behind HTTPS.
    return f"{settings.SESSION_COOKIE_NAME}_device"
