"""The log of who got in and whose rights changed."""

import logging

logger = logging.getLogger(__name__)


def name_of(by):
    return repr(by.username) if by else "a command"


def note(event, *values):
    """Write one line to the log of who got in; names as `%r`, so that a name cannot fake a line."""
    logger.info(event, *values)
