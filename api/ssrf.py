"""Which machines the server may be sent to by what a person typed: none of its own network."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv6Network, ip_address, ip_network

from django.conf import settings
from django.utils.translation import gettext

# What is global in IPv6; everything else stands for IPv4, for this machine or for the local network.
GLOBAL_V6 = IPv6Network("2000::/3")
# Within the global space, but not public; Python's tables do not have them yet: relays of 6to4 (RFC 7526) and addresses for
# documentation (RFC 9637).
NOT_PUBLIC = [ip_network("192.88.99.0/24"), ip_network("3fff::/20")]

# A name server may answer never, and a look-up cannot be ended: those of all webhooks have threads of their own.
_resolver = ThreadPoolExecutor(32, "names")


class ForbiddenAddress(Exception):
    """A name leads to this machine or into its network."""


async def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host as text, all of them judged; connect to these, never to the name again.

    Raises `ForbiddenAddress` when any of them may not be reached, and `OSError` when there is none.
    """
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_resolver, look_up)
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    for address in addresses:
        validate_address(address)
    return addresses


def validate_address(address: str) -> None:
    """Raise `ForbiddenAddress` for an address that is not of the public internet, unless the settings allow it."""
    if not (settings.WEBHOOKS_TO_PRIVATE_ADDRESSES or is_public(address)):
        raise ForbiddenAddress(gettext("%(address)s is not a public internet address.") % {"address": address})


def is_public(address: str) -> bool:
    """Tell whether an IP address, as text, is one of the public internet."""
    ip = ip_address(address)
    if any(ip in network for network in NOT_PUBLIC):
        return False
    if ip.version == 4:
        return ip.is_global and not ip.is_multicast and not ip.is_reserved
    if ip.ipv4_mapped:
        return is_public(str(ip.ipv4_mapped))
    carries_v4 = ip.sixtofour is not None or ip.teredo is not None
    return ip in GLOBAL_V6 and ip.is_global and not carries_v4
