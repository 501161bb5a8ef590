"""Several invitations at once: one username, whatever its spelling, becomes one account."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
INVITE_AT_ONCE = """
import django
django.setup(set_prefix=False)
from threading import Barrier, Thread
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from board import accounts
call_command("migrate", verbosity=0)

def invite(name):
    barrier.wait()
    try:
        accounts.invite(None, name)
    except ValidationError:
        pass
    finally:
        connection.close()

for round in range(10):
    names = [f"ada{round}", f"ADA{round}", f"Ada{round}", f"adA{round}", f"\\u0430d\\u0430{round}"]
    barrier = Barrier(len(names))
    threads = [Thread(target=invite, args=[name]) for name in names]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(User.objects.count())
"""


@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_invitations_at_once_make_one_account_for_all_spellings(request, tmp_path, vendor):
    if vendor == "sqlite":
        database = f"sqlite:///{tmp_path / 'board.sqlite3'}"
    else:
        database = request.getfixturevalue("postgres").new_database("usernames")
    done = subprocess.run(
        [sys.executable, "-c", INVITE_AT_ONCE],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout == "10\n", done.stderr
