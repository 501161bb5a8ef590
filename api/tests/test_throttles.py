"""Rate limits of the API."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import RequestFactory
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from api.throttles import AddressThrottle
from board.models import Task

from .responses import error

RIGHT = {"username": "ada", "password": "a long password"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The time of the throttles: `clock(61)` lets a minute and a second go by."""
    now = [1_000_000_000.0]
    monkeypatch.setattr(SimpleRateThrottle, "timer", staticmethod(lambda: now[0]))

    def go_on(seconds):
        now[0] += seconds

    return go_on


@pytest.fixture
def rates(monkeypatch):
    """Set rates: `rates(client="3/minute")`."""

    def set_rates(**new):
        monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", SimpleRateThrottle.THROTTLE_RATES | new)

    return set_rates


def statuses(client, count, url="/api/users", **more):
    return [client.get(url, **more).status_code for _ in range(count)]


def test_a_user_is_throttled_and_gets_retry_after(client, rates, clock):
    rates(client="3/minute")
    assert statuses(client, 3) == [200] * 3
    answer = client.get("/api/users")
    error(answer, 429)
    assert answer["Retry-After"] == "20"
    clock(20)
    assert statuses(client, 1) == [200]


def test_what_is_refused_changes_nothing(client, rates):
    rates(client="1/minute")
    client.get("/api/users")
    error(client.post("/api/tasks", {"name": "Too much"}), 429)
    assert not Task.objects.exists()


def test_one_person_s_requests_do_not_count_for_another(client, rates):
    rates(client="1/minute")
    other = APIClient()
    other.force_authenticate(get_user_model().objects.create_user("guest"))
    assert (statuses(client, 2), statuses(other, 1)) == ([200, 429], [200])


@pytest.mark.parametrize("header", ["", "Token wrong", "Basic wrong"])
def test_an_address_that_is_not_signed_in_may_ask_so_often(stranger, rates, header, db):
    rates(address="2/minute")
    headers = {"authorization": header} if header else {}
    assert statuses(stranger, 3, headers=headers) == [401, 401, 429]
    assert statuses(stranger, 1, url="/api/") == [429]


def test_a_forged_forwarded_for_header_changes_nothing(stranger, rates, db):
    rates(address="2/minute")
    seen = [stranger.get("/api/users", headers={"x-forwarded-for": f"10.0.0.{n}"}).status_code for n in range(3)]
    assert seen == [401, 401, 429]


def test_what_our_own_proxy_says_counts_and_what_came_before_it_does_not(stranger, rates, db, settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    rates(address="1/minute")
    ways = ["1.1.1.1, 2.2.2.2", "3.3.3.3, 2.2.2.2", "1.1.1.1, 4.4.4.4"]
    seen = [stranger.get("/api/users", headers={"x-forwarded-for": way}).status_code for way in ways]
    assert seen == [401, 429, 401]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:1::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("nonsense", "nonsense", True),
    ],
)
def test_of_ipv6_the_network_counts(one, other, same):
    requests = [RequestFactory().get("/", REMOTE_ADDR=address) for address in (one, other)]
    idents = [AddressThrottle().get_ident(request) for request in requests]
    assert (idents[0] == idents[1]) == same


def test_bodies_without_a_password_are_not_counted(stranger, ada):
    for _ in range(40):
        stranger.post("/api/token/", {"username": "ada"})
    assert stranger.post("/api/token/", RIGHT).status_code == 200


def test_without_the_cache_everybody_may_ask(client, rates, monkeypatch, caplog):
    rates(client="1/minute")

    def away(*args, **kwargs):
        raise ConnectionError("nobody listens")

    monkeypatch.setattr(cache, "incr", away)
    assert statuses(client, 3) == [200] * 3
    assert "nobody listens" in caplog.text


def test_counts_are_shared_over_redis(redis, settings, client, rates):
    rates(client="3/minute")
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis.url}
    }
    assert statuses(client, 4) == [200] * 3 + [429]
    assert redis.command(b"DBSIZE") == b":1\r\n"
