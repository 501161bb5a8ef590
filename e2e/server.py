"""The real server as a process of its own, on a free port, with a database file of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN = 120


class Server:
    """`manage.py serve --demo` on 127.0.0.1; `env` adds to its environment, `program` takes manage.py's place."""

    def __init__(self, folder, program=("manage.py",), **env):
        self.program = program
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.env = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATABASE_URL": f"sqlite:///{folder / 'e2e.sqlite3'}",
            "SECRET_KEY": "only for the tests that drive a server of their own.",
            "DEBUG": "0",
            **env,
        }
        self.process = None

    def start(self):
        """Start the process and wait until it answers. Raises `RuntimeError` with its log when it ends instead."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "serve", "--demo"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                httpx.get(f"{self.url}/healthz", timeout=2).raise_for_status()
                return self
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")

    def manage(self, *arguments):
        """Run a command of manage.py on the server's database and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=True).stdout

    def stop(self, with_signal=signal.SIGTERM):
        """End the process by its id and wait for it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.process.wait(timeout=20)


def free_port():
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
