"""The examples of the API, run as written, against the real server."""

import json
import os
import queue
import re
import subprocess
import sys
import threading
import time

import pytest

from api.delivery import signature

from .api_client import token_of
from .server import ROOT

EXAMPLES = ROOT / "api" / "examples"
MANUAL = ROOT / "docs" / "api.md"
PROGRAMS = {"sh": ["sh"], "py": [sys.executable]}


@pytest.fixture(params=PROGRAMS)
def command(request, base_url, tmp_path):
    """Return the command and its environment for an example: `command("follow", …)`, with curl or with Python."""
    env = {
        **os.environ,
        "LIGHTBOARD_URL": base_url,
        "LIGHTBOARD_TOKEN": token_of(base_url),
        "LIGHTBOARD_SEEN": str(tmp_path / "seen"),
    }

    def command_of(name, *arguments):
        file = EXAMPLES / f"{name}.{request.param}"
        return {"args": [*PROGRAMS[request.param], str(file), *map(str, arguments)], "env": env}

    return command_of


def run(command):
    done = subprocess.run(**command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_open_tasks_of_a_person_are_listed_without_done_ones(command, api, add_tasks):
    add_tasks("To do", status=1, assigned="guest")
    add_tasks("Doing", status=2, assigned="guest")
    add_tasks("Done already", status=4, assigned="guest")
    add_tasks("Of someone else", status=1, assigned="demo")
    listed = run(command("my_tasks", "guest"))
    for name, is_listed in {"To do": 1, "Doing": 1, "Done already": 0, "Of someone else": 0}.items():
        assert (name in listed) == is_listed, name


def test_a_task_is_added_and_moved_before_another_one(command, api, sprint, add_tasks):
    first, second = add_tasks("First", "Second", status=2)
    run(command("add_and_move", sprint, 'With "quotes"', second))
    column = api.get("/tasks", params={"sprint": sprint, "status": 2, "ordering": "order"}).json()["results"]
    assert [task["name"] for task in column] == ["First", 'With "quotes"', "Second"]


class Follower:
    """A running `follow`, whose lines are read as they come."""

    def __init__(self, command):
        self.process = subprocess.Popen(**command, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=lambda: [self.lines.put(line) for line in self.process.stdout])
        self.reader.start()

    def hear_until(self, seq, heard):
        """Add the sequence numbers of what comes to `heard`, until one of them is `seq`."""
        deadline = time.monotonic() + 60
        while seq not in heard:
            line = json.loads(self.lines.get(timeout=max(0.1, deadline - time.monotonic())))
            heard += [event["seq"] for event in line.get("events", [line])]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


def test_a_follower_that_is_killed_and_started_again_misses_nothing(command, api, add_tasks):
    heard = []
    newest = lambda: api.get("/events").json()["newest"]  # noqa: E731
    for names in (["One", "Two"], ["Three"]):
        follower = Follower(command("follow"))
        try:
            add_tasks(*names)
            follower.hear_until(newest(), heard)
        finally:
            follower.kill()
        add_tasks("While it is away")
    last = Follower(command("follow"))
    try:
        last.hear_until(newest(), heard)
    finally:
        last.kill()
    assert sorted(set(heard)) == list(range(1, newest() + 1))


def test_the_manuals_way_to_check_a_signature_is_right():
    (snippet,) = re.findall(r"```python\n(import hashlib.*?)```", MANUAL.read_text(), re.DOTALL)
    namespace = {}
    exec(snippet, namespace)
    is_from_lightboard = namespace["is_from_lightboard"]
    body, now = b'{"model": "task"}', int(time.time())
    header = f"t={now},v1={signature('a secret', now, body)}"
    assert is_from_lightboard("a secret", header, body)
    assert not is_from_lightboard("another secret", header, body)
    assert not is_from_lightboard("a secret", header, body + b" ")
    old = now - 3600
    assert not is_from_lightboard("a secret", f"t={old},v1={signature('a secret', old, body)}", body)
