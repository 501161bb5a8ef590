"""The client's address, behind trusted proxies."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

# Headers that proxies add to requests.
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

type IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> str:
    """Return the client's address: the last one that was not added by a trusted proxy (TRUSTED_PROXIES)."""
    proxies = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not proxies or not forwarded:
        return str(request.META.get("REMOTE_ADDR", ""))
    addresses = [str(address.strip()) for address in forwarded.split(",")]
    return addresses[-min(proxies, len(addresses))]


def network_of(address: str) -> str:
    """Return the address itself, or the /64 network of an IPv6 address, whose clients choose the other half."""
    parsed = parse_address(address)
    if parsed is None or parsed.version == 4:
        return str(parsed or address)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def is_on_this_machine(request: HttpRequest) -> bool:
    """Return whether a request comes from this machine, and the installation is only reachable from it.

    Requests through a local proxy have a loopback address as well. So any sign of a proxy counts: its headers, another
    host, or another host in the settings.
    """
    if settings.TRUSTED_PROXIES or FORWARDING_HEADERS & request.META.keys():
        return False
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in settings.LISTENING_HOSTS]
    hosts.append(request.get_host())
    if settings.SITE_URL:
        hosts.append(urlsplit(settings.SITE_URL).netloc)
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and all(map(_is_local_host, hosts))


def _is_local_host(host: str) -> bool:
    name, _port = split_domain_port(host.lower())
    return name == "localhost" or _is_loopback(name.strip("[]"))


def _is_loopback(address: str) -> bool:
    parsed = parse_address(address)
    return parsed is not None and parsed.is_loopback


def parse_address(address: str) -> IPAddress | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
