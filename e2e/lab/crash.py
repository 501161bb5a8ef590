"""Kills writers and databases, and restores backups made while they write.

`python -m e2e.lab.crash kill --times 200`, `python -m e2e.lab.crash backup --times 30`, `… notify --times 10` (200 notifications
each), each also with `--postgres` (make
crash), or both on one database. After each kill every acknowledged change has to be in the log under its number, and the database examined
(integrity check, gapless log, rows as the log says). Everything runs on 127.0.0.1 and ends by itself.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
import uuid
from contextlib import ExitStack
from pathlib import Path

from e2e.integrity import check_data, manage
from e2e.services import Postgres

from .notified import notify
from .victim import Victim

WRITERS = 4
ACKNOWLEDGED = (3, 40)


def work(pipe):
    """Write until killed; a change is acknowledged by a line with its number and text."""
    from django.db import DatabaseError

    from board import actions

    def write():
        cards = []
        while True:
            text = uuid.uuid4().hex
            try:
                if cards and random.random() < 0.5:
                    task = actions.change_task(None, random.choice(cards), name=text)
                else:
                    task = actions.add_task(None, name=text)
                    cards.append(task.pk)
            except DatabaseError:
                # The database was killed: what was under way is not acknowledged.
                time.sleep(0.05)
                continue
            os.write(pipe, f"{task.version} {text}\n".encode())

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost(acknowledged):
    """Return the acknowledged numbers that the log does not have with their text, and what else is wrong."""
    from board.models import Event
    from board.ops import integrity

    with integrity.snapshot() as using:
        events = Event.objects.using(using).filter(seq__in=acknowledged).values_list("seq", "changes")
        kept = {seq: changes["name"][1] for seq, changes in events}
        missing = [seq for seq, text in acknowledged.items() if kept.get(seq) != text]
        return missing, integrity.check_integrity(using)


def kill(times, postgres):
    """Kill so many times; yields a remark for each time that something was wrong."""
    total = 0
    for number in range(times):
        writers = Victim(work)
        writers.wait_for(random.randint(*ACKNOWLEDGED))
        if postgres and number % 2:
            postgres.kill()
        writers.kill()
        if postgres and number % 2:
            start_again(postgres)
        missing, found = lost(writers.acknowledged)
        total += len(writers.acknowledged)
        if missing or found or not writers.acknowledged:
            yield f"kill {number}: lost {missing}, found {found}, acknowledged {len(writers.acknowledged)}"
    print(f"{times} kills, {total} acknowledged changes")


def start_again(postgres):
    """Start PostgreSQL after it was killed; its orphans keep it from starting for a moment."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return postgres.start()
        except RuntimeError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def backup(times, target, folder):
    """Make so many backups while people write, and restore each; yields a remark for each that is not right."""
    from board.ops import backup

    writers = Victim(work)
    try:
        for number in range(times):
            writers.wait_for(random.randint(*ACKNOWLEDGED))
            promised = max(writers.acknowledged)
            path = folder / f"{number}.backup"
            description = backup.write(path)
            # It ends with the integrity check.
            restored = manage("restore", path, DATABASE_URL=target)
            path.unlink()
            if restored.returncode or description["newest"] < promised:
                yield f"backup {number}: {description} {promised} {restored.stderr}"
    finally:
        writers.kill()
    missing, found = lost(writers.acknowledged)
    if missing or found:
        yield f"after the backups: lost {missing}, found {found}"
    print(f"{times} backups, {len(writers.acknowledged)} acknowledged changes meanwhile")


def run():
    """The command; ends with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=["kill", "backup", "notify"])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of an SQLite file")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lightboard-crash-")))
        postgres = stack.enter_context(Postgres()) if options.postgres else None
        target = postgres.new_database("target") if postgres else f"sqlite:///{folder / 'target.sqlite3'}"
        set_up(postgres.new_database("crash") if postgres else f"sqlite:///{folder / 'crash.sqlite3'}")
        wrong = 0
        for what in options.what:
            tries = {
                "kill": lambda: kill(options.times, postgres),
                "backup": lambda: backup(options.times, target, folder),
                "notify": lambda: notify(options.times),
            }
            for remark in tries[what]():
                wrong += 1
                print(remark, flush=True)
        check_data(os.environ["DATABASE_URL"], folder)
    times = options.times * len(options.what)
    print(f"{times - wrong}/{times} survived")
    sys.exit(bool(wrong))


def set_up(url):
    """Let this process work on an empty database."""
    import django

    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    run()
