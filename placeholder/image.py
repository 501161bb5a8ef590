"""Draws placeholder pictures in every format. Does not depend on Django.

A drawing is two colours and the ink: an 8-bit image of how much the second colour covers the first.
"""

import hashlib
import zlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import PIL
from PIL import Image, ImageChops, ImageDraw

from placeholder.blocks import direction_of, face_of, glyphs_of
from placeholder.colours import Colour, painted_over
from placeholder.fonts import HERE as FONT_FOLDER
from placeholder.formats import ENCODERS, encode_full
from placeholder.layout import first_baseline, fitted_text, left_of
from placeholder.picture import Picture
from placeholder.png import box_png
from placeholder.svg import CROSS, GRADIENT, GRID, GRID_STEP, svg

HERE = Path(__file__).parent
CODE = ("bidi", "blocks", "colours", "fonts", "formats", "image", "layout", "picture", "png", "svg")
# The side of the largest quarter circle from which a smooth corner is made.
CORNER_LIMIT = 2000
CROSS_INK, GRID_INK, GRADIENT_INK = (round(255 * share) for share in (CROSS, GRID, GRADIENT))


@cache
def drawing_version() -> str:
    """Return a digest of the code, fonts and libraries that turn a picture into bytes."""
    digest = hashlib.sha256(f"{PIL.__version__} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    for file in (*(HERE / f"{name}.py" for name in CODE), *sorted(FONT_FOLDER.glob("*.[ot]tf"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def draw(picture: Picture) -> bytes:
    """Return a picture encoded in its format."""
    if picture.format == "svg":
        return svg(picture).encode()
    if picture.format == "png" and picture.is_plain:
        return plain_png(picture)
    if picture.end:
        return encode_full(on_gradient(picture, picture.end), picture.format)
    return ENCODERS[picture.format](*indexed(picture))


def text_ink(picture: Picture) -> tuple[Image.Image, tuple[int, int]] | None:
    """Return the ink of a picture's text and its position (left, top), None if there is nothing to see."""
    block = fitted_text(picture, picture.scale)
    if not block or 0 in block.sides:
        return None
    left, top, _, _ = block.box
    ink = Image.new("L", block.sides)
    pen = ImageDraw.Draw(ink)
    for line, baseline in block.lines:
        for run, x, anchor in glyphs_of(line, block.style, block.size):
            if face := face_of(run, block.size):
                place = x - left, baseline - top
                pen.text(place, run.text, fill=255, font=face, direction=direction_of(run), anchor=anchor)
    corner = left_of(block, picture, picture.scale), first_baseline(block, picture, picture.scale) + top
    return ink, corner


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


# Pictures on a gradient


def on_gradient(picture: Picture, end: Colour) -> Image.Image:
    """Return a picture in full colour ("RGBA")."""
    ramp = Image.linear_gradient("L").resize(picture.pixels, Image.Resampling.BILINEAR)
    image = Image.composite(plane(picture, end), plane(picture, picture.background), ramp)
    ink = plane(picture, picture.ink)
    ink.putalpha(ink_on(picture).point([value * picture.ink.alpha // 255 for value in range(256)]))
    image.alpha_composite(ink)
    if picture.radius:
        inside = rounded(picture.pixels, picture.radius * picture.scale)
        image.putalpha(ImageChops.multiply(image.getchannel("A"), inside))
    return image


def plane(picture: Picture, colour: Colour) -> Image.Image:
    return Image.new("RGBA", picture.pixels, colour)


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
    oversampling = max(1, min(4, CORNER_LIMIT // radius))
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
