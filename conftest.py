"""What every suite shares: plain static files, and the time each file took, printed at the end."""

import gc
import sys
from collections import defaultdict
from itertools import chain

import pytest
from django.conf import settings
from django.test import override_settings

from board import components
from board.history import timeline
from board.views import boards
from e2e.services import Postgres, Redis

# They start a server, a browser or a database, or fill one.
SLOW_FIXTURES = {"chromium", "demo", "migrated", "open_home", "postgres", "project", "redis", "run", "server"}
# Whom the tests may connect to: what they started themselves.
LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session", autouse=True)
def _quick_and_plain():
    """Unit tests hash passwords fast, and name static files without their hash, so nothing has to be collected.

    What was collected all the same, each client would read through anew before its first request.
    """
    static_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "staticfiles": static_files},
        STATIC_ROOT=None,
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix():
    """Name no files: each process of the run has its SQLite database in memory."""


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Each test has a database of its own, with the same numbers for other things."""
    for kept in (boards.page_cache, components.card_cache, components.board_cache):
        kept.clear()
    timeline.timeline_of.cache_clear()


class OutgoingConnectionError(BaseException):
    """Something connected to another machine; no `except Exception` hides it."""


def stay_at_home(event, arguments):
    """Refuse every connection that leaves this machine, in the whole run; an audit hook cannot be taken away."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not address[0].startswith(LOOPBACK):
        raise OutgoingConnectionError(f"A connection to {address[0]}: the product makes none.")


def pytest_configure(config):
    sys.addaudithook(stay_at_home)


def pytest_collection_modifyitems(items):
    """Mark the tests that start processes as slow, which `make check` leaves out, and those that read pages."""
    for item in items:
        if SLOW_FIXTURES & set(item.fixturenames):
            item.add_marker("slow")
        if "browser" in item.fixturenames:
            item.add_marker("pages")


def pytest_collection_finish():
    """Spare the garbage collector what lives to the end of the run; it took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_terminal_summary(terminalreporter):
    seconds = defaultdict(float)
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            seconds[report.location[0]] += report.duration
    terminalreporter.section("seconds per file")
    for path, time in sorted(seconds.items(), key=lambda row: -row[1]):
        terminalreporter.write_line(f"{time:7.2f}  {path}")


@pytest.fixture(scope="session")
def redis():
    """A Redis server of our own."""
    with Redis() as service:
        yield service


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL cluster of our own: `postgres.new_database("name")` gives a DATABASE_URL."""
    with Postgres() as service:
        yield service
