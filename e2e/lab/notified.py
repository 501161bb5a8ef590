"""Kills two processes that make and read notifications: none may be lost or doubled, and what was read stays read."""

import os
import random
import time
from functools import partial

from .victim import Victim

NOTIFICATIONS = 200
TASKS = 5
ACKNOWLEDGED = (10, 60)


def notify(times):
    """Make and read so many notifications under kills, `times` times; yields a remark for each time that something was wrong."""
    from board import actions

    for number in range(times):
        ben = new_person(number)
        tasks = [actions.add_task(None, name=f"Task {task}").pk for task in range(TASKS)]
        written, read, kills = {}, {}, 0
        while len(written) < NOTIFICATIONS:
            writer, reader = Victim(partial(write, ben, tasks)), Victim(partial(read_all, ben))
            writer.wait_for(random.randint(*ACKNOWLEDGED))
            for victim in random.sample([writer, reader], 2):
                victim.kill()
            written |= writer.acknowledged
            read |= reader.acknowledged
            kills += 1
        yield from wrong(number, ben, written, read)
        print(f"{len(written)} notifications, {len(read)} acknowledged as read, {kills} kills of two processes")


def new_person(number):
    from django.contrib.auth.models import User

    return User.objects.create_user(f"ben{number}", password="not needed")


def write(ben, tasks, pipe):
    """Mention Ben and make notifications; a comment is acknowledged by a line with its number."""
    from board import actions
    from board.notify.making import make_notifications

    while True:
        comment = actions.add_comment(None, random.choice(tasks), f"@{ben.username}")
        os.write(pipe, f"{comment.pk} written\n".encode())
        make_notifications()


def read_all(ben, pipe):
    """Make notifications and read them; each that was read is acknowledged by a line with its number."""
    from board.notify.actions import mark_line_read
    from board.notify.making import make_notifications

    while True:
        make_notifications()
        unread = ben.notifications.filter(read_at=None)
        if (newest := unread.order_by("-seq").first()) is None:
            time.sleep(0.02)
            continue
        seqs = list(unread.filter(task=newest.task).values_list("seq", flat=True))
        mark_line_read(newest)
        os.write(pipe, "".join(f"{seq} read\n" for seq in seqs).encode())


def wrong(number, ben, written, read):
    """Make what is left, and yield what is lost, doubled or unread again."""
    from board.models import Comment
    from board.notify.making import make_notifications

    while make_notifications():
        pass
    expected = sorted(Comment.objects.filter(text=f"@{ben.username}").values_list("pk", flat=True))
    found = sorted(ben.notifications.values_list("seq", flat=True))
    still_read = set(ben.notifications.exclude(read_at=None).values_list("seq", flat=True))
    if found != expected or not written.keys() <= set(found) or not read.keys() <= still_read or not read:
        yield (
            f"round {number}: lost {set(expected) - set(found)}, too many {len(found) - len(set(expected))}, "
            f"unread again {read.keys() - still_read}, read {len(read)}"
        )
