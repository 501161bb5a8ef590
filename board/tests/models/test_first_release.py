"""Migration of a database of the first release: nothing is lost, and the integrity check passes."""

import sqlite3
from contextlib import closing

import pytest

from board.text.search import normalize, sort_key
from e2e.lab.crash import manage

from .first_release import create_first_release

# The columns of each table in the first release.
KEPT = {
    "board_sprint": "id, name, description, end, version",
    "board_task": 'id, name, description, sprint_id, status, "order", assigned_id, started, due, completed, version',
    "board_event": "seq, at, by_id, kind, task, sprint, left, changes",
    "board_counter": "id, value",
    "auth_user": "id, username, password, first_name, last_name, is_active, is_staff, is_superuser",
}

# Columns that were renamed since.
RENAMED = {"board_event": "seq, created_at, actor_id, kind, task, sprint, from_sprint, changes"}


def rows(path, columns):
    with closing(sqlite3.connect(path)) as database:
        return {
            table: database.execute(f"SELECT {names} FROM {table}").fetchall() for table, names in columns.items()
        }


def migrate(path):
    done = manage("migrate", "--verbosity", "1", DATABASE_URL=f"sqlite:///{path}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """The rows of a database of the first release, and its file after the migration."""
    path = tmp_path_factory.mktemp("first") / "old.sqlite3"
    create_first_release(path)
    before = rows(path, KEPT)
    assert all(before.values())
    assert "Applying" in migrate(path)
    return before, path


def test_a_database_of_the_first_release_is_brought_up_to_date_and_nothing_is_lost(migrated):
    before, path = migrated
    assert rows(path, KEPT | RENAMED) == before
    examined = manage("doctor", DATABASE_URL=f"sqlite:///{path}")
    assert (examined.returncode, examined.stderr) == (0, "")


def test_migrated_rows_can_be_searched_and_sorted(migrated):
    _, path = migrated
    with closing(sqlite3.connect(path)) as database:
        for table in ("board_sprint", "board_task"):
            rows = database.execute(f"SELECT name, search_text, name_key FROM {table}").fetchall()
            assert rows
            for name, text, key in rows:
                assert text.split("\n")[0] == normalize(name)
                assert key == sort_key(name)
