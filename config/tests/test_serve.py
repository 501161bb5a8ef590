"""`manage.py serve` when it can't start: one sentence that says what to do, and no traceback."""

import fcntl
import resource
import socket

import pytest
from django.core.management import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from board.management import starting
from board.ops import instance_lock


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def sentence(done):
    """Return the single line that a process printed when its start failed."""
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    return line


def test_a_taken_port_says_so(run, taken_port, tmp_path):
    assert sentence(run("manage.py", "serve", "--demo", PORT=str(taken_port))) == (
        f"CommandError: Can't listen on port {taken_port} of 127.0.0.1 (Address already in use). "
        "Stop the program that uses it, or set PORT to another one."
    )
    assert not (tmp_path / "own.sqlite3").exists()  # and nothing was made before it was known


def test_a_host_that_is_not_this_machine_says_so():
    with pytest.raises(CommandError, match=r"^Can't listen on port 0 of 192\.0\.2\.1 \("):
        starting.check_port("192.0.2.1", 0)


def test_a_database_that_cannot_be_opened_says_so(monkeypatch, tmp_path, django_db_blocker):
    folder = ConnectionHandler({"default": connections["default"].settings_dict | {"NAME": str(tmp_path)}})
    monkeypatch.setattr(instance_lock, "acquire", lambda: folder["default"].cursor())
    with django_db_blocker.unblock(), pytest.raises(CommandError) as refusal:
        starting.prepare_database(BaseCommand(), migrate=True)
    assert str(refusal.value) == (
        "Can't use the database in DATABASE_URL: unable to open database file. "
        "Restart the database in DATABASE_URL. Requests work again as soon as it is available."
    )


@pytest.mark.django_db
def test_an_instance_that_does_not_migrate_refuses_a_database_that_is_not_up_to_date():
    starting.prepare_database(BaseCommand(), migrate=False)
    MigrationRecorder(connections["default"]).record_unapplied("sessions", "0001_initial")
    with pytest.raises(CommandError) as refusal:
        starting.prepare_database(BaseCommand(), migrate=False)
    assert str(refusal.value) == ("The database is not up to date. Run manage.py migrate once, for all processes.")


@pytest.mark.parametrize(("limits", "raised"), [((100, 20_000), (8192, 20_000)), ((9000, 9000), None)])
def test_the_limit_of_open_files_is_raised_where_it_may_be(monkeypatch, caplog, limits, raised):
    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda what: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda what, pair: set_to.append(pair))
    starting.allow_many_connections()
    assert (set_to, caplog.text) == ([raised] if raised else [], "")


def test_a_low_limit_of_open_files_is_logged(monkeypatch, caplog):
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1024, 1024))
    starting.allow_many_connections()
    assert "can open only 1024 files" in caplog.text


def test_a_second_process_without_redis_does_not_start(run, tmp_path):
    with open(tmp_path / "own.sqlite3.lock", "a") as first:
        fcntl.flock(first, fcntl.LOCK_SH)
        said = sentence(run("manage.py", "serve", "--no-migrate", PORT="0"))
    assert said == (
        "CommandError: Another process is serving this database. Set REDIS_URL for both, or stop the other one."
    )
