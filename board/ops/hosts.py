"""The hosts that this installation accepts, for pages, sockets and settings."""

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
    """Return a host without the brackets of an IPv6 address, as it is used for binding."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def bracketed(host: str) -> str:
    """Return a host as it is written in URLs, with an IPv6 address in brackets."""
    host = unbracketed(host)
    return f"[{host}]" if ":" in host else host


def listening_hosts(host: str) -> list[str]:
    """Return the hosts of a server that listens on `host`, the preferred one first.

    A wildcard stands for all IP addresses of this machine. These are safe against DNS rebinding, because an attacker's
    page can't make a browser send an IP address as the host of a domain.
    """
    if host not in WILDCARDS:
        return [bracketed(host)]
    hosts = [*map(bracketed, network_addresses()), *LOOPBACK]
    return [name for name in hosts if host == "::" or not name.startswith("[")]


def network_addresses() -> list[str]:
    """Return the non-local IP addresses of this machine (on Linux)."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _number, name in socket.if_nameindex():
            with suppress(OSError):
                interface = fcntl.ioctl(probe, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(interface[20:24]))
    with suppress(OSError):
        lines = Path("/proc/net/if_inet6").read_text().splitlines()
        found += [str(ipaddress.IPv6Address(int(line.split()[0], 16))) for line in lines]
    return [address for address in found if not _is_local(ipaddress.ip_address(address))]


def _is_local(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_loopback or address.is_link_local


def is_allowed(host: str, hosts: Iterable[str]) -> bool:
    """Return whether a `Host` header, with or without a port, names an allowed host."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, hosts)
