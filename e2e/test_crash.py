"""A few of the kills and backups of which `make crash` does hundreds."""

import subprocess
import sys

import pytest

from .server import ROOT


@pytest.mark.parametrize("database", [[], ["--postgres"]], ids=["sqlite", "postgres"])
def test_what_was_acknowledged_survives_a_kill_and_is_in_a_backup(database):
    command = [sys.executable, "-m", "e2e.lab.crash", "kill", "backup", "--times", "1", *database]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2/2 survived"), done


def test_200_notifications_are_made_and_read_once_whoever_is_killed():
    command = [sys.executable, "-m", "e2e.lab.crash", "notify", "--times", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1/1 survived"), done
