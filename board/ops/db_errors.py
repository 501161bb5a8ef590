"""Messages for users and operators for a database that is busy, unavailable or full."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

# Seconds until a client should retry.
RETRY_AFTER = 2


@dataclass(frozen=True)
class DatabaseFault:
    """A state of the database in which requests fail, with the HTTP status, a message, and advice for the operator."""

    status: int
    reason: "StrOrPromise"
    advice: str


BUSY = DatabaseFault(
    503,
    _("The board is busy, so nothing was saved. Try again in a moment."),
    "Something has held the database's write lock for a long time. Look for other programs that have it open.",
)
AWAY = DatabaseFault(
    503,
    _("The database can't be reached. Check in a moment whether your change was saved."),
    "Restart the database in DATABASE_URL. Requests work again as soon as it is available.",
)
FULL = DatabaseFault(
    507,
    _("The server's disk is full, so nothing was saved. You can still read the board."),
    "Free some space on the database's disk. You don't need to restart anything.",
)
# Error codes: https://sqlite.org/rescode.html and "PostgreSQL Error Codes" in its manual.
SQLITE = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR": AWAY,
    "SQLITE_CANTOPEN": AWAY,
    "SQLITE_READONLY": AWAY,
}
POSTGRES = {"53100": FULL, "55P03": BUSY, "40001": BUSY, "40P01": BUSY}


def fault_of(error: BaseException) -> DatabaseFault | None:
    """Return the `DatabaseFault` that caused an exception, or None if the exception has another cause."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    cause = error.__cause__
    if cause is None:
        # Raised by the write lock in config/sqlite.
        return BUSY
    if name := getattr(cause, "sqlite_errorname", None):
        return next((fault for begin, fault in SQLITE.items() if name.startswith(begin)), None)
    return POSTGRES.get(getattr(cause, "sqlstate", None) or "", AWAY)


def report(fault: DatabaseFault, error: BaseException) -> None:
    """Log the error, with advice for the operator."""
    logger.error("A request failed with %s: %s. %s", fault.status, " ".join(str(error).split()), fault.advice)
