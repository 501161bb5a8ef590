"""`manage.py` with a wall clock that a file moves: the seconds in $CLOCK_OFFSET are added to the time of day."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.core.management import execute_from_command_line
from django.utils import timezone

offset = Path(os.environ["CLOCK_OFFSET"])
true_time, true_now = time.time, timezone.now
# Static, since REST framework's throttles have it as an attribute of their class.
time.time = staticmethod(lambda: true_time() + float(offset.read_text()))
timezone.now = lambda: true_now() + timedelta(seconds=float(offset.read_text()))

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
