"""Views: pictures, avatars, and the home page with the builder."""

from typing import TypedDict
from urllib.parse import parse_qs, quote, urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.vary import vary_on_headers

from placeholder import addresses, parameters, responses, svg
from placeholder.addresses import UnknownAddressError
from placeholder.cache import BusyError
from placeholder.forms import Address, Builder
from placeholder.parameters import AddressError
from placeholder.picture import Picture
from placeholder.responses import cache_key, picture_response, respond_or_explain
from placeholder.sizes import NAMED_SIZES

QUERY_LIMIT = 2000
PARAMETER_LIMIT = 50

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
    ("Wrapped text", "300x200.png", "text=Text+wraps+between+words+→+and+shrinks+to+fit&align=left"),
    ("From one colour to another", "300x200.webp", "bg=2f5be7-b23a8a&fg=fff&text=Sunrise&valign=bottom"),
    ("Colours in the path", "300x200/ff8800/fff.png", ""),
    ("Grey", "300x200.png", "bg=tomato&fg=fff&grayscale"),
    ("Colours from a seed", "300x200.avif", "seed=lightboard"),
    ("Seeded, soft", "300x200.jpg", "seed=harbour&pattern=gradient&blur=12&text="),
    ("Crossed", "300x200.gif", "pattern=cross&border=1"),
    ("On a grid", "300x200.png", "pattern=grid&font=jetbrains-mono&bg=2f5be7&fg=fff"),
    ("Rounded corners", "300x200.webp", "radius=24&border=4&bg=fff&fg=2f5be7"),
    ("Transparent background", "300x200.png", "bg=transparent&fg=5b7cf0&border=2&radius=12"),
)

PEOPLE = ("Anna Maier", "Jonas Lindt", "Sofia Kowalska", "Жанна Бичевская", "demo")


@csrf_exempt
@login_not_required
def image(request: HttpRequest, address: str) -> HttpResponse:
    """Return the picture of an address, 304, or an error."""

    def respond() -> HttpResponse:
        picture = addresses.read_picture(address, read_query(request))
        return picture_response(
            request, picture, picture.format, lambda key: responses.drawings.get_or_draw(key, picture)
        )

    return respond_or_explain(request, address, respond)


@csrf_exempt
@login_not_required
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """Return an SVG with a person's initials."""

    def respond() -> HttpResponse:
        person = parameters.read_name(name, read_query(request))
        return picture_response(request, f"avatar {person}", "svg", lambda key: svg.avatar(person).encode())

    return respond_or_explain(request, "avatar.svg", respond)


def read_query(request: HttpRequest) -> dict[str, list[str]]:
    """Return the query of a request. Raises `AddressError` if it is too long to be parsed."""
    query = request.META.get("QUERY_STRING", "")
    if len(query) > QUERY_LIMIT or query.count("&") > PARAMETER_LIMIT:
        raise AddressError("address", f"at most {QUERY_LIMIT} characters after the question mark")
    return {name: request.GET.getlist(name) for name in request.GET}


# For servers with separate threads for heavy requests


def needs_heavy_drawing(request: HttpRequest) -> bool:
    """Return whether this request requires drawing a large picture."""
    try:
        picture = requested_picture(request)
    except (Resolver404, SuspiciousOperation, UnknownAddressError, AddressError):
        return False
    if picture is None or not picture.is_heavy:
        return False
    key = cache_key(picture)
    return get_conditional_response(request, quote_etag(key)) is None and responses.drawings.get(key) is None


def requested_picture(request: HttpRequest) -> Picture | None:
    """Return the picture that a request may have to draw. Raises the same exceptions as `read_picture`."""
    match = resolve(request.path_info)
    if match.func is image and request.method == "GET":
        return addresses.read_picture(match.kwargs["address"], read_query(request))
    if match.func is home:
        builder = Builder(request.GET)
        return builder.picture if builder.is_valid() else None
    return None


# The home page


@login_not_required
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    """Return the page that documents the URLs. For htmx, return only the result of the builder."""
    builder = Builder(request.GET or Builder.EXAMPLE, label_suffix="")
    context: dict[str, object] = {
        "builder": builder,
        "result": build_result(request, builder) if builder.is_valid() else None,
    }
    if "HX-Request" in request.headers:
        return render(request, "placeholder/home.html#result", context)
    context |= {"gallery": list(map(gallery_entry, GALLERY)), "people": PEOPLE}
    context |= {"paths": addresses, "limits": parameters, "sizes": NAMED_SIZES}
    return render(request, "placeholder/home.html", context)


def gallery_entry(example: tuple[str, str, str]) -> tuple[str, str, int, int]:
    """Return the caption, the path, the width and the height of an example."""
    caption, address, query = example
    picture = addresses.read_picture(address, parse_qs(query, keep_blank_values=True))
    url = reverse("placeholder:image", args=[address]) + (f"?{query}" if query else "")
    return caption, url, picture.width, picture.height


class BuildResult(TypedDict):
    url: str
    picture: Picture
    bytes: int | None
    lines: list[tuple[str, str]]


def build_result(request: HttpRequest, builder: Builder) -> BuildResult:
    picture, address = builder.picture, builder.address
    url = absolute_url(request, address)
    lines = [
        ("URL", url),
        ("HTML", image_tag(picture, url)),
        ("Markdown", f"![{picture.width} × {picture.height}]({url})"),
        ("CSS", f'background-image: url("{url}");'),
    ]
    dense = [(address.at_scale(scale), scale) for scale in addresses.SCALES]
    if allowed := [f"{absolute_url(request, each)} {scale}" for each, scale in dense if each.is_valid()]:
        plain = absolute_url(request, address.at_scale(""))
        lines.append(("srcset", image_tag(picture, plain, f' srcset="{escape(", ".join(allowed))}"')))
    return {"url": url, "picture": picture, "bytes": byte_count(picture), "lines": lines}


def image_tag(picture: Picture, url: str, more: str = "") -> str:
    return f'<img src="{escape(url)}"{more} width="{picture.width}" height="{picture.height}" alt="">'


def absolute_url(request: HttpRequest, address: Address) -> str:
    query = "?" + urlencode(address.query, quote_via=quote) if address.query else ""
    return request.build_absolute_uri(reverse("placeholder:image", args=[str(address)])) + query


def byte_count(picture: Picture) -> int | None:
    """Return the size of a picture in bytes, None if the server is too busy to draw it."""
    try:
        return len(responses.drawings.get_or_draw(cache_key(picture), picture))
    except BusyError:
        return None
