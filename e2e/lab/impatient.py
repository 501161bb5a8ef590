"""`manage.py` whose server gives up on slow clients after seconds instead of half a minute."""

import os
import sys

from django.core.management import execute_from_command_line

from board.ops import request_limits

# Before anything imports them.
request_limits.HEAD_WITHIN = 4
request_limits.BODY_WITHIN = 4

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
