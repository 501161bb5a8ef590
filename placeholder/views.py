"""Answers addresses with pictures: the right one, from the cache, or the reason why not."""

import hashlib
import textwrap
from http import HTTPStatus
from urllib.parse import parse_qs, quote, urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.vary import vary_on_headers

from placeholder import forms, svg
from placeholder.colours import Colour
from placeholder.drawings import BusyError, Drawings
from placeholder.image import draw, drawing_version
from placeholder.picture import FORMATS, Picture

A_YEAR = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
RETRY_AFTER = "2"

# A canvas of any site may read the pictures, and nobody may take one for something else.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
SVG_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}

REASON_COLOURS = Colour(0xFB, 0xE9, 0xE7), Colour(0x8C, 0x1D, 0x18)

GALLERY = (
    ("Just a size", "300x200/", ""),
    ("A square as WebP", "200.webp", ""),
    ("A ratio", "16:9/320.png", ""),
    ("For dark pages", "300x200.png", "theme=dark"),
    ("Colours by name", "300x200.png", "bg=rebeccapurple&fg=gold"),
    (
        "Words of your own",
        "300x200.svg",
        "text=Cover%5Cnof%20the%20book&font=noto-serif&bg=f3e9dc&fg=5e3023",
    ),
    ("Colours from a seed", "300x200.avif", "seed=lightboard"),
    ("Seeded, soft", "300x200.jpg", "seed=harbour&pattern=gradient&blur=12&text="),
    ("Crossed", "300x200.gif", "pattern=cross&border=1"),
    ("On a grid", "300x200.png", "pattern=grid&font=jetbrains-mono&bg=2f5be7&fg=fff"),
    ("Round corners", "300x200.webp", "radius=24&border=4&bg=fff&fg=2f5be7"),
    ("Clear ground", "300x200.png", "bg=transparent&fg=5b7cf0&border=2&radius=12"),
)

PEOPLE = ("Anna Maier", "Jonas Lindt", "Sofia Kowalska", "Жанна Бичевская", "demo")

drawings = Drawings(draw)


class Undrawn(HttpResponse):
    """The headers of a picture that was not drawn: its length is not known, so nobody may fill one in."""

    def has_header(self, header):
        return header.lower() == "content-length" or super().has_header(header)


@csrf_exempt
@login_not_required
def image(request, address):
    """Answer the picture of an address, the word that the browser has it, or the reason why there is none."""

    def respond():
        picture = forms.read_picture(address, parameters(request))
        return picture_answer(request, picture, picture.format, lambda key: drawings.of(key, picture))

    return reasoned(request, address, respond)


@csrf_exempt
@login_not_required
def avatar(request, name):
    """Answer the initials of a person as an SVG."""

    def respond():
        person = forms.read_name(name, parameters(request))
        return picture_answer(request, f"avatar {person}", "svg", lambda key: svg.avatar(person).encode())

    return reasoned(request, "avatar.svg", respond)


def parameters(request):
    """Return the query of a request as a dict of lists; `AddressError` before reading too long a one."""
    query = request.META.get("QUERY_STRING", "")
    if len(query) > forms.QUERY_LIMIT or query.count("&") > forms.PARAMETER_LIMIT:
        raise forms.AddressError("address", f"at most {forms.QUERY_LIMIT} characters after the question mark")
    return dict(request.GET.lists())


# What takes long


def needs_heavy_drawing(request):
    """Tell whether a large picture has to be drawn for this request: a server may want to do that beside all else."""
    try:
        picture = asked_picture(request)
    except (Resolver404, SuspiciousOperation, forms.UnknownAddressError, forms.AddressError):
        return False
    if picture is None or not picture.is_heavy:
        return False
    key = key_of(picture)
    return not is_known(request, f'"{key}"') and drawings.kept(key) is None


def asked_picture(request):
    """Return the `Picture` that a request has drawn, None without one. Raises what reading the address raises."""
    found = resolve(request.path_info)
    if found.func is image and request.method == "GET":
        return forms.read_picture(found.kwargs["address"], parameters(request))
    if found.func is home:
        builder = forms.Builder(request.GET)
        return builder.picture if builder.is_valid() else None
    return None


# Pictures


