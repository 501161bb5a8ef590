"""What every suite shares: plain static files, and the time each file took, printed at the end."""

from collections import defaultdict

import pytest

SECONDS_PER_FILE = pytest.StashKey[dict]()


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Pages of unit tests name static files without their hash, so nothing has to be collected."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def pytest_configure(config):
    config.stash[SECONDS_PER_FILE] = defaultdict(float)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    item.config.stash[SECONDS_PER_FILE][item.location[0]] += call.duration
    return (yield)


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.section("seconds per file")
    for path, seconds in sorted(config.stash[SECONDS_PER_FILE].items(), key=lambda row: -row[1]):
        terminalreporter.write_line(f"{seconds:7.2f}  {path}")
