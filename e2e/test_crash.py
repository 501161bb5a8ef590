"""A few of the kills and backups of which `make crash` does hundreds."""

import subprocess
import sys

import pytest

from .server import ROOT


@pytest.mark.parametrize("database", [[], ["--postgres"]], ids=["sqlite", "postgres"])
@pytest.mark.parametrize(("what", "times"), [("kill", 1), ("backup", 1)])
def test_what_was_acknowledged_survives(what, times, database):
    command = [sys.executable, "-m", "e2e.lab.crash", what, "--times", str(times), *database]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{times}/{times} survived"), done
