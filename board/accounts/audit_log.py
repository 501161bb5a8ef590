"""The log of who got in and whose rights changed."""

import logging

from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


def name_of(by: User | None) -> str:
    return repr(by.username) if by else "a command"


def record(event: str, *values: object) -> None:
    """Write one line to the log of who got in; names as `%r`, so that a name cannot fake a line."""
    logger.info(event, *values)
