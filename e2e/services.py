"""A Redis, a PostgreSQL and an nginx of our own, for tests: on free ports of 127.0.0.1, gone at the end.

Their data are in temporary folders; processes are ended by the id that they were started with.
`python -m e2e.services COMMAND…` runs a command with DATABASE_URL and REDIS_URL of services that live as long as it does.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import trustme

from .server import ROOT, free_port

START_WITHIN = 180
# In Redis; each server that is tested on our services has a number of its own.
DATABASES = 200
# PostgreSQL refuses to be root; these accounts exist on most systems.
HUMBLE_USERS = ("postgres", "nobody")
# What nginx would else put into folders of the system.
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Service:
    """A server process of ours; a context manager that starts and stops it."""

    name = ""

    def __init__(self):
        self.port = free_port()
        self.process = None
        self.folder = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()

    def start(self):
        """Start the process, in the folder of the last time if there was one, and wait until it answers.

        Raises `RuntimeError` with one sentence when its program is missing, or with its log when it ends instead.
        """
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix=f"lightboard-{self.name}-"))
            self.prepare()
        with self.log.open("ab") as log:
            self.process = self.run(stdout=log, stderr=log)
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.answers():
                return self
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()}")

    @property
    def log(self):
        return self.folder / "log"

    def prepare(self):
        """Bring what the process needs before its first start."""

    def run(self, **output):
        """Start the process and return it."""
        raise NotImplementedError

    def answers(self):
        """Tell whether the process can be talked to."""
        raise NotImplementedError

    def end(self, with_signal):
        """End the process with a signal and wait for it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.process.send_signal(signal.SIGCONT)
            self.process.wait(timeout=20)

    def kill(self):
        """End the process as a power cut would."""
        self.end(signal.SIGKILL)

    def pause(self):
        """Let the process stand still, with its sockets open."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        """Let a paused process go on."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """End the process in its own time and remove what it left."""
        self.end(signal.SIGINT)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


class Redis(Service):
    """A Redis without persistence."""

    name = "redis"

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def prepare(self):
        if not shutil.which("redis-server"):
            raise RuntimeError("redis-server is not on PATH (Debian: apt-get install redis-server).")

    def run(self, **output):
        options = {"bind": "127.0.0.1", "port": self.port, "databases": DATABASES, "dir": self.folder}
        options |= {"save": "", "appendonly": "no"}
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        return subprocess.Popen(["redis-server", *arguments], **output)

    def answers(self):
        try:
            return self.command(b"PING").startswith(b"+PONG")
        except OSError:
            return False

    def flush(self):
        """Forget everything."""
        self.command(b"FLUSHALL")

    def command(self, words):
        """Return the first bytes of the answer to an inline command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
            wire.sendall(words + b"\r\n")
            return wire.recv(1024)


