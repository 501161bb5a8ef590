"""The import contracts of pyproject.toml hold, and violations are found."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .conftest import ROOT

LINT = Path(sys.executable).parent / "lint-imports"
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS, ROOMS, PUBLISHING, *INNER, ACYCLIC = (contract["name"] for contract in CONFIG["contracts"])


def contract_of(room):
    return next(name for name in INNER if name.startswith(f"{room}:"))


def lint(folder):
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tree(tmp_path):
    """A copy of the packages in the contracts."""
    for package in CONFIG["root_packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(tree):
    done = lint(tree)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("KEPT") == len(CONFIG["contracts"])


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("board/models/task.py", "from api import serializers", LAYERS),
        ("api/filters.py", "from config import settings", LAYERS),
        ("board/views/tasks.py", "import placeholder", LAYERS),
        ("sitegen/__init__.py", "from board import models", LAYERS),
        ("board/history/log.py", "from board import actions", ROOMS),
        ("board/models/task.py", "from board.components import card", ROOMS),
        ("board/live/consumers.py", "from board.views import tasks", ROOMS),
        ("board/accounts/views/people.py", "from board.views import shortcuts", ROOMS),
        ("board/newcomer.py", "", ROOMS),
        ("board/management/commands/demo.py", "from board.live.notifications import publish", PUBLISHING),
        ("board/actions/tasks.py", "from board.live.notifications import publish", PUBLISHING),
        ("board/actions/ordering.py", "from . import tasks", contract_of("actions")),
        ("board/history/newcomer.py", "", contract_of("history")),
        ("sitegen/pages.py", "from . import stage", ACYCLIC),
    ],
)
def test_a_violation_is_found(tree, file, line, contract):
    with (tree / file).open("a") as source:
        source.write(f"\n{line}\n")
    done = lint(tree)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in " ".join(done.stdout.split())
