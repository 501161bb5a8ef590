"""Protection against server-side request forgery: webhooks only reach public IP addresses."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv6Network, ip_address, ip_network

from django.conf import settings
from django.utils.translation import gettext

# The global unicast addresses of IPv6. All others map to IPv4, this machine or the local network.
GLOBAL_V6 = IPv6Network("2000::/3")
# Not public, but unknown to Python's ipaddress: relays of 6to4 (RFC 7526) and addresses for documentation (RFC 9637).
NOT_PUBLIC = [ip_network("192.88.99.0/24"), ip_network("3fff::/20")]

# A lookup cannot be cancelled, and a name server may never respond, so lookups have their own threads.
_resolver = ThreadPoolExecutor(32, "names")


class ForbiddenAddress(Exception):
    """A host name resolves to an IP address that is not public."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the validated IP addresses of a host. Connect to these, because the name may resolve differently next time.

    Raises `ForbiddenAddress` if any address is not allowed, and `OSError` if there is none.
    """
    lookup = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_resolver, lookup)
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    for address in addresses:
        validate_address(address)
    return addresses


def validate_address(address: str) -> None:
    """Raise `ForbiddenAddress` if an IP address is not public, unless the settings allow private ones."""
    if not (settings.WEBHOOKS_TO_PRIVATE_ADDRESSES or is_public(address)):
        raise ForbiddenAddress(gettext("%(address)s is not a public internet address.") % {"address": address})


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet."""
    ip = ip_address(address)
    if any(ip in network for network in NOT_PUBLIC):
        return False
    if ip.version == 4:
        return ip.is_global and not ip.is_multicast and not ip.is_reserved
    if ip.ipv4_mapped:
        return is_public(str(ip.ipv4_mapped))
    carries_v4 = ip.sixtofour is not None or ip.teredo is not None
    return ip in GLOBAL_V6 and ip.is_global and not carries_v4