class Postgres(Service):
    """A PostgreSQL cluster. One that only proves behaviour does not flush to the disk; a `durable` one does."""

    name = "postgres"
    user = "lightboard"

    def __init__(self, durable=False):
        super().__init__()
        self.durable = durable

    @property
    def url(self):
        return f"postgres://{self.user}@127.0.0.1:{self.port}"

    def url_of(self, database):
        """Return the DATABASE_URL of a database."""
        return f"{self.url}/{database}"

    def new_database(self, name):
        """Make an empty database, instead of one of that name if there is one, and return its DATABASE_URL."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url_of(name)

    def connect(self, database):
        """Return a connection to a database."""
        return psycopg.connect(self.url_of(database))

    def end_quickly(self):
        """End as a restart does: everybody is cut at once, nothing is lost; `start` brings it back."""
        self.end(signal.SIGINT)

    def prepare(self):
        data = self.folder / "data"
        data.mkdir()
        if humble := humble_user():
            for folder in (self.folder, data):
                shutil.chown(folder, humble)
        options = ["-U", self.user, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [program("initdb"), "-D", data, *options],
            user=humble,
            extra_groups=[] if humble else None,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")

    def run(self, **output):
        settings = {
            "fsync": "on" if self.durable else "off",
            "unix_socket_directories": "",
            "max_connections": 200,
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        humble = humble_user()
        return subprocess.Popen(
            [
                program("postgres"),
                *("-D", self.folder / "data", "-h", "127.0.0.1", "-p", str(self.port)),
                *arguments,
            ],
            user=humble,
            extra_groups=[] if humble else None,
            cwd=self.folder,
            **output,
        )

    def answers(self):
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Nginx(Service):
    """nginx as the manual sets it up (deploy/nginx.conf), with HTTPS, in front of the processes on these ports.

    `authority` is the file with the certificate of who signed its certificate. Each answer names the process that
    gave it in X-Upstream, as HOST:PORT.
    """

    name = "nginx"

    def __init__(self, ports, *, reads_static=False):
        super().__init__()
        self.ports, self.reads_static = ports, reads_static
        self.plain_port = free_port()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self):
        return self.folder / "authority.pem"

    def prepare(self):
        if not find_nginx():
            raise RuntimeError("nginx is not installed (Debian: apt-get install nginx).")
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.authority)
        certificate = authority.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(self.folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(self.folder / "certificate.pem")
        (self.folder / "main.conf").write_text(
            f"""
            daemon off;
            {"user root;" if not os.geteuid() else ""}
            worker_processes 2;
            pid {self.folder}/pid;
            events {{}}
            http {{
                types {{ text/css css; text/javascript js; image/svg+xml svg; }}
                access_log off;
                add_header X-Upstream $upstream_addr always;
                {"".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in TEMPORARY)}
                {self.site()}
            }}
            """
        )

    def site(self):
        """Return the manual's file with our ports and paths in it."""
        servers = "".join(f"server 127.0.0.1:{port} max_fails=0;\n" for port in self.ports)
        ours = {
            r"( *server 127\.0\.0\.1:\d+ max_fails=0;\n)+": servers,
            r"listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            r"listen 443 ": f"listen 127.0.0.1:{self.port} ",
            r"/etc/letsencrypt/live/board.example.org/fullchain.pem": f"{self.folder}/certificate.pem",
            r"/etc/letsencrypt/live/board.example.org/privkey.pem": f"{self.folder}/key.pem",
            r"board\.example\.org": "127.0.0.1",
        }
        if self.reads_static:
            static = (ROOT / "deploy" / "nginx-static.conf").read_text()
            ours["# include /srv/lightboard/deploy/nginx-static.conf;"] = static.replace(
                "/srv/lightboard-static", str(ROOT / "var" / "static")
            )
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for theirs, own in ours.items():
            text, found = re.subn(theirs, own.replace("\\", r"\\"), text)
            assert found, f"deploy/nginx.conf has no {theirs}"
        return text

    def run(self, **output):
        return subprocess.Popen([find_nginx(), "-p", self.folder, "-c", "main.conf", "-e", self.log], **output)

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
            return True
        return False


def find_nginx():
    """Return the path of nginx, which Debian keeps from the PATH of all but root."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def program(name):
    """Return the path of a program of PostgreSQL: the one on PATH, else the newest under /usr/lib/postgresql."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    path = shutil.which(name) or (installed and installed[-1])
    if not path:
        raise RuntimeError(f"PostgreSQL's {name} is not on PATH (Debian: apt-get install postgresql).")
    return path


def humble_user():
    """Return whom to be in place of root, None when we are not root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in HUMBLE_USERS:
        if name in known:
            return name
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def main(command):
    """Run a command on services of its own; returns its exit status."""
    with Redis() as redis, Postgres() as postgres:
        env = {
            "DATABASE_URL": postgres.new_database("lightboard"),
            "REDIS_URL": redis.url,
            "E2E_POSTGRES": postgres.url,
            "E2E_REDIS": redis.url,
        }
        process = subprocess.Popen(command, env=os.environ | env)
        try:
            return process.wait()
        except KeyboardInterrupt:
            return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
