"""Conditional requests (RFC 9110, section 13): ETags, `If-None-Match` and `If-Match`.

The ETag of a row is "version.digest". The digest covers everything else that its representation depends on: the user, the
host and the release. The ETag of a list has the newest sequence number instead of a version.
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

# The code that makes representations.
BUILD = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))).digest()
ROW_ETAG = re.compile(r'"(\d{1,19})(\.\w+)?"', re.ASCII)


def etag(number: int, *parts: object) -> str:
    """Return an ETag that depends on a version or sequence number and on `parts`, which are compared by their `repr`."""
    digest = sha256(BUILD + repr(parts).encode(errors="surrogatepass")).hexdigest()
    return f'"{number}.{digest[:20]}"'


def respond(request: Request, etag: str, view: Callable[[], Response]) -> HttpResponseBase:
    """Return the response of `view()`, or a 304 without calling it if the client has this representation."""
    response = get_conditional_response(request._request, etag)
    if response is None:
        response = view()
    return response if response.status_code >= 400 else with_etag(response, etag)


def with_etag[R: HttpResponseBase](response: R, etag: str) -> R:
    """Return the response with its ETag. Caches have to revalidate it."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def expected_version(request: Request, row: QuerySet[Any]) -> int | None:
    """Return the version in `If-Match`, for `expect` in board.actions; None if any version will do.

    `row` is a queryset of the row. If the header lists several versions, the row's own is returned.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    versions = {int(match[1]) for one in parse_etags(header) if (match := ROW_ETAG.fullmatch(one))}
    if len(versions) > 1:
        versions &= set(row.values_list("version", flat=True))
    return versions.pop() if versions else -1
