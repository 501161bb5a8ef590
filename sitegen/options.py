"""The options of a site and of a build, and the time that counts as now."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import SiteError


@dataclass(frozen=True)
class Options:
    """What the site's own settings do not decide.

    `base` is the path of the site; without one it is that of its URL. `release` compresses as much as possible.
    """

    drafts: bool = False
    future: bool = False
    base: str | None = None
    url: str | None = None
    release: bool = False
    is_preview: bool = False


def build_time() -> datetime:
    """Return the time that counts as now: SOURCE_DATE_EPOCH where it is set.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(seconds) if seconds else int(time.time()), UTC)
    except (ValueError, OverflowError):
        raise SiteError("SOURCE_DATE_EPOCH", f"must be a number of seconds, not {seconds!r}") from None
