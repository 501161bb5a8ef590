"""GET /healthz and /readyz"""

import time

import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.db.migrations.loader import MigrationLoader

from board.live.hub import hub
from board.views import health
from e2e.server import free_port


@pytest.fixture
def looking_hub(monkeypatch):
    """A hub that has just polled."""
    monkeypatch.setattr(hub._loop, "turned_at", time.monotonic())


@pytest.fixture
def ready(client, db, looking_hub):
    """Request /readyz and return (status code, data)."""

    def ask():
        response = client.get("/readyz")
        assert "no-store" in response["Cache-Control"]
        return response.status_code, response.json()

    return ask


def test_the_process_is_alive_without_a_database(client):
    # A query would raise an error, because this test has no database access.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


# The suite runs without Redis, and on services with one.
REDIS = "ok" if settings.REDIS_URL else "none"


def test_all_is_well(ready):
    assert ready() == (200, {"status": "ready", "database": "ok", "hub": "ok", "redis": REDIS})


def test_without_a_database_it_is_not_ready_and_reveals_no_secrets(ready, monkeypatch, caplog):
    def fail():
        raise OperationalError("connection to server at db.example failed")

    monkeypatch.setattr(health.log, "newest_number", fail)
    status, response = ready()
    assert (status, response) == (503, {"status": "unavailable", "database": "away", "hub": "ok", "redis": REDIS})
    assert "db.example" in caplog.text


def test_the_files_of_the_migrations_are_read_once(ready, monkeypatch):
    ready()
    monkeypatch.setattr(MigrationLoader, "load_disk", lambda loader: pytest.fail("read again"))
    assert ready()[0] == 200


def test_with_unapplied_migrations_it_is_not_ready(ready):
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'board'")
    status, response = ready()
    assert (status, response["status"], response["database"]) == (503, "unavailable", "to be migrated")


def test_a_hub_that_no_longer_polls_is_not_ready(ready, monkeypatch):
    monkeypatch.setattr(hub._loop, "turned_at", time.monotonic() - health.HUB_IS_DEAD_AFTER - 1)
    status, response = ready()
    assert (status, response["status"], response["hub"]) == (503, "unavailable", "dead")


def test_without_redis_it_is_degraded_but_ready(ready, settings):
    settings.REDIS_URL = f"redis://:a-password@127.0.0.1:{free_port()}"
    status, response = ready()
    assert (status, response["status"], response["redis"]) == (200, "degraded", "away")
    assert "a-password" not in str(response)


def test_with_redis_all_is_well(ready, settings, redis):
    settings.REDIS_URL = redis.url
    assert ready()[1] == {"status": "ready", "database": "ok", "hub": "ok", "redis": "ok"}


def test_a_stopping_process_is_not_ready(ready, monkeypatch):
    monkeypatch.setattr(hub, "is_stopping", True)
    status, response = ready()
    assert (status, response["status"]) == (503, "stopping")
