"""What people, clients and the operator are told when the database is busy, away or full."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

# Seconds until a client may try again.
RETRY_AFTER = 2


@dataclass(frozen=True)
class DatabaseFault:
    """A state of the database in which a request cannot be answered; `status` is the HTTP status that says so."""

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
# From here on: what sqlite3 and PostgreSQL call it (https://sqlite.org/rescode.html, "PostgreSQL Error Codes").
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
    """Return the `DatabaseFault` that an exception stems from; None when the database is well, or there was none."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    cause = error.__cause__
    if cause is None:
        # Of our own: the queue of writers (config/sqlite).
        return BUSY
    if name := getattr(cause, "sqlite_errorname", None):
        return next((fault for begin, fault in SQLITE.items() if name.startswith(begin)), None)
    return POSTGRES.get(getattr(cause, "sqlstate", None) or "", AWAY)


def report(fault: DatabaseFault, error: BaseException) -> None:
    """Tell the operator what is wrong and what to do."""
    logger.error("A request failed with %s: %s. %s", fault.status, " ".join(str(error).split()), fault.advice)
