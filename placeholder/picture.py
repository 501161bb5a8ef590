"""The description of a placeholder picture, and the layout of its text. Does not depend on Django."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from pathlib import Path

from PIL import ImageFont

from placeholder.colours import Colour

HERE = Path(__file__).parent
SIDE_LIMIT = 2000
FORMATS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "svg": "image/svg+xml; charset=utf-8",
}
FONTS = {
    "inter": "inter.otf",
    "open-sans": "open-sans.ttf",
    "roboto-slab": "roboto-slab.otf",
    "noto-serif": "noto-serif.ttf",
    "jetbrains-mono": "jetbrains-mono.ttf",
}
PATTERNS = ("cross", "grid", "gradient")

# The characters that all fonts contain (fonts/README.md).
ALPHABETS = (
    *((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0xAE), (0xB0, 0x131), (0x134, 0x148), (0x14A, 0x17F)),  # Latin
    *((0x218, 0x21B), (0x1E80, 0x1E85), (0x1EA0, 0x1EF9)),  # Latin of Romanian, Welsh, Vietnamese
    *((0x386, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),  # Greek
    *((0x401, 0x40C), (0x40E, 0x44F), (0x451, 0x45C), (0x45E, 0x45F), (0x490, 0x491)),  # Cyrillic
    *((0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022)),  # punctuation
    *(
        (0x2026, 0x2026),
        (0x2030, 0x2030),
        (0x2039, 0x203A),
        (0x20AC, 0x20AC),
        (0x2116, 0x2116),
        (0x2122, 0x2122),
    ),
)
CHARACTERS = frozenset(chr(code) for first, last in ALPHABETS for code in range(first, last + 1))

SMALLEST_TEXT = 8
LARGEST_FITTED_TEXT = 144
LINE_HEIGHT = 1.25
HEAVY_PIXELS = 250_000


@dataclass(frozen=True)
class Picture:
    """Everything that determines the bytes of a picture. Lengths are in pixels, before `scale` is applied."""

    width: int
    height: int
    background: Colour
    ink: Colour
    format: str = "png"
    scale: int = 1
    text: str = ""
    font: str = "inter"
    size: int | None = None
    border: int = 0
    radius: int = 0
    pattern: str = ""
    blur: int = 0

    @property
    def pixels(self) -> tuple[int, int]:
        """The width and height in pixels, `scale` included."""
        return self.width * self.scale, self.height * self.scale

    @property
    def is_plain(self) -> bool:
        """Whether there is only text on the background."""
        return not (self.border or self.radius or self.pattern or self.blur)

    @property
    def is_soft(self) -> bool:
        """Whether the ink has more shades than smooth edges need."""
        return bool(self.blur) or self.pattern == "gradient"

    @property
    def is_heavy(self) -> bool:
        """Whether drawing is slow, so that only a few may be drawn at once."""
        cheap = self.format == "svg" or (self.format == "png" and self.is_plain)
        return not cheap and self.width * self.height * self.scale**2 > HEAVY_PIXELS


@dataclass(frozen=True)
class TextBlock:
    """Lines of text, centred on x = 0, with their baselines and bounding box (left, top, right, bottom)."""

    lines: tuple[tuple[str, int], ...]
    font: str
    size: int
    box: tuple[int, int, int, int]

    @property
    def sides(self) -> tuple[int, int]:
        left, top, right, bottom = self.box
        return right - left, bottom - top


def fitted_text(picture: Picture, scale: int = 1) -> TextBlock | None:
    """Return the text of a picture at a scale, None if there is no text or it does not fit."""
    size = fitted_size(picture) if picture.text else None
    return text_block(picture.text, picture.font, size * scale) if size else None


def fitted_size(picture: Picture) -> int | None:
    """Return the size of a picture's text before scaling: the given size, or the largest that fits.

    Returns None if no readable size fits.
    """
    share = 1 if picture.size else 0.8
    widest = share * (picture.width - 2 * picture.border) * picture.scale
    highest = share * (picture.height - 2 * picture.border) * picture.scale
    wanted = picture.size or min(LARGEST_FITTED_TEXT, 0.2 * min(picture.width, picture.height))
    width, height = text_block(picture.text, picture.font, 100).sides
    largest = int(
        min(
            max(wanted, SMALLEST_TEXT),
            100 * widest / (width * picture.scale),
            100 * highest / (height * picture.scale),
        )
    )
    # Letters are whole pixels wide, so the width is not exactly proportional to the size.
    for size in range(largest, SMALLEST_TEXT - 1, -1):
        width, height = text_block(picture.text, picture.font, size * picture.scale).sides
        if width <= widest and height <= highest:
            return size
    return None


@lru_cache(maxsize=256)
def text_block(text: str, font: str, size: int) -> TextBlock:
    """Return the `TextBlock` of `text` in `font` (a name of `FONTS`) at `size` pixels."""
    face = face_at(font, size)
    lines = tuple(
        (line, round(number * LINE_HEIGHT * size))
        for number, line in enumerate(text.split("\n"))
        if line and not line.isspace()
    )
    boxes = [face.getbbox(line, anchor="ms") for line, _ in lines]
    return TextBlock(
        lines,
        font,
        size,
        (
            floor(min(box[0] for box in boxes)),
            floor(min(box[1] + baseline for box, (_, baseline) in zip(boxes, lines, strict=True))),
            ceil(max(box[2] for box in boxes)),
            ceil(max(box[3] + baseline for box, (_, baseline) in zip(boxes, lines, strict=True))),
        ),
    )


@lru_cache(maxsize=64)
def face_at(font: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(HERE / "fonts" / FONTS[font], size, layout_engine=ImageFont.Layout.BASIC)
