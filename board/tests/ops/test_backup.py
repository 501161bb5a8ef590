"""Backup and restore. Invalid and incompatible files change nothing."""

import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from board import actions
from board.models import Task
from board.ops import backup as backups
from board.ops import instance_lock, integrity
from board.tests.models.first_release import create_first_release


@contextmanager
def working_on(path):
    """Switch the default connection to a database file."""
    original = connections["default"]
    options = {"timeout": 1, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
    connections["default"] = type(original)({**original.settings_dict, "NAME": str(path), "OPTIONS": options})
    try:
        yield path
    finally:
        connections["default"].close()
        connections["default"] = original


@pytest.fixture(scope="module")
def empty(tmp_path_factory, django_db_setup, django_db_blocker):
    """The file of an empty, migrated database."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    with django_db_blocker.unblock(), working_on(path):
        call_command("migrate", verbosity=0)
    return path


@pytest.fixture
def database(tmp_path, empty, django_db_blocker):
    """The file of the database that the test works on, with one task."""
    path = tmp_path / "db.sqlite3"
    shutil.copy(empty, path)
    with django_db_blocker.unblock(), working_on(path):
        actions.add_task(None, name="Before")
        yield path


@pytest.fixture
def backup(tmp_path, database):
    """A backup of the database."""
    path = tmp_path / "board.backup"
    backups.write(path)
    return path


def names():
    return list(Task.objects.order_by("pk").values_list("name", flat=True))


@pytest.mark.slow
def test_restoring_brings_back_the_board_and_preserves_the_replaced_one(database, backup):
    actions.add_task(None, name="After")
    Session.objects.create(session_key="kept", session_data="", expire_date=timezone.now())
    description, aside = backups.restore(backup)
    assert names() == ["Before"]
    assert description["newest"] == 1
    assert not Session.objects.exists()
    with closing(sqlite3.connect(aside)) as replaced:
        assert replaced.execute("SELECT name FROM board_task").fetchall() == [("Before",), ("After",)]
    connections["default"].close()
    assert {path.name for path in database.parent.iterdir() if "restore-" in path.name} == {
        name for end in ("", "-wal", "-shm") if (database.parent / (name := f"{Path(aside).name}{end}")).exists()
    }


def test_a_board_where_something_was_undone_and_restored_can_be_backed_up(database, tmp_path):
    changed = actions.change_task(None, 1, name="Changed")
    undone = actions.undo(None, changed.event.seq)
    actions.undo(None, undone.seq)
    actions.undo(None, actions.add_task(None, name="Undone").event.seq)
    actions.restore_task(None, 2)
    path = tmp_path / "undone.backup"
    call_command("backup", str(path))
    call_command("restore", str(path))
    assert names() == ["Changed", "Undone"]


def test_only_the_owner_can_read_a_backup_and_it_never_replaces_a_file(database, backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", str(backup))


def test_a_failed_integrity_check_prevents_a_backup(database, tmp_path):
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE board_counter SET value = 7")
    with pytest.raises(CommandError, match="The counter is at 7"):
        call_command("backup", str(tmp_path / "bad.backup"))
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def packed(path, description, database=b""):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("backup.json", description if isinstance(description, str) else json.dumps(description))
        archive.writestr("database", database)


OURS = {
    "product": "Lightboard",
    "format": 1,
    "version": "0.1.0",
    "database": "sqlite",
    "taken": "2026-11-22T03:00:04+00:00",
    "newest": 1,
    "migrations": [],
}
FOREIGN = {
    "another program": {**OURS, "product": "Other"},
    "not a complete Lightboard backup": "[]",
    "is not a complete Lightboard backup": "no JSON",
    "is a postgresql backup": {**OURS, "database": "postgresql"},
    "a newer version of Lightboard, with migration board.9999_later": {**OURS, "migrations": ["board.9999_later"]},
    "made by a newer version of Lightboard. ": {**OURS, "format": 2},
    "The backup does not contain a database": OURS,
    "no valid 'taken'": {**OURS, "taken": ["then"]},
    "no valid 'newest'": {**OURS, "newest": "1"},
    "no valid 'format'": {**OURS, "format": True},
    "no valid 'migrations'": {**OURS, "migrations": [{}]},
    "no valid 'database'": {**OURS, "database": None},
    "recursion": "[" * 100_000,
}


SCHEMA_WITH_CODE = {
    "trigger": "CREATE TRIGGER mine AFTER DELETE ON django_session BEGIN DELETE FROM board_task; END",
    "view": "CREATE VIEW mine AS SELECT * FROM auth_user",
    "table": "CREATE VIRTUAL TABLE mine USING fts5(words)",
}


@pytest.mark.parametrize(("reason", "description"), FOREIGN.items(), ids=FOREIGN)
def test_an_invalid_or_incompatible_backup_changes_nothing(tmp_path, database, reason, description):
    path = tmp_path / "foreign"
    packed(path, description, b"no database, but long enough to be taken for one" * 20)
    refused(path, reason, database)


def test_an_incomplete_backup_is_refused(tmp_path, database, backup):
    path = tmp_path / "cut"
    path.write_bytes(backup.read_bytes()[:-100])
    refused(path, "not a complete Lightboard backup", database)
    whole = bytearray(backup.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    refused(path, "not a complete Lightboard backup", database)
    refused(tmp_path / "nothing", "Can't read", database)


def test_a_backup_that_would_fill_disk_or_memory_is_refused_before_it_is_unpacked(tmp_path, database):
    path = tmp_path / "bomb"
    for description, content in (({**OURS, "taken": " " * 2_000_000}, b""), (OURS, bytes(50_000_000))):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("backup.json", json.dumps(description))
            archive.writestr("database", content)
        refused(path, "too long" if content == b"" else "beyond all measure", database)


@pytest.mark.parametrize(("kind", "code"), SCHEMA_WITH_CODE.items())
def test_a_database_with_triggers_or_views_is_refused(tmp_path, database, backup, kind, code):
    with zipfile.ZipFile(backup) as archive:
        description = archive.read("backup.json").decode()
        changed = tmp_path / archive.extract("database", tmp_path)
    with closing(sqlite3.connect(changed)) as connection:
        connection.execute(code)
        connection.commit()
    path = tmp_path / "with-code"
    packed(path, description, changed.read_bytes())
    refused(path, f"has a {kind} that is not Lightboard's: 'mine'", database)


def test_a_restored_database_is_for_its_owner_alone(database, backup):
    before = os.umask(0)
    try:
        backups.restore(backup)
    finally:
        os.umask(before)
    assert database.stat().st_mode & 0o777 == 0o600


def refused(path, reason, database):
    with pytest.raises(CommandError) as error:
        call_command("restore", str(path))
    assert reason in str(error.value)
    assert names() == ["Before"]
    assert not [path for path in database.parent.iterdir() if "restore-" in path.name]


@pytest.fixture
def serving_here():
    """Hold the lock of another server. It is released when the file is closed, as at the end of a process."""
    yield instance_lock.acquire
    while instance_lock._lock_files:
        instance_lock._lock_files.pop().close()


def test_a_restore_is_refused_while_a_server_runs(database, backup, serving_here):
    assert serving_here() is False
    refused(backup, "Lightboard is running on this database", database)
    instance_lock._lock_files.pop().close()
    backups.restore(backup)


def test_a_second_server_detects_the_first(database, serving_here):
    assert [serving_here(), serving_here(), serving_here()] == [False, True, True]


def test_no_server_starts_during_a_restore(database, serving_here):
    with instance_lock.exclusive(), pytest.raises(instance_lock.InUseError, match="is being restored"):
        serving_here()
    assert serving_here() is False


@pytest.mark.slow
def test_a_backup_of_the_first_release_is_brought_up_to_date(database, tmp_path):
    old = tmp_path / "old.sqlite3"
    create_first_release(old)
    path = tmp_path / "old.backup"
    packed(path, {**OURS, "taken": "then", "newest": 58, "migrations": ["board.0001_initial"]}, old.read_bytes())
    call_command("restore", str(path))
    assert "Alpha" in names()
    with integrity.snapshot() as using:
        assert integrity.check_integrity(using) == []
