"""The views of placeholder pictures and of the page that explains their addresses."""

import hashlib
import textwrap
from collections.abc import Callable
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import parse_qs, quote, urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.vary import vary_on_headers

from placeholder import forms, svg
from placeholder.cache import BusyError, DrawingCache
from placeholder.colours import Colour
from placeholder.image import draw, drawing_version
from placeholder.picture import FORMATS, SIDE_LIMIT, Picture

FOREVER = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
RETRY_AFTER = "2"

# A canvas of any site may read the pictures, and browsers do not guess their type.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
SVG_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}

ERROR_COLOURS = Colour(0xFB, 0xE9, 0xE7), Colour(0x8C, 0x1D, 0x18)

GALLERY = (
    ("Just a size", "300x200/", ""),
    ("A square as WebP", "200.webp", ""),
    ("A ratio", "16:9/320.png", ""),
    ("For dark pages", "300x200.png", "theme=dark"),
    ("Colours by name", "300x200.png", "bg=rebeccapurple&fg=gold"),
    (
        "Custom text",
        "300x200.svg",
        "text=Cover%5Cnof%20the%20book&font=noto-serif&bg=f3e9dc&fg=5e3023",
    ),
    ("Colours from a seed", "300x200.avif", "seed=lightboard"),
    ("Seeded, soft", "300x200.jpg", "seed=harbour&pattern=gradient&blur=12&text="),
    ("Crossed", "300x200.gif", "pattern=cross&border=1"),
    ("On a grid", "300x200.png", "pattern=grid&font=jetbrains-mono&bg=2f5be7&fg=fff"),
    ("Rounded corners", "300x200.webp", "radius=24&border=4&bg=fff&fg=2f5be7"),
    ("Transparent background", "300x200.png", "bg=transparent&fg=5b7cf0&border=2&radius=12"),
)

PEOPLE = ("Anna Maier", "Jonas Lindt", "Sofia Kowalska", "Жанна Бичевская", "demo")

drawings = DrawingCache(draw)


class HeadersOnlyResponse(HttpResponse):
    """The headers of a picture that was not drawn. Its length is unknown, so middleware must not add one."""

    def has_header(self, header: str) -> bool:
        return header.lower() == "content-length" or super().has_header(header)


@csrf_exempt
@login_not_required
def image(request: HttpRequest, address: str) -> HttpResponse:
    """Respond with the picture of an address, 304, or the reason why there is no picture."""

    def respond() -> HttpResponse:
        picture = forms.read_picture(address, read_query(request))
        return picture_response(request, picture, picture.format, lambda key: drawings.get_or_draw(key, picture))

    return respond_or_explain(request, address, respond)


@csrf_exempt
@login_not_required
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """Respond with the initials of a person as an SVG."""

    def respond() -> HttpResponse:
        person = forms.read_name(name, read_query(request))
        return picture_response(request, f"avatar {person}", "svg", lambda key: svg.avatar(person).encode())

    return respond_or_explain(request, "avatar.svg", respond)


def read_query(request: HttpRequest) -> dict[str, list[str]]:
    """Return the query of a request. Raises `AddressError` before parsing one that is too long."""
    query = request.META.get("QUERY_STRING", "")
    if len(query) > forms.QUERY_LIMIT or query.count("&") > forms.PARAMETER_LIMIT:
        raise forms.AddressError("address", f"at most {forms.QUERY_LIMIT} characters after the question mark")
    return {name: request.GET.getlist(name) for name in request.GET}


# For servers that give heavy requests workers of their own


def needs_heavy_drawing(request: HttpRequest) -> bool:
    """Tell whether a large picture has to be drawn for this request."""
    try:
        picture = requested_picture(request)
    except (Resolver404, SuspiciousOperation, forms.UnknownAddressError, forms.AddressError):
        return False
    if picture is None or not picture.is_heavy:
        return False
    key = cache_key(picture)
    return get_conditional_response(request, quote_etag(key)) is None and drawings.get(key) is None


def requested_picture(request: HttpRequest) -> Picture | None:
    """Return the picture that a request has to have drawn. Raises what reading the address raises."""
    match = resolve(request.path_info)
    if match.func is image and request.method == "GET":
        return forms.read_picture(match.kwargs["address"], read_query(request))
    if match.func is home:
        builder = forms.Builder(request.GET)
        return builder.picture if builder.is_valid() else None
    return None


# Pictures


