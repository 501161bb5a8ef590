"""Builds the container image, starts it, logs in, restarts it and finds the data again: `make image-test`.

buildah builds and runs the image without an engine, with a store of its own in var/image. The base is the image BASE, or else
a Debian that debootstrap makes, because not every machine reaches a registry of images. Traffic stays on 127.0.0.1.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from ..server import ROOT, START_WITHIN, free_port
from ..sessions import secret_of

IMAGE, BASE = "lightboard", "lightboard-base"
FOLDER = ROOT / "var" / "image"
CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
RELEASE = "trixie"
USER = 10001
PASSWORD = "a whale in a teacup"
TASK = "Pack the lamp"


def environment():
    """Return the environment in which buildah has a store of its own and needs no rights but root's."""
    config = FOLDER / "storage.conf"
    config.write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{FOLDER}/store"\nrunroot = "{FOLDER}/run"\n')
    own = {"CONTAINERS_STORAGE_CONF": str(config), "BUILDAH_ISOLATION": "chroot", "IMAGE_TOOL": "buildah"}
    return os.environ | own


def run(*command, **options):
    return subprocess.run([*map(str, command)], env=environment(), check=True, text=True, **options)


def buildah(*arguments):
    """Run buildah and return what it printed."""
    return run("buildah", *arguments, stdout=subprocess.PIPE).stdout.strip()


def make_base():
    """Make an image of a minimal Debian that trusts the certificates of this machine, and return its name."""
    debian = FOLDER / "debian"
    if not debian.exists():
        unfinished = FOLDER / "debian.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        run("debootstrap", "--variant=minbase", "--include=ca-certificates,python3", RELEASE, unfinished)
        shutil.copy(f"/{CERTIFICATES}", unfinished / CERTIFICATES)
        shutil.rmtree(unfinished / "var/cache/apt/archives")
        unfinished.rename(debian)
    container = buildah("from", "scratch")
    buildah("copy", "--quiet", container, debian, "/")
    buildah("commit", "--quiet", "--rm", container, BASE)
    return BASE


class Container:
    """A container of the image with a data folder on this machine; a context manager that removes it."""

    def __init__(self, data):
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = json.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]

    def __enter__(self):
        self.name = buildah("from", IMAGE)
        # Here, buildah would mount a volume of its own above ours.
        buildah("config", "--volume", "/data-", self.name)
        self.files = files(buildah("mount", self.name))
        return self

    def __exit__(self, *error):
        written = self.files ^ files(buildah("mount", self.name))
        buildah("rm", self.name)
        assert any(error) or not written, f"written outside of /data: {sorted(written)}"

    @contextmanager
    def serving(self):
        """Run the image's command until the health check passes, and end it with the image's signal afterwards."""
        server = self.start(*self.config["Entrypoint"], *self.config["Cmd"])
        try:
            self.wait_until_healthy(server)
            yield
        finally:
            os.kill(innermost_child(server.pid), signal.Signals[self.config["StopSignal"]])
            status = server.wait(timeout=20)
        assert status == 0, f"it ended with {status}"

    def wait_until_healthy(self, server):
        deadline = time.monotonic() + START_WITHIN
        command, *check = self.config["Healthcheck"]["Test"]
        assert command == "CMD"
        while self.start(*check, stderr=subprocess.DEVNULL).wait():
            if time.monotonic() > deadline or server.poll() is not None:
                raise RuntimeError("The container did not get healthy.")
            time.sleep(0.5)

    def manage(self, *arguments):
        """Run a command of manage.py and return what it printed."""
        process = self.start("manage", *arguments, stdout=subprocess.PIPE, text=True)
        printed, _ = process.communicate()
        assert process.returncode == 0
        return printed.strip()

    def start(self, *command, **options):
        """Start a process in the container."""
        container = ("--volume", f"{self.data}:/data", "--env", f"PORT={self.port}", self.name)
        return subprocess.Popen(["buildah", "run", *container, "--", *command], env=environment(), **options)


def files(root):
    """Return {(path, size, time of change)} of the files of a container, without its data and temporary files."""
    found = set()
    for folder, folders, names in os.walk(root):
        if folder == root:
            folders[:] = set(folders) - {"data", "dev", "proc", "run", "sys", "tmp"}
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            found.add((path.removeprefix(root), status.st_size, status.st_mtime_ns))
    return found


def innermost_child(pid):
    """Return the process that runs in the container: buildah has processes of its own around it."""
    while children := [
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]:
        pid = int(children[0])
    return pid


def browse(url):
    """Return a browser that has the CSRF cookie."""
    browser = httpx.Client(base_url=url, timeout=20, headers={"Origin": url})
    browser.get("/login/").raise_for_status()
    return browser


def submit(browser, path, **form):
    token = secret_of(browser.cookies, "csrf")
    response = browser.post(path, data={**form, "csrfmiddlewaretoken": token})
    assert response.status_code == 302, response.text


def set_password(container, name):
    """Open the link of a new account and set its password."""
    link = urlsplit(container.manage("invite", name).splitlines()[-1])
    submit(browse(container.url), link.path, name=name, new_password1=PASSWORD, new_password2=PASSWORD)


def log_in(container, name):
    browser = browse(container.url)
    submit(browser, "/login/", username=name, password=PASSWORD)
    return browser


def check_image(container):
    """Check what is in the image."""
    assert container.config["User"] == str(USER)
    assert container.config["Volumes"] == {"/data": {}}
    names = {os.path.basename(path) for path, *_ in container.files}
    assert "manage.py" in names
    assert not names & {"secret_key", ".env", "conftest.py"}


def check_data_survives(data):
    """Use a container, replace it by a new one with the same data, and restore a backup in that."""
    with Container(data) as first, first.serving():
        check_image(first)
        set_password(first, "ada")
        browser = log_in(first, "ada")
        added = browser.post("/api/tasks/", json={"name": TASK}, auth=("ada", PASSWORD)).raise_for_status()
        page = f"/tasks/{added.json()['id']}/"
        assert TASK in browser.get(page).text
        first.manage("backup", "/data/first.backup")
    print("The container started, was used and stopped.")
    with Container(data) as second:
        with second.serving():
            # The session of the first container is still valid, because the secret key is.
            browser.base_url = second.url
            assert TASK in browser.get(page).text
        print("A new container has the data.")
        second.manage("restore", "/data/first.backup")
        with second.serving():
            assert TASK in log_in(second, "ada").get(page).text
        print("A restored container has them, too.")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        base = os.environ.get("BASE") or make_base()
        run(ROOT / ".ci" / "image", "--build-arg", f"BASE={base}")
        with tempfile.TemporaryDirectory(dir=FOLDER) as data:
            os.chown(data, USER, USER)
            check_data_survives(data)
    finally:
        buildah("rm", "--all")
        buildah("rmi", "--all", "--force")


if __name__ == "__main__":
    main()
