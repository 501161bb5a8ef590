"""Which representation a client has, and for which version its change was made (RFC 9110, section 13).

A row's tag is "version.digest": the version tells whether the row changed, the digest whether it looks the same, to this
person, on this host, in this build. A list's tag has the newest sequence number in the place of the version.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

# What this build makes of a row.
BUILD = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).digest()
OF_ROW = re.compile(r'"(\d{1,19})(\.\w+)?"', re.ASCII)


def tag(number: int, *parts: object) -> str:
    """Return an entity tag for what hangs on a version or sequence number, and on `parts`, all of which print alike
    only when they are alike."""
    digest = sha256(BUILD + repr(parts).encode(errors="surrogatepass")).hexdigest()
    return f'"{number}.{digest[:20]}"'


def respond(request: Request, etag: str, make: Callable[[], Response]) -> HttpResponseBase:
    """Return `make()`, or 304 without calling it when the client has that representation."""
    response = get_conditional_response(request._request, etag)
    if response is None:
        response = make()
    return response if response.status_code >= 400 else tagged(response, etag)


def tagged[R: HttpResponseBase](response: R, etag: str) -> R:
    """Return the response with its tag; whoever keeps it has to ask whether it still holds."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def expected_version(request: Request, row: QuerySet[Any]) -> int | None:
    """Return the version that a change has to find, as `expect` of board.actions; None for any.

    `row` is a queryset of the row. Of several versions that would do, it is the one that the row has.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    versions = {int(match[1]) for one in parse_etags(header) if (match := OF_ROW.fullmatch(one))}
    if len(versions) > 1:
        versions &= set(row.values_list("version", flat=True))
    return versions.pop() if versions else -1
