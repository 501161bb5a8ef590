"""Pictures: their size, narrower versions for narrow screens, and placeholders drawn by the project."""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse

from .errors import SiteError

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

WIDTHS = (480, 960, 1440)
RESIZABLE = {".jpg", ".jpeg", ".png", ".webp"}
MEASURABLE = RESIZABLE | {".gif", ".svg", ".avif"}
SIDEWAYS = {5, 6, 7, 8}  # EXIF orientations that swap width and height
ORIENTATION = 0x0112
PLACEHOLDER = re.compile(r"image/(\d{1,5})x(\d{1,5})\.png")


def is_picture(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in MEASURABLE


def can_resize(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in RESIZABLE


def size(content: bytes, file: str) -> tuple[int, int] | None:
    """Return width and height in pixels, or None for a drawing that does not say.

    Raises SiteError for a file that is no picture.
    """
    if b"<svg" in content[:2000]:
        return drawing_size(content.decode(errors="replace"))
    with opened(content, file) as picture:
        width, height = picture.size
        return (height, width) if picture.getexif().get(ORIENTATION) in SIDEWAYS else (width, height)


def drawing_size(svg: str) -> tuple[int, int] | None:
    head = re.search(r"<svg\b[^>]*>", svg)
    if not head:
        return None
    width, height = (re.search(rf"""\s{side}=["']([\d.]+)(?:px)?["']""", head[0]) for side in ("width", "height"))
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    box = re.search(r"""\sviewBox=["'][\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)["']""", head[0])
    return (round(float(box[1])), round(float(box[2]))) if box else None


def resized(content: bytes, width: int, file: str) -> bytes:
    """Return the bytes of the picture, `width` pixels wide, in its own format."""
    from PIL import Image, ImageOps

    with opened(content, file) as picture:
        format_ = picture.format
        upright = ImageOps.exif_transpose(picture)
        height = max(1, round(upright.height * width / upright.width))
        out = BytesIO()
        upright.resize((width, height), Image.Resampling.LANCZOS).save(out, format_, quality=82, optimize=True)
        return out.getvalue()


@contextmanager
def opened(content: bytes, file: str) -> "Iterator[ImageFile]":
    """Yield the picture. Raises SiteError, inside too, where the file is broken."""
    from PIL import Image  # here, since few builds read pictures

    try:
        with Image.open(BytesIO(content)) as picture:
            yield picture
    except (
        *(OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning),
    ) as error:
        raise SiteError(file, f"is not a picture that can be read: {str(error).partition(' <')[0]}") from None


def placeholder_file(width: object, height: object) -> str:
    """Return the path of a placeholder picture in the built site."""
    return f"image/{width}x{height}.png"


def draw_placeholder(path: str) -> bytes:
    """Return the bytes of the PNG at `path` of the built site, as the project serves it, without middleware.

    Raises LookupError when the project draws no placeholder pictures, or refuses this one.
    """
    from django.test import RequestFactory  # here, since few pages have placeholder pictures
    from django.urls import Resolver404, resolve

    if not (match := PLACEHOLDER.fullmatch(path)):
        raise LookupError(f"{path} is not a placeholder picture")
    size = match.groups()
    request = RequestFactory().get(getattr(settings, "SITE_PLACEHOLDER", "/image/{}x{}/").format(*size))
    try:
        view, args, kwargs = resolve(request.path)
    except Resolver404:
        raise LookupError("no app that draws placeholder pictures is installed") from None
    response: HttpResponse = view(request, *args, **kwargs)
    if response.status_code != 200:
        said = f"({response.status_code}): {response.content.decode(errors='replace')[:200]}"
        raise LookupError(f"the placeholder picture {size[0]} by {size[1]} was refused {said}")
    return response.content
