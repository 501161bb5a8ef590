"""What the person who builds asks for, and what counts as now."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import SiteError


@dataclass(frozen=True)
class Options:
    """What a site is read with, beside what it says itself."""

    drafts: bool = False
    future: bool = False
    base: str = "/"
    url: str | None = None


@dataclass(frozen=True)
class BuildOptions(Options):
    """What a site is built with. `release` compresses as small as can be."""

    release: bool = False


def build_moment():
    """Return the moment that counts as now: SOURCE_DATE_EPOCH where it is set.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(seconds) if seconds else int(time.time()), UTC)
    except (ValueError, OverflowError):
        raise SiteError("SOURCE_DATE_EPOCH", f"must be a number of seconds, not {seconds!r}") from None
