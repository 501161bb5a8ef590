"""Measures how long a change waits while others write: `python -m e2e.lab.bench_writers`.

Thirty-two threads of one process add and move cards without a pause, in an SQLite file. Printed is how long an action
took from its call until its commit.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

from .crash import set_up
from .goals import row

WRITERS = 32
GOAL = 1


def write(until, took):
    """Add and move cards until that moment, noting the seconds that each change took."""
    from django.db import connection

    from board import actions
    from board.models import Status

    cards = []
    while time.monotonic() < until:
        begun = time.monotonic()
        if len(cards) < 10:
            cards.append(actions.add_task(None, name="Card").pk)
        else:
            actions.place_task(None, random.choice(cards), actions.Place(None, Status.TODO, top=True))
        took.append(time.monotonic() - begun)
    connection.close()


def run():
    """The command; ends with 1 when the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--writers", type=int, default=WRITERS)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lightboard-writers-") as folder:
        set_up(f"sqlite:///{folder}/writers.sqlite3")
        took = []
        until = time.monotonic() + options.seconds
        threads = [threading.Thread(target=write, args=(until, took)) for _ in range(options.writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    shares = quantiles(took, n=100)
    print(
        f"{options.writers} writers: {len(took) / options.seconds:.0f} changes/s, median {shares[49] * 1000:.0f} ms, "
        f"p99 {shares[98] * 1000:.0f} ms (goal {GOAL * 1000}), worst {max(took) * 1000:.0f} ms"
    )
    if options.json:
        goal = row(
            f"a change of {options.writers} writers, 99 of 100 within", GOAL * 1000, [shares[98] * 1000], "ms"
        )
        options.json.write_text(json.dumps({"goals": [goal]}, indent=1))
    raise SystemExit(shares[98] > GOAL)


if __name__ == "__main__":
    run()
