"""The fair lock before SQLite's write lock: first come, first served, and released however a transaction ends."""

import os
import sqlite3
import stat
import threading
from contextlib import closing, suppress

import pytest
from django.db import OperationalError, connections, transaction

from config.sqlite import base


def test_the_lock_is_acquired_in_order_of_arrival():
    lock = base.FairLock()
    assert lock.acquire(0)
    order, threads = [], []
    for number in range(8):

        def work(number=number):
            lock.acquire(10)
            order.append(number)
            lock.release()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        while len(lock._waiting) <= number:
            pass
    lock.release()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))
    assert lock.acquire(0)


def test_a_timed_out_waiter_is_skipped():
    lock = base.FairLock()
    lock.acquire(0)
    assert not lock.acquire(0.001)
    lock.release()
    assert lock.acquire(0)
    assert not lock._waiting


class StopError(Exception):
    pass


def end_well(using):
    with transaction.atomic(using):
        pass


def leave_by_an_error(using):
    with suppress(StopError), transaction.atomic(using):
        raise StopError


def leave_inside(using):
    with suppress(StopError), transaction.atomic(using), transaction.atomic(using):
        raise StopError


def close_inside(using):
    with suppress(StopError), transaction.atomic(using):
        connections[using].close()
        raise StopError


def break_inside(using):
    with suppress(OperationalError), transaction.atomic(using):
        connections[using].cursor().execute("SELECT no_such_thing")


def cannot_begin(using):
    other = sqlite3.connect(connections[using].settings_dict["NAME"], autocommit=True)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), transaction.atomic(using):
        pass
    other.close()


@pytest.fixture
def file(tmp_path):
    """The alias of a database in a file."""
    options = {"timeout": 0, "transaction_mode": "IMMEDIATE"}
    known = {**connections["default"].settings_dict, "NAME": str(tmp_path / "db.sqlite3"), "OPTIONS": options}
    connections["file"] = base.DatabaseWrapper(known, "file")
    yield "file"
    connections["file"].close()
    del connections["file"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "end", [end_well, leave_by_an_error, leave_inside, close_inside, break_inside, cannot_begin]
)
def test_however_a_transaction_ends_the_next_one_gets_the_lock(file, end):
    end(file)
    lock = connections[file]._write_lock
    assert lock.acquire(0)
    lock.release()
    end_well(file)


@pytest.mark.django_db
def test_a_lock_that_is_never_released_raises_an_error(file, monkeypatch):
    monkeypatch.setattr(base, "LOCK_TIMEOUT", 0.01)
    connections[file]._write_lock.acquire(0)
    with pytest.raises(OperationalError, match="did not move"):
        end_well(file)
    connections[file]._write_lock.release()
    end_well(file)


@pytest.mark.django_db
def test_the_lock_is_held_from_begin_to_the_end_of_the_transaction(file):
    with transaction.atomic(file):
        with transaction.atomic(file):
            pass
        assert not connections[file]._write_lock.acquire(0)


@pytest.fixture
def no_umask():
    """Set no umask, so that new files get all permissions that their creator asks for."""
    before = os.umask(0)
    yield
    os.umask(before)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def open_database(path):
    """Open a database, write to it, and return the connection."""
    connection = type(connections["default"])({**connections["default"].settings_dict, "NAME": str(path)})
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE IF NOT EXISTS words (word)")
    return connection


@pytest.mark.parametrize("has_wide_rights", [False, True])
def test_the_files_of_a_database_are_private_to_their_owner(
    tmp_path, no_umask, has_wide_rights, django_db_blocker
):
    path = tmp_path / "db.sqlite3"
    if has_wide_rights:
        path.touch(0o666)
    with django_db_blocker.unblock(), closing(open_database(path)):
        assert {name.name: rights(name) for name in tmp_path.iterdir()} == {
            "db.sqlite3": 0o600,
            "db.sqlite3-wal": 0o600,
            "db.sqlite3-shm": 0o600,
        }
