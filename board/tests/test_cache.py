"""The versioned LRU cache."""

import pytest

from board.cache import VersionedCache


def make(thing, made):
    made.append(thing)
    return thing


@pytest.fixture
def made():
    return []


def test_a_value_is_computed_once_for_each_state(made):
    kept = VersionedCache(2)
    things = [kept.get_or_set("a", state, lambda: make("thing", made)) for state in (1, 1, 2, 2)]
    assert things == ["thing"] * 4
    assert made == ["thing"] * 2


def test_a_value_for_another_state_is_not_returned():
    kept = VersionedCache(2)
    kept.get_or_set("a", 1, lambda: "old")
    assert (kept.get("a", 1), kept.get("a", 2), kept.get("b", 1)) == ("old", None, None)


def test_a_thing_of_another_state_takes_the_place_of_the_one_before():
    kept = VersionedCache(2)
    kept.get_or_set("other", 1, lambda: "other")
    for state in range(5):
        kept.get_or_set("a", state, lambda: "a")
    assert (len(kept), kept.get("a", 3), kept.get("a", 4), kept.get("other", 1)) == (2, None, "a", "other")


def test_the_least_recently_used_value_is_evicted_first():
    kept = VersionedCache(2)
    for key in "ab":
        kept.get_or_set(key, 1, lambda: "thing")
    kept.get("a", 1)
    kept.get_or_set("c", 1, lambda: "thing")
    assert [kept.get(key, 1) for key in "abc"] == ["thing", None, "thing"]


def test_the_total_size_is_limited():
    kept = VersionedCache(10, getsizeof=len)
    for key in "abc":
        kept.get_or_set(key, 1, lambda: "12345")
    assert [kept.get(key, 1) for key in "abc"] == [None, "12345", "12345"]


def test_a_value_larger_than_the_cache_is_not_cached(made):
    kept = VersionedCache(3, getsizeof=len)
    assert [kept.get_or_set("a", 1, lambda: make("12345", made)) for _ in range(2)] == ["12345"] * 2
    assert made == ["12345"] * 2
