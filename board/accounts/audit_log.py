"""The audit log of log-ins and account changes."""

import logging

from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


def name_of(by: User | None) -> str:
    return repr(by.username) if by else "a command"


def record(event: str, *values: object) -> None:
    """Write a line to the audit log. Use `%r` for names, so that a name can't forge a line."""
    logger.info(event, *values)
