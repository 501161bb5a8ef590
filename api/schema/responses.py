"""Headers, parameters and error responses that operations share."""

from http import HTTPStatus
from typing import Any

from .examples import BROKEN_RULE, PROBLEM_EXAMPLE

# A JSON object of the document.
type Node = dict[str, Any]

# {status: (name of the component, description)}.
ERRORS = {
    400: (
        "BadRequest",
        "The request is invalid. Each invalid field has a list of messages.",
    ),
    401: ("Unauthorized", "The credentials are missing, or the token is unknown, revoked or expired."),
    403: (
        "Forbidden",
        "The token is read-only, the comment is someone else's, or the request with a session cookie has no CSRF token.",
    ),
    404: ("NotFound", "The resource doesn't exist or was deleted."),
    406: ("NotAcceptable", "The response isn't available in a media type that `Accept` allows."),
    409: ("Conflict", "Related data changed at the same time. Try again."),
    410: ("Gone", "`since` is outside the log. Read all resources again and continue from `newest`."),
    412: ("PreconditionFailed", "The resource has changed since the version in `If-Match`."),
    413: ("ContentTooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The media type of the body isn't supported."),
    422: ("KeyTaken", "The `Idempotency-Key` was already used for another request."),
    429: ("TooManyRequests", "Too many requests with this token or from this IP address."),
    503: ("ServiceUnavailable", "The server is temporarily unavailable."),
    507: ("InsufficientStorage", "The disk is full. Nothing was saved."),
}
RETRY_LATER = {429, 503, 507}
TEXT = {"type": "string"}
MESSAGES = {"type": "array", "items": TEXT}
NEWEST = {"type": "integer", "description": "The newest sequence number. Only in responses with the status 410."}
ERROR_SCHEMA = {
    "type": "object",
    "description": "An error: a list of messages for each invalid field, parameter or header, or a `detail`.",
    "properties": {
        "detail": {
            "description": "The error message if it doesn't belong to a field.",
            "anyOf": [TEXT, MESSAGES],
        },
        "non_field_errors": {**MESSAGES, "description": "Errors that concern several fields."},
        "newest": NEWEST,
    },
    "additionalProperties": MESSAGES,
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "An error as RFC 9457 problem details, for clients that send `Accept: application/problem+json`.",
    "required": ["status", "title", "detail", "fields"],
    "properties": {
        "status": {"type": "integer", "description": "The HTTP status code."},
        "title": {"type": "string", "description": "The name of the status."},
        "detail": {"type": "string", "description": "The explanation of this error."},
        "fields": {
            "type": "object",
            "description": "A list of messages for each invalid field, parameter or header.",
            "additionalProperties": MESSAGES,
        },
        "newest": NEWEST,
    },
}
HEADERS = {
    "ETag": ("The version of the representation, for `If-None-Match` and `If-Match`.", TEXT),
    "Location": ("The URL of the new resource.", {"type": "string", "format": "uri"}),
    "Link": ("The neighbouring pages (RFC 8288): `first`, `prev`, `next`, `last`.", TEXT),
    "RetryAfter": ("The number of seconds to wait before the next attempt.", {"type": "integer", "minimum": 0}),
    "WWWAuthenticate": ("The authentication scheme.", TEXT),
}
PARAMETERS = {
    "IfNoneMatch": ("If-None-Match", "The ETags you have. If one of them is current, the response is 304."),
    "IfMatch": (
        "If-Match",
        "The ETag of the resource as you read it. If it has changed since, the response is 412.",
    ),
    "IdempotencyKey": (
        "Idempotency-Key",
        "A key that you choose for this request. If you repeat the request within 24 hours, nothing changes and you get "
        "the first response.",
    ),
}


def ref(kind: str, name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def error_response(status: int) -> Node:
    """Return the component of an error response, which exists in two media types."""
    _, description = ERRORS[status]
    details = {"status": status, "title": HTTPStatus(status).phrase, "detail": description, "fields": {}}
    is_bad_request = status == HTTPStatus.BAD_REQUEST
    response: Node = {
        "description": description,
        "content": {
            "application/json": {
                "schema": ref("schemas", "Error"),
                "example": BROKEN_RULE if is_bad_request else {"detail": description},
            },
            "application/problem+json": {
                "schema": ref("schemas", "Problem"),
                "example": PROBLEM_EXAMPLE if is_bad_request else details,
            },
        },
    }
    if status in RETRY_LATER:
        response["headers"] = {"Retry-After": ref("headers", "RetryAfter")}
    if status == HTTPStatus.UNAUTHORIZED:
        response["headers"] = {"WWW-Authenticate": ref("headers", "WWWAuthenticate")}
    return response
