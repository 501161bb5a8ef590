"""The real server as a process of its own, on a free port, with a database of its own.

That is `manage.py serve` on an SQLite file, and under `python -m e2e.services COMMAND` on PostgreSQL and Redis.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import ClassVar

import httpx
import psycopg

from board.ops.hosts import bracketed

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN = 180
# How often the tests of faults hurt it.
TIMES = int(os.environ.get("TIMES", "1"))
# Set by services.py: addresses of servers on which each of ours gets a database and a number of its own.
POSTGRES, REDIS = os.environ.get("E2E_POSTGRES"), os.environ.get("E2E_REDIS")
NUMBERS = count(1)
# What manage.py does to serve: all but the last once, the last as long as the server lives.
SERVE = [["serve", "--demo"]]
# One of several processes on a database that is up to date.
INSTANCE = [["serve", "--no-migrate"]]


class Server:
    """A server on 127.0.0.1 or HOST, with the demo in its database.

    Servers of the same folder share a database. `env` adds to the environment, `program` takes manage.py's place.
    """

    # {DATABASE_URL: folder} of all that were made.
    databases: ClassVar[dict[str, Path]] = {}
    # The database of the first server, migrated and with the demo. The others start with a copy, which takes half the time.
    template: ClassVar[bytes] = b""

    def __init__(self, folder, program=("manage.py",), steps=SERVE, **env):
        self.program = program
        self.port = free_port()
        host = env.get("HOST", "127.0.0.1")
        self.url = f"http://{bracketed(host)}:{self.port}"
        self.log = folder / "server.log"
        self.env = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            **storage_of(folder),
            "SECRET_KEY": "only for the tests that drive a server of their own.",
            "DEBUG": "0",
            **env,
        }
        self.databases[self.env["DATABASE_URL"]] = folder
        self.process = None
        *self.first, self.step = steps

    def start(self):
        """Start the process and wait until it answers. Raises `RuntimeError` with its log when it ends instead."""
        is_new = self.step == SERVE[0] and self.path and not self.path.exists()
        if is_new and self.template:
            self.path.write_bytes(self.template)
            self.path.chmod(0o600)
        with self.log.open("ab") as log:
            while self.first:
                self._run(subprocess.run, self.first.pop(0), log, check=True)
            self.process = self._run(subprocess.Popen, self.step, log)
        deadline = time.monotonic() + START_WITHIN
        # Without TLS no client has to read all certificates first, which takes longer than the request.
        with httpx.Client(base_url=self.url, timeout=2, verify=False) as client:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    client.get("/healthz").raise_for_status()
                    if is_new and not self.template:
                        self._keep_template()
                    return self
                except httpx.HTTPError:
                    time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")

    def _keep_template(self):
        with closing(sqlite3.connect(self.path)) as database:
            type(self).template = database.serialize()

    @property
    def path(self):
        """The file of the database; None for PostgreSQL."""
        url = self.env["DATABASE_URL"]
        return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None

    def manage(self, *arguments):
        """Run a command of manage.py on the server's database and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=True).stdout

    def _run(self, start, step, log, **options):
        command = [sys.executable, *self.program, *step]
        return start(command, cwd=ROOT, env=self.env, stdout=log, stderr=log, **options)

    def stop(self, with_signal=signal.SIGTERM):
        """End the process by its id and wait for it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.process.wait(timeout=20)


@contextmanager
def write_lock(server):
    """Hold the database's write lock, so that requests that write have to wait."""
    with closing(sqlite3.connect(server.path, autocommit=True)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@cache
def storage_of(folder):
    """Return the settings by which a server has a database for this folder."""
    if not POSTGRES:
        return {"DATABASE_URL": f"sqlite:///{folder / 'e2e.sqlite3'}"}
    number = next(NUMBERS)
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE e2e_{number}")
    return {"DATABASE_URL": f"{POSTGRES}/e2e_{number}", "REDIS_URL": f"{REDIS}/{number}"}


def free_port():
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has_tls(url):
    """Tell whether a client needs certificates; to read them takes longer than most requests of ours."""
    return url.startswith("https:")
