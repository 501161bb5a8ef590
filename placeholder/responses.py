"""HTTP responses: pictures with an ETag, and errors as text, JSON or a picture."""

import hashlib
import textwrap
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from placeholder.addresses import UnknownAddressError, ending_of
from placeholder.cache import BusyError, DrawingCache
from placeholder.colours import Colour
from placeholder.fonts import CHARACTERS, installed_version, undrawable
from placeholder.image import draw, drawing_version
from placeholder.parameters import DEFAULT_FONT, AddressError
from placeholder.picture import FORMATS, Picture

FOREVER = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
RETRY_AFTER = "2"

# Any site may read the pictures into a canvas, and browsers must not guess their type.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
SVG_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}

ERROR_COLOURS = Colour(0xFB, 0xE9, 0xE7), Colour(0x8C, 0x1D, 0x18)

drawings = DrawingCache(draw)


class HeadersOnlyResponse(HttpResponse):
    """The headers of a picture that was not drawn. Its length is unknown, so middleware must not add it."""

    def has_header(self, header: str) -> bool:
        return header.lower() == "content-length" or super().has_header(header)


def picture_response(
    request: HttpRequest, identity: object, ending: str, encode: Callable[[str], bytes]
) -> HttpResponse:
    """Return the response with a picture. `identity` describes it fully, so the ETag does not depend on the bytes.

    `encode` returns the bytes for a cache key. It is called only if they have to be sent.
    """
    key = cache_key(identity)
    etag = quote_etag(key)
    response = get_conditional_response(request, etag)
    if response is not None and response.status_code == HTTPStatus.NOT_MODIFIED:
        response = HeadersOnlyResponse(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
    elif response is None:
        response = head_response(drawings.get(key)) if request.method == "HEAD" else HttpResponse(encode(key))
    return add_picture_headers(response, ending, FOREVER, {"ETag": etag})


def cache_key(identity: object) -> str:
    """Return the key of a picture in the cache, which is also its ETag."""
    is_simple = not isinstance(identity, Picture) or CHARACTERS.issuperset(identity.text.replace("\n", ""))
    fonts = "" if is_simple else installed_version()
    return hashlib.sha256(f"{drawing_version()} {fonts} {identity}".encode()).hexdigest()[:32]


def head_response(data: bytes | None) -> HttpResponse:
    if data is None:
        return HeadersOnlyResponse()
    return HttpResponse(headers={"Content-Length": str(len(data))})


def add_picture_headers(response: HttpResponse, ending: str, caching: str, more: dict[str, str]) -> HttpResponse:
    if "Content-Type" in response:
        response["Content-Type"] = FORMATS[ending]
    if ending == "svg":
        more = more | SVG_POLICY
    return add_headers(response, caching, more)


def add_headers(response: HttpResponse, caching: str, more: dict[str, str]) -> HttpResponse:
    """Add the headers of every response and `more`, and the length if it is known."""
    if response.content:
        response["Content-Length"] = str(len(response.content))
    for name, value in (HEADERS | {"Cache-Control": caching} | more).items():
        response[name] = value
    return response


def respond_or_explain(request: HttpRequest, address: str, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the response of `respond`, or an error."""
    if request.method not in ("GET", "HEAD"):
        allowed = {"Allow": "GET, HEAD"}
        return error_response(request, HTTPStatus.METHOD_NOT_ALLOWED, "method", "method: GET or HEAD.", allowed)
    try:
        return respond()
    except UnknownAddressError:
        return error_response(request, HTTPStatus.NOT_FOUND, "address", "address: not found.")
    except AddressError as error:
        if ending := ending_of(address):
            return error_picture_response(request, ending, str(error))
        return error_response(request, HTTPStatus.BAD_REQUEST, error.parameter, str(error))
    except BusyError:
        reason = "The server is drawing too many large images. Try again in a moment."
        later = {"Retry-After": RETRY_AFTER}
        return error_response(request, HTTPStatus.SERVICE_UNAVAILABLE, "address", reason, later)


def error_response(
    request: HttpRequest, status: HTTPStatus, parameter: str, reason: str, more: dict[str, str] | None = None
) -> HttpResponse:
    """Return an error as a line of text, or as JSON if the client prefers it."""
    response: HttpResponse
    if request.get_preferred_type(["text/plain", "application/json"]) == "application/json":
        response = JsonResponse({"parameter": parameter, "message": reason}, status=status)
    else:
        response = HttpResponse(reason + "\n", status=status, content_type="text/plain; charset=utf-8")
    return add_headers(response, NO_STORE, more or {})


def error_picture_response(request: HttpRequest, ending: str, reason: str) -> HttpResponse:
    """Return an error as a picture in the format of the address, so that an `<img>` shows it."""
    response: HttpResponse
    if request.method == "HEAD":
        response = HeadersOnlyResponse(status=HTTPStatus.BAD_REQUEST)
    else:
        picture = error_picture(ending, reason)
        data = drawings.get_or_draw(cache_key(picture), picture)
        response = HttpResponse(data, status=HTTPStatus.BAD_REQUEST)
    return add_picture_headers(response, ending, NO_STORE, {})


def error_picture(ending: str, reason: str) -> Picture:
    lines = textwrap.wrap("".join("?" if undrawable(letter, DEFAULT_FONT) else letter for letter in reason), 46)
    return Picture(480, 40 + 20 * len(lines), *ERROR_COLOURS, format=ending, text="\n".join(lines), size=16)
