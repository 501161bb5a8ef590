"""Encodes pictures in each format. Does not depend on Django.

Most have a palette: an image ("L") of numbers, and the colour of each number.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PIL import Image

from placeholder.colours import WHITE, Colour, painted_over

# The name and the options of each format in Pillow. None has more than one thread.
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {"compress_level": 6}),
    "gif": ("GIF", {"optimize": False}),
    "jpg": ("JPEG", {"quality": 80, "subsampling": "4:4:4"}),
    "webp": ("WEBP", {"lossless": True, "method": 1, "quality": 20}),
    "avif": ("AVIF", {"speed": 10, "quality": 70, "max_threads": 1}),
}


def png(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    return encode(paletted(numbers, colours), "png", bits=4 if len(colours) <= 16 else 8)


def gif(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    """Return a GIF. It has no partial transparency, so colours below half opacity become transparent."""
    clear = [number for number, colour in enumerate(colours) if colour.alpha < 128]
    if not clear:
        return encode(paletted(numbers, colours), "gif")
    merged = numbers.point([clear[0] if number in clear else number for number in range(256)])
    opaque = [Colour(*colour[:3]) for colour in colours]
    return encode(paletted(merged, opaque), "gif", transparency=clear[0])


def jpg(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    """Return a JPEG. It has no transparency, so the picture is drawn on white; grey colours make a greyscale image."""
    solid = [painted_over(WHITE, colour, 1) for colour in colours]
    if all(colour.red == colour.green == colour.blue for colour in solid):
        levels = [colour.red for colour in solid] + [0] * (256 - len(solid))
        return encode(numbers.point(levels), "jpg")
    return encode(paletted(numbers, solid).convert("RGB"), "jpg")


def webp(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    return encode(full_colour(numbers, colours), "webp")


def avif(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    return encode(full_colour(numbers, colours), "avif")


ENCODERS: dict[str, Callable[[Image.Image, Sequence[Colour]], bytes]] = {
    "png": png,
    "gif": gif,
    "jpg": jpg,
    "webp": webp,
    "avif": avif,
}


def paletted(numbers: Image.Image, colours: Sequence[Colour]) -> Image.Image:
    """Return palette indexes as a "P" image, with an alpha channel only if it is needed."""
    image = numbers.convert("P")
    mode = "RGB" if is_opaque(colours) else "RGBA"
    image.putpalette(b"".join(bytes(colour[: len(mode)]) for colour in colours), mode)
    return image


def full_colour(numbers: Image.Image, colours: Sequence[Colour]) -> Image.Image:
    return paletted(numbers, colours).convert("RGB" if is_opaque(colours) else "RGBA")


def is_opaque(colours: Iterable[Colour]) -> bool:
    return all(colour.alpha == 255 for colour in colours)


def encode_full(image: Image.Image, ending: str) -> bytes:
    """Return an image ("RGBA") in a format, with as much of its transparency as the format has."""
    alpha = image.getchannel("A")
    if ending == "jpg":
        image.paste(WHITE, mask=alpha.point([255 - value for value in range(256)]))
    elif ending == "gif":
        image.putalpha(alpha.point([0 if value < 128 else 255 for value in range(256)]))
    is_opaque = ending == "jpg" or alpha.getextrema() == (255, 255)
    return encode(image.convert("RGB") if is_opaque else image, ending)


def encode(image: Image.Image, ending: str, **more: Any) -> bytes:
    data = io.BytesIO()
    name, options = OPTIONS[ending]
    image.save(data, name, **options | more)
    return data.getvalue()
