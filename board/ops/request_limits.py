"""Limits on the size and duration of requests, shared by both servers and the application."""

import json

from django.conf import settings

# Seconds until the head and the body of a request must be complete.
HEAD_WITHIN = 10
BODY_WITHIN = 30
# The largest form has a few dozen fields. Django limits fields and files, but not other parts.
PARTS = 1200
REASONS = {
    400: "The body has too many parts.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    503: "Too many requests are waiting. Try again in a moment.",
}


def body_limit(path: str) -> int:
    """Return the maximum size in bytes of a request body for this path."""
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if _is_of_api(path) else settings.PAGE_BODY_LIMIT


def refusal(path: str, status: int) -> tuple[dict[str, str], bytes]:
    """Return the headers and body of a response that rejects a request before it reaches a view."""
    reason = REASONS[status]
    is_api = _is_of_api(path)
    body = json.dumps({"detail": reason}) if is_api else f"{reason}\n"
    headers = {
        "Content-Type": "application/json" if is_api else "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        **({"Retry-After": "2"} if status == 503 else {"Connection": "close"}),
    }
    return headers, body.encode()


def has_too_many_parts(content_type: str, body: bytes) -> bool:
    """Return whether a multipart body has more than `PARTS` parts."""
    kind, _, parameters = content_type.partition(";")
    if not kind.strip().lower().startswith("multipart/"):
        return False
    _, found, boundary = parameters.partition("boundary=")
    boundary = boundary.partition(";")[0].strip().strip('"')
    return bool(found and boundary) and body.count(b"--" + boundary.encode("latin1")) > PARTS


def _is_of_api(path: str) -> bool:
    return path.startswith(f"{settings.FORCE_SCRIPT_NAME or ''}/api/")
