"""Measures the pages that read a sprint's history: `python -m e2e.lab.bench_sprints [--json FILE]`, or `make bench`.

A sprint of 1,000 tasks, half of them done, and 20,000 events, and a backlog of 1,000 tasks; one task has 200 comments and 500 further events.
Something changes before each request, so that no
page is as it was. The first request of a new process reads the whole log.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import httpx

from ..server import Server
from ..sessions import log_in
from .goals import row, table

TASKS, EVENTS = 1_000, 20_000
REQUESTS = 15
COMMENTS, EVENTS_OF_TASK = 200, 500
GOALS = {"report": 100, "close": 100, "board": 100, "backlog": 100, "panel": 60}
FILL = f"""
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from board import actions
from board.models import Sprint, Task
demo = User.objects.get(username="demo")
begun, step = timezone.now() - timedelta(days=10), timedelta(seconds=40)
sprint = actions.add_sprint(demo, name="Long", end=timezone.localdate() + timedelta(days=4), at=begun)
pks = []
for n in range({TASKS}):
    task = actions.add_task(demo, name=f"Task {{n}}", sprint_id=sprint.pk, points=n % 4, at=begun + n * step)
    pks.append(task.pk)
actions.start_sprint(demo, sprint.pk, at=begun + {TASKS} * step)
for n in range({EVENTS - TASKS}):
    place = actions.Place(sprint.pk, (n // {TASKS} + 2) % 3 + 1 + n % 2)
    actions.place_task(demo, pks[n % {TASKS}], place, at=begun + ({TASKS} + n) * step)
for n in range({TASKS}):
    actions.add_task(demo, name=f"Later {{n}}", points=n % 4)
for n in range({EVENTS_OF_TASK}):
    actions.change_task(demo, pks[0], due=sprint.end if n % 2 else None)
for n in range({COMMENTS}):
    actions.add_comment(demo, pks[0], f"Comment **{{n}}**, see #{{pks[n]}} and ask @guest\\n\\n- one\\n- two")
print(sprint.pk, pks[0])
"""


def measure(server):
    """Return {page: (milliseconds of the first request, [milliseconds of each later one])}."""
    sprint, task = server.manage("shell", "-v", "0", "-c", FILL).split()[-2:]
    server.stop()
    server.start()
    headers = {"Cookie": log_in(server.url, "demo"), "Accept-Encoding": "identity"}
    pages = {
        "report": f"/sprints/{sprint}/report/",
        "close": f"/sprints/{sprint}/close/",
        "board": f"/sprints/{sprint}/",
        "backlog": "/backlog/",
        "panel": f"/tasks/{task}/panel/",
    }
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as browser:
        token = browser.post("/api/token/", json={"username": "demo", "password": "demo"}).json()["token"]

        def change(name):
            headers = {"Authorization": f"Token {token}"}
            browser.patch(f"/api/tasks/{task}", json={"name": name}, headers=headers).raise_for_status()

        return {
            name: (
                timed(browser, path, change, "first"),
                [timed(browser, path, change, n) for n in range(REQUESTS)],
            )
            for name, path in pages.items()
        }


def timed(browser, path, change, number):
    """Return how many milliseconds a page takes after a change."""
    change(f"{path} {number}")
    begun = time.perf_counter()
    browser.get(path).raise_for_status()
    return (time.perf_counter() - begun) * 1000


def main():
    parser = argparse.ArgumentParser(prog="python -m e2e.lab.bench_sprints", description=__doc__.split("\n")[0])
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), API_RATE="1000000/second").start()
        try:
            found = measure(server)
        finally:
            server.stop()
    what = f"a sprint of {TASKS:,} tasks and {EVENTS:,} events"
    goals = [row(f"{name} page of {what}", GOALS[name], later, "ms") for name, (_, later) in found.items()]
    print(f"\n{table(goals)}")
    print("The first request:", {name: round(first) for name, (first, _) in found.items()})
    if options.json:
        options.json.write_text(json.dumps({"goals": goals}, indent=1))


if __name__ == "__main__":
    main()
