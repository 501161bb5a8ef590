"""Which representation a client has, and for which version its change was made (RFC 9110, section 13).

A row's tag is "version.digest": the version tells whether the row changed, the digest whether it looks the same, to this
person, on this host, in this build. A list's tag has the newest sequence number in the place of the version.
"""

import re
from hashlib import sha256
from pathlib import Path

from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.response import Response

# What this build makes of a row.
BUILD = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).digest()
OF_ROW = re.compile(r'"(\d{1,19})(\.\w+)?"', re.ASCII)


def tag(number, *parts):
    """Return an entity tag for what hangs on a version or sequence number, and on `parts`, all of which print alike
    only when they are alike."""
    digest = sha256(BUILD + repr(parts).encode(errors="surrogatepass")).hexdigest()
    return f'"{number}.{digest[:20]}"'


def answer(request, etag, body):
    """Return the response with `body()`, or 304 without calling it when the client has that representation."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    is_known = "*" in known or etag in {one.removeprefix("W/") for one in known}
    response = Response(status=status.HTTP_304_NOT_MODIFIED) if is_known else body()
    return response if response.status_code >= 400 else tagged(response, etag)


def tagged(response, etag):
    """Return the response with its tag; whoever keeps it has to ask whether it still holds."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def expected_version(request, row):
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
