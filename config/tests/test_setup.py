"""`.ci/setup` on machines that lack something: one sentence says what, and nothing is installed on the way."""

import re
import shutil
import subprocess
import tomllib
from itertools import chain

import pytest

from .conftest import ROOT

TOOLS = ["basename", "dirname", "grep", "id", "mkdir", "rm", "sh"]
OFFLINE = "echo 'error: dns error: failed to lookup address: Temporary failure in name resolution' >&2; exit 2"
# What is_new_enough and no_python ask a Python.
OLD_PYTHON = 'case "$*" in *print*) echo "this machine has Python 3.8.18" ;; *) exit 1 ;; esac'


class Machine:
    """A clone in a folder of its own, and a PATH with nothing but some tools and the programs that a test adds."""

    def __init__(self, folder):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "setup", folder / ".ci")

    def add(self, name, script="exit 0"):
        program = self.bin / name
        program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        program.chmod(0o755)

    def set_up(self, what="run", **env):
        """Run the script and return (exit status, what it printed)."""
        done = subprocess.run(
            [self.folder / ".ci" / "setup", what],
            env={"PATH": str(self.bin), **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ""
        return done.returncode, done.stderr

    def refusal(self):
        """Return the last sentence of a set-up that fails, without the line that names the log."""
        status, printed = self.set_up()
        *_, sentence, details = printed.splitlines()
        assert (status, details) == (1, "(Details: var/setup.log)")
        return sentence


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_machine_that_has_everything_is_silent(machine):
    machine.add("uv")
    machine.add("python3")
    assert machine.set_up() == (0, "")


def test_a_machine_without_network_says_that_uv_is_missing(machine):
    machine.add("python3", OFFLINE)
    assert machine.refusal() == (
        "uv could not be downloaded: Lightboard needs the network the first time, or uv on PATH."
    )


def test_a_machine_without_pip_says_so(machine):
    machine.add("python3", "echo 'No module named pip' >&2; exit 1")
    assert machine.refusal() == (
        "uv could not be installed: install pip (Debian: apt-get install python3-pip) or uv (https://docs.astral.sh/uv/)."
    )


def test_a_machine_without_network_says_that_packages_are_missing(machine):
    machine.add("uv", f'[ "$1" = sync ] || exit 0; {OFFLINE}')
    machine.add("python3")
    assert machine.refusal() == (
        "The packages could not be downloaded: Lightboard needs the network the first time."
    )


@pytest.mark.parametrize(
    ("script", "found"), [(OLD_PYTHON, "this machine has Python 3.8.18"), (None, "this machine has no Python")]
)
def test_an_old_python_says_which_one_is_needed(machine, script, found):
    machine.add("uv", '[ "$1" = python ] && exit 1; exit 0')
    if script:
        machine.add("python3", script)
    assert machine.refusal() == (
        f"Lightboard needs Python 3.12 or newer with ssl and sqlite3, but {found}, and uv could not download one: "
        "install it (Debian 13: apt-get install python3), or name one in UV_PYTHON."
    )


def test_an_old_python_is_enough_where_uv_downloads_another(machine):
    machine.add("uv", 'echo "$* ${UV_PYTHON:-}" >>calls; [ "$2" != find ] || echo /opt/python')
    machine.add("python3", OLD_PYTHON)
    status, printed = machine.set_up()
    assert (status, printed) == (0, "Getting Python …\n")
    assert (machine.folder / "calls").read_text().splitlines()[-1] == (
        "sync --locked --quiet --inexact --no-default-groups /opt/python"
    )


DISTRUSTS = "echo 'error sending request: invalid peer certificate: UnknownIssuer' >&2; exit 2"


def test_a_certificate_that_only_the_system_trusts_is_enough(machine):
    machine.add("uv", f'[ "$1" != sync ] || [ -n "${{UV_SYSTEM_CERTS:-}}" ] || {{ {DISTRUSTS}; }}')
    machine.add("python3")
    assert machine.set_up() == (0, "")


def test_a_certificate_that_nobody_trusts_is_what_is_missing(machine):
    machine.add("uv", f'[ "$1" = sync ] || exit 0; {DISTRUSTS}')
    machine.add("python3")
    assert machine.refusal() == (
        "The package index has a certificate that this machine doesn't trust: name the right ones in SSL_CERT_FILE."
    )


def test_a_package_without_a_wheel_asks_for_a_compiler(machine):
    machine.add("uv", "[ \"$1\" = sync ] || exit 0; echo 'Failed to build `nh3==0.3.8`' >&2; exit 1")
    machine.add("python3")
    assert machine.refusal() == (
        "A package has to be compiled here: install a C compiler and Python's headers "
        "(Debian: apt-get install gcc python3-dev)."
    )


def packages_to_run():
    """Return the locked packages that `make run` installs."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    names = ["lightboard"]
    for name in names:  # which grows
        for package in (package for package in lock if package["name"] == name):
            extras = chain.from_iterable(package.get("optional-dependencies", {}).values())
            needed = {needs["name"] for needs in (*package.get("dependencies", []), *extras)}
            names.extend(sorted(needed.difference(names)))
    return [package for package in lock if package["name"] in names[1:]]


@pytest.mark.slow
@pytest.mark.parametrize("python", ["312", "313", "314"])
@pytest.mark.parametrize("platform", ["manylinux.*x86_64", "manylinux.*aarch64", "macosx.*(arm64|universal2)"])
def test_no_package_has_to_be_compiled(python, platform):
    fitting = re.compile(rf"none-any\.whl$|-(cp{python}-cp{python}|cp3\d+-abi3|py3-none)-.*{platform}")
    packages = packages_to_run()
    assert len(packages) > 50
    assert [
        package["name"]
        for package in packages
        if not any(fitting.search(wheel["url"]) for wheel in package.get("wheels", []))
    ] == []
