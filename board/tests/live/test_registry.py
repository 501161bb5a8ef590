"""Limits on connections, and displacing hidden pages."""

import pytest

from board.live import registry as registries
from board.live.registry import Registry

from .fakes import client, connection


@pytest.fixture
def registry(monkeypatch):
    """A registry with room for two connections of a login, and five in all."""
    monkeypatch.setattr(registries, "CONNECTIONS_PER_LOGIN", 2)
    monkeypatch.setattr(registries, "CONNECTIONS", 5)
    return Registry()


@pytest.fixture
def pages(registry, clock):
    """Two pages of one login, which is its limit."""
    pages = [connection(clock), connection(clock)]
    for page in pages:
        registry.add(page)
    return pages


def test_each_login_has_a_limit(registry, pages):
    assert not registry.has_room_for(pages[0].client.credential)
    assert registry.has_room_for(client(key="another").credential)


def test_the_page_hidden_longest_is_displaced(registry, pages, clock):
    first, second = pages
    second.set_hidden(True)
    clock.advance(1)
    first.set_hidden(True)
    assert registry.has_room_for(first.client.credential)
    assert registry.find_displaced(first.client.credential) is second


def test_a_visible_page_is_never_displaced(registry, pages):
    pages[0].set_hidden(True)
    pages[0].set_hidden(False)
    assert registry.find_displaced(pages[0].client.credential) is None


def test_no_page_is_displaced_below_the_limit(registry, pages):
    pages[0].set_hidden(True)
    registry.discard(pages[1])
    assert registry.find_displaced(pages[0].client.credential) is None


def test_the_process_has_a_limit_that_hidden_pages_do_not_lift(registry, pages, clock):
    pages[0].set_hidden(True)
    for key in "abc":
        assert registry.has_room_for(client(key=key).credential)
        registry.add(connection(clock, key=key))
    assert not registry.has_room_for(client(key="d").credential)
    assert not registry.has_room_for(pages[0].client.credential)
