"""A few of the kills and backups of which `make crash` does hundreds."""

import subprocess
import sys

import pytest

from .server import ROOT


@pytest.mark.parametrize(
    ("what", "options"), [("kill backup notify", []), ("kill backup", ["--postgres"])], ids=["sqlite", "postgres"]
)
def test_what_was_acknowledged_survives_kills_and_is_in_a_backup(what, options):
    """Of "notify", 200 notifications have to be made and read once, whoever is killed."""
    tries = what.split()
    command = [sys.executable, "-m", "e2e.lab.crash", *tries, "--times", "1", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    survived = f"{len(tries)}/{len(tries)} survived"
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, survived), done
