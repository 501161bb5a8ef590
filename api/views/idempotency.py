import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from board.actions import idempotency

HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 200


def idempotent(method: Callable[..., Response]) -> Callable[..., HttpResponseBase]:
    """Decorate a method of a view. A request that is repeated under its `Idempotency-Key` changes nothing and gets the
    first response."""

    @wraps(method)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        _validate_key(key)

        def act() -> dict[str, Any]:
            return _serialize(method(view, request, *args, **kwargs))

        return HttpResponse(**idempotency.once(cast(User, request.user), key, _describe(request), act))

    return wrapped


def _validate_key(key: str) -> None:
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isprintable()):
        raise ValidationError({HEADER: [f"A key has 1 to {MAX_KEY_LENGTH} printable characters."]})


def _describe(request: Request) -> str:
    """Return text that is the same for two requests only if they ask for the same change."""
    return json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)


def _serialize(response: Response) -> dict[str, Any]:
    """Return the arguments of an `HttpResponse` with the same bytes, as JSON values."""
    return {
        "content": JSONRenderer().render(response.data).decode(),
        "status": response.status_code,
        "headers": {**response.headers, "Content-Type": JSONRenderer.media_type},
    }
