"""A process that is killed in the middle of its work."""

import os
import signal


class Victim:
    """A process that works until it is killed. It acknowledges what it did; `acknowledged` is {number: text}."""

    def __init__(self, work):
        from django.db import connection

        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            try:
                work(write)
            finally:
                os._exit(1)
        os.close(write)
        self.lines = os.fdopen(read)
        self.acknowledged = {}

    def wait_for(self, count):
        """Read so many acknowledgements more; fewer when the process ended."""
        for _ in range(count):
            if not self.hear():
                break

    def hear(self):
        line = self.lines.readline()
        # What was cut by the kill was not acknowledged.
        if line.endswith("\n"):
            seq, text = line.split()
            self.acknowledged[int(seq)] = text
        return line

    def kill(self):
        """Kill the process as a power cut of its own would, and read what it said until then."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        while self.hear():
            pass
        self.lines.close()
