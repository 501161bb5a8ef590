"""Where the server may be sent to by what a person typed."""

import socket

import pytest

from api.ssrf import ForbiddenAddress, is_public, resolve

PRIVATE = [
    *("192.88.99.1", "192.88.99.255", "::ffff:192.88.99.1", "3fff::1", "3fff:fff:ffff::1"),
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2001:0:4136:e378::1",
]
PUBLIC = ["8.8.8.8", "93.184.215.14", "::ffff:8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4009::200e"]


def test_what_leads_to_this_machine_or_its_network_is_not_public():
    for address in PRIVATE:
        assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


def resolve_to(monkeypatch, *addresses):
    """Let every name stand for these addresses."""
    found = [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443))
        for one in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


async def test_a_name_with_one_forbidden_address_is_refused_whole(monkeypatch):
    resolve_to(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(ForbiddenAddress):
        await resolve("hooks.example", 443)


async def test_a_public_name_resolves_to_its_validated_addresses(monkeypatch):
    resolve_to(monkeypatch, "8.8.8.8", "2606:4700:4700::1111", "8.8.8.8")
    assert await resolve("hooks.example", 443) == ["8.8.8.8", "2606:4700:4700::1111"]


@pytest.mark.parametrize("spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "localhost"])
async def test_every_spelling_of_this_machine_is_refused(spelling):
    with pytest.raises(ForbiddenAddress):
        await resolve(spelling, 80)


async def test_a_setting_allows_private_addresses(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    assert await resolve("127.0.0.1", 80) == ["127.0.0.1"]
