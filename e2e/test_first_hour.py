"""The first hour of a new team, as the README has it: clone, serve, invite, people, a sprint, 20 tasks, drag, a phone."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

import httpx
import pytest
from playwright.sync_api import expect

from .invitations import invite, join
from .server import ROOT, START_WITHIN, free_port

TASKS = 20
UV, STATIC = ROOT / "var" / "uv" / "bin", ROOT / "var" / "static"
OWN_SETTINGS = (
    "DATABASE_URL",
    "REDIS_URL",
    "HOST",
    "PORT",
    "SITE_URL",
    "SECRET_KEY",
    "VIRTUAL_ENV",
    "UV_PROJECT_ENVIRONMENT",
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A fresh clone, and the environment in which its commands run."""
    folder = tmp_path_factory.mktemp("team") / "lightboard"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    # uv and compressed static files take a third of all; each fresh clone in which the suite runs gets and makes them.
    shutil.copytree(STATIC, folder / "var" / "static", copy_function=shutil.copyfile)
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    # "make" of the suite passes its own flags on.
    inherited = {name: value for name, value in inherited.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return folder, {**inherited, "PATH": f"{UV}:{os.environ['PATH']}", "PORT": str(free_port())}


@pytest.fixture(scope="module")
def team(clone):
    """The address that `make serve` serves."""
    folder, env = clone
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "serve"], cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
        )
    url = f"http://127.0.0.1:{env['PORT']}"
    try:
        wait_for(url, process, folder / "serve.log")
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def wait_for(url, process, log):
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/readyz", timeout=2).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"make serve did not serve:\n{log.read_text()}")


def test_a_new_team_is_at_work_within_its_first_hour(someone, clone, team):
    folder, env = clone
    done = subprocess.run(
        ["make", "invite", "NAME=ada"], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    (link,) = re.findall(rf"{team}(/\S+)", done.stdout)
    ada = join(someone(None, team), link, "Ada Lund")
    ben_link = invite(ada, "ben")
    sprint = ada.add_sprint("Sprint 1")
    ada.see_live()

    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    ben = join(someone(None, team, **phone), ben_link, "Ben Ode").open_board(sprint)
    expect(ada.page.get_by_role("listitem").filter(has_text="BO")).to_be_visible()

    ada.page.keyboard.press("n")
    name = ada.page.get_by_role("form", name="Add task").get_by_label("Name")
    expect(name).to_be_focused()
    for number in range(1, TASKS + 1):
        ada.page.keyboard.insert_text(f"Task {number}")
        ada.page.keyboard.press("Enter")
        expect(ada.card(f"Task {number}")).to_be_attached()
        expect(name).to_be_focused()
        expect(name).to_have_value("")
    names = [f"Task {number}" for number in range(1, TASKS + 1)]
    ben.see("backlog", names)

    ada.page.get_by_role("form", name="Add task").get_by_role("link", name="Cancel").click()
    for number in (1, 2, 3):
        ada.card(f"Task {number}").get_by_role("link", name=f"Task {number}", exact=True).focus()
        ada.page.keyboard.press("Alt+ArrowRight")
        expect(ada.cards("todo")).to_have_count(number)
    ada.drag("Task 2", "active")
    ben.see("active", ["Task 2"])

    ben.page.locator('.tabs a[href="#active"]').click()
    ben.card("Task 2").get_by_role("link", name="Move").tap()
    expect(ben.page.get_by_label("Move to").locator("option:checked")).to_have_text("In Testing")
    ben.page.get_by_role("button", name="Move", exact=True).tap()
    ada.see("testing", ["Task 2"])
    expect(ada.cards("todo")).to_have_count(2)
    expect(ada.page.locator("[data-all]")).to_have_text("3")