def picture_response(
    request: HttpRequest, identity: object, ending: str, encode: Callable[[str], bytes]
) -> HttpResponse:
    """Return the response with the picture that `identity` fully describes: its ETag is known before its bytes.

    `encode` returns the bytes for the key of the picture; it is called only when they have to be sent.
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
    """Return what identifies a picture in the cache and, quoted, as its ETag."""
    return hashlib.sha256(f"{drawing_version()} {identity}".encode()).hexdigest()[:32]


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
    """Add the headers of every response and `more`, and the length where it is known."""
    if response.content:
        response["Content-Length"] = str(len(response.content))
    for name, value in (HEADERS | {"Cache-Control": caching} | more).items():
        response[name] = value
    return response


# Errors


def respond_or_explain(request: HttpRequest, address: str, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what `respond` returns, or the reason why it cannot."""
    if request.method not in ("GET", "HEAD"):
        allowed = {"Allow": "GET, HEAD"}
        return error_response(request, HTTPStatus.METHOD_NOT_ALLOWED, "method", "method: GET or HEAD.", allowed)
    try:
        return respond()
    except forms.UnknownAddressError:
        return error_response(request, HTTPStatus.NOT_FOUND, "address", "address: not found.")
    except forms.AddressError as error:
        ending = address.rpartition(".")[2]
        if ending in FORMATS:
            return error_picture_response(request, ending, str(error))
        return error_response(request, HTTPStatus.BAD_REQUEST, error.parameter, str(error))
    except BusyError:
        reason = "The server is drawing too many large images. Try again in a moment."
        later = {"Retry-After": RETRY_AFTER}
        return error_response(request, HTTPStatus.SERVICE_UNAVAILABLE, "address", reason, later)


def error_response(
    request: HttpRequest, status: HTTPStatus, parameter: str, reason: str, more: dict[str, str] | None = None
) -> HttpResponse:
    """Return a reason as one line of text, or as JSON where the client prefers that."""
    response: HttpResponse
    if request.get_preferred_type(["text/plain", "application/json"]) == "application/json":
        response = JsonResponse({"parameter": parameter, "message": reason}, status=status)
    else:
        response = HttpResponse(reason + "\n", status=status, content_type="text/plain; charset=utf-8")
    return add_headers(response, NO_STORE, more or {})


def error_picture_response(request: HttpRequest, ending: str, reason: str) -> HttpResponse:
    """Return a reason as a picture in the format of the address, so that an `<img>` shows it."""
    response: HttpResponse
    if request.method == "HEAD":
        response = HeadersOnlyResponse(status=HTTPStatus.BAD_REQUEST)
    else:
        picture = error_picture(ending, reason)
        data = drawings.get_or_draw(cache_key(picture), picture)
        response = HttpResponse(data, status=HTTPStatus.BAD_REQUEST)
    return add_picture_headers(response, ending, NO_STORE, {})


def error_picture(ending: str, reason: str) -> Picture:
    lines = textwrap.wrap(reason, 46)
    return Picture(480, 40 + 20 * len(lines), *ERROR_COLOURS, format=ending, text="\n".join(lines), size=16)


# The home page


@login_not_required
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    """Respond with the page that explains the addresses; to htmx, only the result of its builder."""
    builder = forms.Builder(request.GET or forms.Builder.EXAMPLE, label_suffix="")
    context: dict[str, object] = {
        "builder": builder,
        "result": build_result(request, builder) if builder.is_valid() else None,
    }
    if "HX-Request" in request.headers:
        return render(request, "placeholder/home.html#result", context)
    context |= {"gallery": list(map(gallery_entry, GALLERY)), "people": PEOPLE, "limits": forms}
    return render(request, "placeholder/home.html", context)


def gallery_entry(example: tuple[str, str, str]) -> tuple[str, str, int, int]:
    """Return the caption, the path, the width and the height of an example."""
    caption, address, query = example
    picture = forms.read_picture(address, parse_qs(query, keep_blank_values=True))
    url = reverse("placeholder:image", args=[address]) + (f"?{query}" if query else "")
    return caption, url, picture.width, picture.height


class BuildResult(TypedDict):
    url: str
    picture: Picture
    bytes: int | None
    lines: list[tuple[str, str]]


def build_result(request: HttpRequest, builder: forms.Builder) -> BuildResult:
    picture, address = builder.picture, builder.address
    url = absolute_url(request, address)
    lines = [
        ("URL", url),
        ("HTML", image_tag(picture, url)),
        ("Markdown", f"![{picture.width} × {picture.height}]({url})"),
        ("CSS", f'background-image: url("{url}");'),
    ]
    scales = [scale for scale in (2, 3) if scale * max(picture.width, picture.height) <= SIDE_LIMIT]
    if scales:
        dense = ", ".join(f"{absolute_url(request, address.at_scale(f'{scale}x'))} {scale}x" for scale in scales)
        plain = absolute_url(request, address.at_scale(""))
        lines.append(("srcset", image_tag(picture, plain, f' srcset="{escape(dense)}"')))
    return {"url": url, "picture": picture, "bytes": byte_count(picture), "lines": lines}


def image_tag(picture: Picture, url: str, more: str = "") -> str:
    return f'<img src="{escape(url)}"{more} width="{picture.width}" height="{picture.height}" alt="">'


def absolute_url(request: HttpRequest, address: forms.Address) -> str:
    query = "?" + urlencode(address.query, quote_via=quote) if address.query else ""
    return request.build_absolute_uri(reverse("placeholder:image", args=[str(address)])) + query


def byte_count(picture: Picture) -> int | None:
    """Return the size of a picture, or None when it cannot be drawn just now."""
    try:
        return len(drawings.get_or_draw(cache_key(picture), picture))
    except BusyError:
        return None
