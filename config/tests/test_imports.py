"""The import contracts of pyproject.toml hold, and a breach is seen."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .conftest import ROOT

LINT = Path(sys.executable).parent / "lint-imports"
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS, INSIDE_BOARD, ANNOUNCING, ACYCLIC = (contract["name"] for contract in CONFIG["contracts"])


def lint(folder):
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tree(tmp_path):
    """A copy of what the contracts speak of."""
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
        ("board/models.py", "from api import serializers", LAYERS),
        ("api/filters.py", "from config import settings", LAYERS),
        ("board/views.py", "import placeholder", LAYERS),
        ("sitegen/__init__.py", "from board import models", LAYERS),
        ("board/history.py", "from board import actions", INSIDE_BOARD),
        ("board/models.py", "from board.broadcasts import card", INSIDE_BOARD),
        ("board/consumers.py", "from board import views", INSIDE_BOARD),
        ("board/ordering.py", "from board import history", INSIDE_BOARD),
        ("board/newcomer.py", "", INSIDE_BOARD),
        ("board/management/commands/demo.py", "from board.broadcasts import announce", ANNOUNCING),
        ("api/views.py", "from board.broadcasts import announce", ANNOUNCING),
        ("sitegen/pages.py", "from . import stage", ACYCLIC),
    ],
)
def test_a_breach_is_seen(tree, file, line, contract):
    with (tree / file).open("a") as source:
        source.write(f"\n{line}\n")
    done = lint(tree)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in " ".join(done.stdout.split())
