import os
import runpy
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = {
    "ALLOWED_HOSTS",
    "API_RATE",
    "API_RATE_UNKNOWN",
    "DATA_DIR",
    "DATABASE_URL",
    "DEBUG",
    "DEMO_ANYWHERE",
    "EMAIL_URL",
    "FORCE_SCRIPT_NAME",
    "HOST",
    "MAIL_FROM",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SITE_URL",
    "STATIC_ROOT",
    "TIME_ZONE",
    "TRUSTED_ORIGINS",
    "TRUSTED_PROXIES",
    "WEBHOOKS_TO_PRIVATE_ADDRESSES",
}


@pytest.fixture
def run(tmp_path):
    """Run Python in a process of its own with these variables, on a database of its own."""

    def run_python(*arguments, cwd=ROOT, **variables):
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        defaults = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=inherited | defaults | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run_python


@pytest.fixture
def load(tmp_path):
    """Run the settings of a folder with these variables, and return what they set."""

    def load_settings(folder=ROOT, **variables):
        defaults = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}"} if folder == ROOT else {}
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        with mock.patch.dict(os.environ, inherited | defaults | variables, clear=True):
            return runpy.run_path(str(folder / "config" / "settings.py"))

    return load_settings


def parse_command(name, *options):
    """Let a command of manage.py parse these options. Raises `SystemExit` if it doesn't know one."""
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(options)
