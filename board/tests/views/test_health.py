"""/healthz and /readyz, as a load balancer reads them."""

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
    """A hub that looked a moment ago."""
    monkeypatch.setattr(hub, "polled_at", time.monotonic())


@pytest.fixture
def ready(client, db, looking_hub):
    """Ask whether the process is ready; returns (status code, answer)."""

    def ask():
        answer = client.get("/readyz")
        assert "no-store" in answer["Cache-Control"]
        return answer.status_code, answer.json()

    return ask


def test_the_process_is_alive_without_a_database(client):
    # Without the mark of a test that may use the database, a query would raise.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


# The suite runs without Redis, and on services with one.
REDIS = "ok" if settings.REDIS_URL else "none"


def test_all_is_well(ready):
    assert ready() == (200, {"status": "ready", "database": "ok", "hub": "ok", "redis": REDIS})


def test_without_a_database_it_is_not_ready_and_says_nothing_secret(ready, monkeypatch, caplog):
    def fail():
        raise OperationalError("connection to server at db.example failed")

    monkeypatch.setattr(health.log, "newest_number", fail)
    status, answer = ready()
    assert (status, answer) == (503, {"status": "unavailable", "database": "away", "hub": "ok", "redis": REDIS})
    assert "db.example" in caplog.text


def test_the_files_of_the_migrations_are_read_once(ready, monkeypatch):
    ready()
    monkeypatch.setattr(MigrationLoader, "load_disk", lambda loader: pytest.fail("read again"))
    assert ready()[0] == 200


def test_with_a_migration_to_come_it_is_not_ready(ready):
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'board'")
    status, answer = ready()
    assert (status, answer["status"], answer["database"]) == (503, "unavailable", "to be migrated")


def test_a_hub_that_no_longer_polls_is_not_ready(ready, monkeypatch):
    monkeypatch.setattr(hub, "polled_at", time.monotonic() - health.HUB_IS_DEAD_AFTER - 1)
    status, answer = ready()
    assert (status, answer["status"], answer["hub"]) == (503, "unavailable", "dead")


def test_without_redis_it_is_degraded_but_ready(ready, settings):
    settings.REDIS_URL = f"redis://:a-password@127.0.0.1:{free_port()}"
    status, answer = ready()
    assert (status, answer["status"], answer["redis"]) == (200, "degraded", "away")
    assert "a-password" not in str(answer)


def test_with_redis_all_is_well(ready, settings, redis):
    settings.REDIS_URL = redis.url
    assert ready()[1] == {"status": "ready", "database": "ok", "hub": "ok", "redis": "ok"}


def test_who_is_about_to_end_is_not_ready(ready, monkeypatch):
    monkeypatch.setattr(hub, "is_stopping", True)
    status, answer = ready()
    assert (status, answer["status"]) == (503, "stopping")
