"""Draws placeholder pictures in every format. Does not depend on Django.

A drawing is two colours and the ink: an 8-bit image of how much the second colour covers the first.
"""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import PIL
from PIL import Image, ImageChops, ImageDraw

from placeholder.colours import WHITE, Colour, painted_over
from placeholder.picture import FONTS, HERE, SIDE_LIMIT, Picture, face_at, fitted_text
from placeholder.png import box_png
from placeholder.svg import CROSS, GRADIENT, GRID, GRID_STEP, svg

CROSS_INK, GRID_INK, GRADIENT_INK = (round(255 * share) for share in (CROSS, GRID, GRADIENT))


@cache
def drawing_version() -> str:
    """Return a digest of the code, fonts and libraries that turn a picture into bytes."""
    digest = hashlib.sha256(f"{PIL.__version__} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    code = ("colours.py", "image.py", "picture.py", "png.py", "svg.py")
    for name in (*code, *(f"fonts/{file}" for file in FONTS.values())):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def draw(picture: Picture) -> bytes:
    """Return a picture encoded in its format. It has at most 2000 × 2000 pixels, `scale` included."""
    if picture.format == "svg":
        return svg(picture).encode()
    if picture.format == "png" and picture.is_plain:
        return plain_png(picture)
    return ENCODERS[picture.format](*indexed(picture))


def text_ink(picture: Picture) -> tuple[Image.Image, tuple[int, int]] | None:
    """Return the ink of a picture's text and its position (left, top), None without text."""
    block = fitted_text(picture, picture.scale)
    if not block:
        return None
    left, top, _, _ = block.box
    ink = Image.new("L", block.sides)
    pen = ImageDraw.Draw(ink)
    for line, baseline in block.lines:
        pen.text((-left, baseline - top), line, fill=255, font=face_at(block.font, block.size), anchor="ms")
    width, height = picture.pixels
    return ink, ((width - ink.width) // 2, (height - ink.height) // 2)


# Plain pictures: text on one colour


def plain_png(picture: Picture) -> bytes:
    """Return the PNG of a plain picture. 4 shades are enough for smooth edges."""
    width, height = picture.pixels
    palette = palette_of(picture.background, picture.ink, 4)
    if text := text_ink(picture):
        ink, (left, top) = text
        numbers = Image.frombytes("P", ink.size, ink.tobytes().translate(bytes(steps(4))))
        return box_png(width, height, palette, numbers, left, top)
    return box_png(width, height, palette)


@lru_cache(maxsize=256)
def palette_of(background: Colour, ink: Colour, shades: int, opacities: int = 1) -> tuple[Colour, ...]:
    """Return `shades` colours from background to ink, for each of `opacities` steps from opaque to clear."""
    row = [painted_over(background, ink, step / (shades - 1)) for step in range(shades)]
    clear = [1 - step / (opacities - 1) for step in range(opacities)] if opacities > 1 else [1]
    return tuple(Colour(*colour[:3], round(colour.alpha * opacity)) for opacity in clear for colour in row)


@cache
def steps(count: int) -> list[int]:
    """Return the nearest of `count` even steps for each 8-bit value."""
    return [round(value * (count - 1) / 255) for value in range(256)]


# All other pictures


def indexed(picture: Picture) -> tuple[Image.Image, tuple[Colour, ...]]:
    """Return a picture as palette indexes (an "L" image) and its palette."""
    shades, opacities = (256, 1) if picture.is_soft else (16, 1)
    if picture.radius:
        shades, opacities = (64, 4) if picture.is_soft else (16, 16)
    numbers = ink_on(picture).point(steps(shades))
    if picture.radius:
        clear = ImageChops.invert(rounded(picture.pixels, picture.radius * picture.scale))
        numbers = ImageChops.add(numbers, clear.point([shades * step for step in steps(opacities)]))
    return numbers, palette_of(picture.background, picture.ink, shades, opacities)


def ink_on(picture: Picture) -> Image.Image:
    """Return the ink (an "L" image) of everything on top of a picture's background."""
    ink = Image.new("L", picture.pixels)
    if picture.pattern:
        PATTERN_PAINTERS[picture.pattern](ink, picture.scale)
    if text := text_ink(picture):
        letters, corner = text
        ink.paste(255, corner, letters)
    if picture.border:
        ink = ImageChops.lighter(ink, frame(picture))
    if picture.blur:
        ink = blurred(ink, picture.blur * picture.scale)
    return ink


def paint_cross(ink: Image.Image, scale: int) -> None:
    """Paint the two diagonals with smooth edges: along the longer side, two pixels share each step's ink."""
    width, height = ink.size
    pixels: Any = ink.load()
    along, across = max(width, height), min(width, height)
    for step in range(along):
        exact = step * (across - 1) / max(along - 1, 1)
        for offset in range(scale + 1):
            nearest = int(exact) + offset
            edge = exact - int(exact)
            share = 1 - edge if offset == 0 else edge if offset == scale else 1
            value = round(CROSS_INK * share)
            for place in (nearest, across - 1 - nearest):
                if 0 <= place < across:
                    where = (step, place) if width >= height else (place, step)
                    pixels[where] = max(pixels[where], value)


def paint_grid(ink: Image.Image, scale: int) -> None:
    width, height = ink.size
    pen = ImageDraw.Draw(ink)
    for x in range(GRID_STEP * scale, width, GRID_STEP * scale):
        pen.rectangle((x, 0, x + scale - 1, height), fill=GRID_INK)
    for y in range(GRID_STEP * scale, height, GRID_STEP * scale):
        pen.rectangle((0, y, width, y + scale - 1), fill=GRID_INK)


def paint_gradient(ink: Image.Image, scale: int) -> None:
    ramp = Image.linear_gradient("L").point(steps(GRADIENT_INK + 1))
    ink.paste(ramp.resize(ink.size, Image.Resampling.BILINEAR))


PATTERN_PAINTERS: dict[str, Callable[[Image.Image, int], None]] = {
    "cross": paint_cross,
    "grid": paint_grid,
    "gradient": paint_gradient,
}


def frame(picture: Picture) -> Image.Image:
    """Return the ink of a picture's border. Its inner corners are parallel to the outer ones."""
    width, height = picture.pixels
    border = picture.border * picture.scale
    ink = Image.new("L", picture.pixels, 255)
    inside = (width - 2 * border, height - 2 * border)
    if min(inside) > 0:
        ink.paste(0, (border, border), rounded(inside, max(picture.radius * picture.scale - border, 0)))
    return ink


def rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """Return the mask ("L", 255 is inside) of a rectangle with smooth corners, at most half a side in radius."""
    width, height = size
    radius = min(radius, width // 2, height // 2)
    shape = Image.new("L", size, 255)
    if not radius:
        return shape
    oversampling = max(1, min(4, SIDE_LIMIT // radius))
    quarter = Image.new("L", (radius * oversampling,) * 2)
    far = 2 * radius * oversampling - 1
    ImageDraw.Draw(quarter).ellipse((0, 0, far, far), fill=255)
    corner = quarter.resize((radius, radius), Image.Resampling.BOX)
    mirrored = corner.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for top, flip in ((0, None), (height - radius, Image.Transpose.FLIP_TOP_BOTTOM)):
        shape.paste(corner.transpose(flip) if flip else corner, (0, top))
        shape.paste(mirrored.transpose(flip) if flip else mirrored, (width - radius, top))
    return shape


def blurred(ink: Image.Image, strength: int) -> Image.Image:
    """Return blurred ink. It is scaled down and up again, which is cheaper than a true blur."""
    small = tuple(max(1, side // (2 * strength)) for side in ink.size)
    return ink.resize(small, Image.Resampling.BOX).resize(ink.size, Image.Resampling.BICUBIC)


# Formats


def png(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    bits = 4 if len(colours) <= 16 else 8
    return encode(paletted(numbers, colours), "PNG", bits=bits, compress_level=6)


def gif(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    """Return a GIF. It has no partial transparency, so colours below half opacity become transparent."""
    clear = [number for number, colour in enumerate(colours) if colour.alpha < 128]
    if not clear:
        return encode(paletted(numbers, colours), "GIF", optimize=False)
    merged = numbers.point([clear[0] if number in clear else number for number in range(256)])
    opaque = [Colour(*colour[:3]) for colour in colours]
    return encode(paletted(merged, opaque), "GIF", optimize=False, transparency=clear[0])


def jpg(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    """Return a JPEG. It has no transparency, so the picture is drawn on white; grey colours make a greyscale image."""
    solid = [painted_over(WHITE, colour, 1) for colour in colours]
    if all(colour.red == colour.green == colour.blue for colour in solid):
        levels = [colour.red for colour in solid] + [0] * (256 - len(solid))
        return encode(numbers.point(levels), "JPEG", quality=80)
    return encode(paletted(numbers, solid).convert("RGB"), "JPEG", quality=80, subsampling="4:4:4")


def webp(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    return encode(full_colour(numbers, colours), "WEBP", lossless=True, method=1, quality=20)


def avif(numbers: Image.Image, colours: Sequence[Colour]) -> bytes:
    return encode(full_colour(numbers, colours), "AVIF", speed=10, quality=70, max_threads=1)


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


def encode(image: Image.Image, name: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, name, **options)
    return data.getvalue()
