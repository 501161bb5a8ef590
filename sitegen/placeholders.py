"""Placeholder pictures, drawn by whatever the project serves at their address."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FILE = re.compile(r"image/(\d{1,5})x(\d{1,5})\.png")


def file_of(width: object, height: object) -> str:
    """Return the path of this picture in the built site."""
    return f"image/{width}x{height}.png"


def draw(path: str) -> bytes:
    """Return the bytes of the PNG at `path` of the built site.

    The view is called as it is, without middleware. Raises LookupError when the project draws no
    placeholder pictures, or refuses this one.
    """
    from django.urls import Resolver404, resolve  # here, since few pages have placeholder pictures

    if not (match := FILE.fullmatch(path)):
        raise LookupError(f"{path} is not a placeholder picture")
    width, height = match.groups()
    request = HttpRequest()
    request.method = "GET"
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.path = request.path_info = getattr(settings, "SITE_PLACEHOLDER", "/image/{}x{}/").format(width, height)
    try:
        view, args, kwargs = resolve(request.path)
    except Resolver404:
        raise LookupError("no app that draws placeholder pictures is installed") from None
    response: HttpResponse = view(request, *args, **kwargs)
    if response.status_code != 200:
        reason = response.content.decode(errors="replace")[:200]
        raise LookupError(
            f"the placeholder picture {width} by {height} was refused ({response.status_code}): {reason}"
        )
    return response.content
