"""Under which hosts this installation answers, and at which addresses people reach it.

Pages, sockets and settings all decide about hosts here.
"""

import fcntl
import ipaddress
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.http.request import split_domain_port, validate_host

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
WILDCARDS = ("0.0.0.0", "::")
# From <linux/sockios.h>: the IPv4 address of an interface.
SIOCGIFADDR = 0x8915


def unbracketed(host: str) -> str:
    """Return a host as programs listen on it: an IPv6 address without brackets."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def bracketed(host: str) -> str:
    """Return a host as it stands in an address: an IPv6 address in brackets."""
    host = unbracketed(host)
    return f"[{host}]" if ":" in host else host


def listening_hosts(host: str) -> list[str]:
    """Return the hosts by which a server that listens on `host` is reached, the best one first.

    For all addresses of the machine these are its own ones in the network: no page elsewhere can make a browser send
    an IP address as the host of another one.
    """
    if host not in WILDCARDS:
        return [bracketed(host)]
    hosts = [*map(bracketed, network_addresses()), *LOOPBACK]
    return [name for name in hosts if host == "::" or not name.startswith("[")]


def network_addresses() -> list[str]:
    """Return the addresses that this machine has in its networks, as far as the system tells (Linux does)."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        for _number, name in socket.if_nameindex():
            with suppress(OSError):
                answer = fcntl.ioctl(asker, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(answer[20:24]))
    with suppress(OSError):
        lines = Path("/proc/net/if_inet6").read_text().splitlines()
        found += [str(ipaddress.IPv6Address(int(line.split()[0], 16))) for line in lines]
    return [each for each in found if not _is_own_alone(ipaddress.ip_address(each))]


def _is_own_alone(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_loopback or address.is_link_local


def is_allowed(host: str, hosts: Iterable[str]) -> bool:
    """Tell whether a `Host` header, with or without its port, names one of the allowed hosts."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, hosts)