def picture_answer(request, identity, ending, bytes_of):
    """Return the answer with the picture that `identity` fully describes: its ETag is known before its bytes.

    `bytes_of` returns the bytes for the key of the picture; it is called only when they have to be sent.
    """
    key = key_of(identity)
    if is_known(request, f'"{key}"'):
        response = Undrawn(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
    elif request.method == "HEAD":
        response = head_answer(drawings.kept(key))
    else:
        response = HttpResponse(bytes_of(key))
    return with_headers(response, ending, A_YEAR, {"ETag": f'"{key}"'})


def key_of(identity):
    """Return what stands for a picture in the cache and, quoted, as its ETag."""
    return hashlib.sha256(f"{drawing_version()} {identity}".encode()).hexdigest()[:32]


def is_known(request, etag):
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in (tag.removeprefix("W/") for tag in known)


def head_answer(kept):
    if kept is None:
        return Undrawn()
    return HttpResponse(headers={"Content-Length": len(kept)})


def with_headers(response, ending, caching, more):
    if "Content-Type" in response:
        response["Content-Type"] = FORMATS[ending]
    if ending == "svg":
        more = more | SVG_POLICY
    return with_all(response, caching, more)


def with_all(response, caching, more):
    """Return a response with the headers of every answer and `more`; its length is told where it is known."""
    if response.content:
        response["Content-Length"] = len(response.content)
    for name, value in (HEADERS | {"Cache-Control": caching} | more).items():
        response[name] = value
    return response


# Reasons why there is no picture


def reasoned(request, address, respond):
    """Return what `respond` returns, or the reason why it cannot."""
    if request.method not in ("GET", "HEAD"):
        return refusal(
            request, HTTPStatus.METHOD_NOT_ALLOWED, "method", "method: GET or HEAD.", {"Allow": "GET, HEAD"}
        )
    try:
        return respond()
    except forms.UnknownAddressError:
        return refusal(request, HTTPStatus.NOT_FOUND, "address", "address: no image is here.")
    except forms.AddressError as error:
        ending = address.rpartition(".")[2]
        if ending in FORMATS:
            return pictured_refusal(request, ending, str(error))
        return refusal(request, HTTPStatus.BAD_REQUEST, error.parameter, str(error))
    except BusyError:
        reason = "Too many large pictures are being drawn: ask again in a moment."
        return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "address", reason, {"Retry-After": RETRY_AFTER})


def refusal(request, status, parameter, reason, more=None):
    """Return a reason as one line of text, or as JSON where that is what the client would rather have."""
    if request.get_preferred_type(["text/plain", "application/json"]) == "application/json":
        response = JsonResponse({"parameter": parameter, "message": reason}, status=status)
    else:
        response = HttpResponse(reason + "\n", status=status, content_type="text/plain; charset=utf-8")
    return with_all(response, NO_STORE, more or {})


def pictured_refusal(request, ending, reason):
    """Return a reason as a picture in the format of the address, so that an `<img>` shows it."""
    if request.method == "HEAD":
        response = Undrawn(status=HTTPStatus.BAD_REQUEST)
    else:
        picture = reason_picture(ending, reason)
        response = HttpResponse(drawings.of(key_of(picture), picture), status=HTTPStatus.BAD_REQUEST)
    return with_headers(response, ending, NO_STORE, {})


def reason_picture(ending, reason):
    """Return the small `Picture` that says a reason."""
    lines = textwrap.wrap(reason, 46)
    return Picture(480, 40 + 20 * len(lines), *REASON_COLOURS, format=ending, text="\n".join(lines), size=16)


# The home page


@login_not_required
@vary_on_headers("HX-Request")
def home(request):
    """Answer the page that explains the addresses; to htmx, only the result of its builder."""
    builder = forms.Builder(request.GET or forms.Builder.EXAMPLE, label_suffix="")
    context = {"builder": builder, "result": built(request, builder) if builder.is_valid() else None}
    if "HX-Request" in request.headers:
        return render(request, "placeholder/home.html#result", context)
    context |= {"gallery": list(map(gallery_entry, GALLERY)), "people": PEOPLE, "limits": forms}
    return render(request, "placeholder/home.html", context)


def gallery_entry(example):
    """Return the caption, the path, the width and the height of an example."""
    caption, address, query = example
    picture = forms.read_picture(address, parse_qs(query, keep_blank_values=True))
    url = reverse("placeholder:image", args=[address]) + (f"?{query}" if query else "")
    return caption, url, picture.width, picture.height


def built(request, builder):
    """Return what the page shows of a built address: the picture, its bytes, and lines to copy."""
    picture, address = builder.picture, builder.address
    url = absolute_url(request, address)
    lines = [
        ("Address", url),
        ("HTML", image_tag(picture, url)),
        ("Markdown", f"![{picture.width} × {picture.height}]({url})"),
        ("CSS", f'background-image: url("{url}");'),
    ]
    scales = [scale for scale in (2, 3) if scale * max(picture.width, picture.height) <= forms.SIDE_LIMIT]
    if scales:
        dense = ", ".join(f"{absolute_url(request, address.at_scale(f'{scale}x'))} {scale}x" for scale in scales)
        plain = absolute_url(request, address.at_scale(""))
        lines.append(("srcset", image_tag(picture, plain, f' srcset="{escape(dense)}"')))
    return {"url": url, "picture": picture, "bytes": size_of(picture), "lines": lines}


def image_tag(picture, url, more=""):
    return f'<img src="{escape(url)}"{more} width="{picture.width}" height="{picture.height}" alt="">'


def absolute_url(request, address):
    query = "?" + urlencode(address.query, quote_via=quote) if address.query else ""
    return request.build_absolute_uri(reverse("placeholder:image", args=[str(address)])) + query


def size_of(picture):
    """Return the bytes of a picture as a number, or None when it cannot be drawn just now."""
    try:
        return len(drawings.of(key_of(picture), picture))
    except BusyError:
        return None
