"""Blocks of text: lines at a size, and how much room they take. Does not depend on Django."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import ceil, floor
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from PIL import ImageFont

from placeholder.fonts import CHARACTERS, SHAPES, Run, face_at, runs_of, shipped_files

# Letters of other scripts are taller, or have marks above and below.
LINE_HEIGHT, TALL_LINE_HEIGHT = 1.25, 1.5
# By alignment, Pillow's name for it and the share of a line's width that is before its anchor.
ANCHORS = {"left": ("ls", 0.0), "center": ("ms", 0.5), "right": ("rs", 1.0)}


class Style(NamedTuple):
    font: str
    weight: str
    align: str
    is_rtl: bool = False


class Glyphs(NamedTuple):
    """A run, its place from the anchor of its line, and its own anchor in Pillow."""

    run: Run
    x: float
    anchor: str


@dataclass(frozen=True)
class TextBlock:
    """Lines of text with their baselines, anchored at x = 0, and their bounding box (left, top, right, bottom)."""

    lines: tuple[tuple[str, int], ...]
    style: Style
    size: int
    box: tuple[int, int, int, int]
    # The height of capital letters: placed by it, words with and without descenders stand on one line.
    capital: int

    @property
    def sides(self) -> tuple[int, int]:
        left, top, right, bottom = self.box
        return right - left, bottom - top


@lru_cache(maxsize=1024)
def text_block(text: str, style: Style, size: int) -> TextBlock:
    """Return the `TextBlock` of `text` at `size` pixels."""
    lines = [(number, line) for number, line in enumerate(text.split("\n")) if line and not line.isspace()]
    glyphs = [glyphs_of(line, style, size) for _, line in lines]
    height = size * max((line_height(each, style) for each in glyphs), default=LINE_HEIGHT)
    placed = tuple((line, round(number * height)) for number, line in lines)
    boxes = [
        (left + x, top + baseline, right + x, bottom + baseline)
        for (_, baseline), each in zip(placed, glyphs, strict=True)
        for run, x, anchor in each
        for left, top, right, bottom in [run_box(run, size, anchor)]
    ]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True) if boxes else ((0,),) * 4
    box = (floor(min(lefts)), floor(min(tops)), ceil(max(rights)), ceil(max(bottoms)))
    return TextBlock(placed, style, size, box, capital_height(shipped_files(style.font, style.weight)[0], size))


def line_height(glyphs: tuple[Glyphs, ...], style: Style) -> float:
    shipped = shipped_files(style.font, style.weight)
    return TALL_LINE_HEIGHT if any(each.run.file not in shipped for each in glyphs) else LINE_HEIGHT


@lru_cache(maxsize=1024)
def capital_height(file: str, size: int) -> int:
    return -floor(face_at(file, size).getbbox("H", anchor="ls")[1])


@lru_cache(maxsize=256)
def glyphs_of(line: str, style: Style, size: int) -> tuple[Glyphs, ...]:
    """Return the runs of a line from left to right, at their places."""
    runs = runs_of(line, style.font, style.weight, style.is_rtl)
    anchor, share = ANCHORS[style.align]
    if len(runs) == 1:
        return (Glyphs(runs[0], 0, anchor),)
    widths = [advance(run, size) for run in runs]
    starts = accumulate(widths, initial=-share * sum(widths))
    return tuple(Glyphs(run, x, "ls") for run, x in zip(runs, starts, strict=False))


def needs_shaping(run: Run) -> bool:
    return SHAPES and (run.is_rtl or not CHARACTERS.issuperset(run.text))


def direction_of(run: Run) -> str | None:
    """Return the direction as Pillow wants it, which takes none where nothing is shaped."""
    if not needs_shaping(run):
        return None
    return "rtl" if run.is_rtl else "ltr"


def face_of(run: Run, size: int) -> ImageFont.FreeTypeFont | None:
    return face_at(run.file, size, needs_shaping(run)) if run.file else None


@lru_cache(maxsize=4096)
def run_box(run: Run, size: int, anchor: str) -> tuple[float, float, float, float]:
    """Return the bounding box of a run from its anchor. It is an estimate where no font is here."""
    if face := face_of(run, size):
        return face.getbbox(run.text, direction=direction_of(run), anchor=anchor)
    width = advance(run, size)
    left = -width * next(share for name, share in ANCHORS.values() if name == anchor)
    return left, -0.8 * size, left + width, 0.2 * size


@lru_cache(maxsize=4096)
def advance(run: Run, size: int) -> float:
    """Return the width of a run, where the next one starts."""
    if face := face_of(run, size):
        return face.getlength(run.text, direction=direction_of(run))
    return size * sum(estimated_width(character) for character in run.text)


def estimated_width(character: str) -> float:
    """Return the usual width of a character in ems."""
    if combining(character):
        return 0
    return 1 if east_asian_width(character) in "WF" else 0.6
