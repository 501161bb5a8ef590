"""No secret was ever committed: neither a file that contains one, nor a text that looks like one."""

import re
import subprocess

import pytest

from .conftest import ROOT

# What an installation keeps to itself (README.md, "Settings").
PRIVATE_FILES = re.compile(r"(^|/)(\.env|secret_key|.*\.(sqlite3|backup|pem|key))$|^(var|\.venv)/")
# A private key, a token of the API, a password in an address of a server other than an example's.
SECRETS = [
    "-----BEGIN [A-Z ]*PRIVATE KEY",
    "lb_[A-Za-z0-9_-]{43}",
    "django-insecure-[a-z0-9]{20}",
]


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_no_private_file_was_ever_committed():
    names = set(git("log", "--all", "--format=", "--name-only").splitlines())
    assert "manage.py" in names
    assert [name for name in sorted(names) if PRIVATE_FILES.search(name)] == []


@pytest.mark.parametrize("secret", SECRETS)
def test_no_text_like_a_secret_was_ever_committed(secret):
    assert git("log", "--all", "--format=%h %s", "-E", "-G", secret) == ""


@pytest.mark.parametrize(
    "name", [".env", "var/secret_key", "var/lightboard.sqlite3", "deploy/board.pem", "a/secret_key"]
)
def test_private_files_are_known(name):
    assert PRIVATE_FILES.search(name)
