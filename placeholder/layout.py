"""The layout of a picture's text: its size, its lines and its place. Does not depend on Django."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from placeholder.bidi import reads_from_right
from placeholder.blocks import Style, TextBlock, text_block
from placeholder.fonts import CHARACTERS
from placeholder.picture import Picture

SMALLEST_TEXT = 8
LARGEST_FITTED_TEXT = 144
# The part of a picture that its text may fill, unless a size is given for text in the middle.
SHARE = 0.8
ELLIPSIS = "…"
# Text that breaks only between words, which need not be asked for.
PLAIN_WORDS = re.compile(r"(\w+[,.]? )*\w+[,.]?")


@dataclass(frozen=True)
class Room:
    """The room of a picture for its text. Lengths are in pixels; sizes of text are before `scale` is applied."""

    style: Style
    scale: int
    width: float
    height: float

    def fits(self, text: str, size: int) -> bool:
        width, height = self.sides(text, size)
        return width <= self.width and height <= self.height

    def has_width(self, line: str, size: int) -> bool:
        return self.sides(line.rstrip(), size)[0] <= self.width

    def sides(self, text: str, size: int) -> tuple[int, int]:
        return text_block(text, self.style, size * self.scale).sides


@lru_cache(maxsize=256)
def fitted_text(picture: Picture, scale: int = 1) -> TextBlock | None:
    """Return the text of a picture at a scale, None if there is none or if a label does not fit."""
    lines, size = fitted_lines(picture)
    return text_block(lines, style_of(picture), size * scale) if size else None


def fitted_lines(picture: Picture) -> tuple[str, int]:
    """Return the text of a picture with its line ends, and its size before scaling; 0 shows none."""
    room = room_of(picture)
    if not picture.text:
        return "", 0
    if picture.text == picture.label:
        return picture.text, label_size(picture, room)
    if found := wrapped_text(picture, room):
        return found
    whole = room_of(picture, 1)
    return cut_text(picture.text, room) or cut_text(picture.text, whole) or (ELLIPSIS, ellipsis_size(whole))


def room_of(picture: Picture, share: float | None = None) -> Room:
    """Return the room in a `share` of the picture inside its border."""
    is_free = picture.size and (picture.align, picture.valign) == ("center", "middle")
    share = share or (1 if is_free else SHARE)
    width, height = (
        share * (side - 2 * picture.border) * picture.scale for side in (picture.width, picture.height)
    )
    return Room(style_of(picture), picture.scale, width, height)


def style_of(picture: Picture) -> Style:
    return Style(picture.font, picture.weight, picture.align, reads_from_right(picture.text))


def label_size(picture: Picture, room: Room) -> int:
    """Return the wanted size, or the largest at which a label fits on one line, or 0 if no readable size does."""
    wanted = wanted_size(picture)
    if room.fits(picture.text, wanted):
        return wanted
    width, height = room.sides(picture.text, 100)
    largest = min(wanted, int(100 * min(room.width / width, room.height / height)))
    # Letters are whole pixels wide, so the width is not exactly proportional to the size.
    return next((size for size in range(largest, SMALLEST_TEXT - 1, -1) if room.fits(picture.text, size)), 0)


def wanted_size(picture: Picture) -> int:
    return max(picture.size or min(LARGEST_FITTED_TEXT, min(picture.width, picture.height) // 5), SMALLEST_TEXT)


# Lines


def wrapped_text(picture: Picture, room: Room) -> tuple[str, int] | None:
    """Return the text, wrapped between words, at the wanted size or else the largest that fits.

    Returns None if no readable size fits.
    """
    sizes = range(SMALLEST_TEXT, wanted_size(picture) + 1)
    if lines := wrapped_at(sizes[-1], picture.text, room):
        return lines, sizes[-1]
    count = bisect_left(sizes, True, key=lambda size: wrapped_at(size, picture.text, room) is None)
    lines = wrapped_at(sizes[count - 1], picture.text, room) if count else None
    return (lines, sizes[count - 1]) if lines else None


def wrapped_at(size: int, text: str, room: Room) -> str | None:
    """Return a text with line ends so that it fits at a size, None if it does not."""
    if room.fits(text, size):
        return text
    lines = [
        line for each in text.split("\n") for line in filled(units(each), lambda it: room.has_width(it, size))
    ]
    wrapped = "\n".join(lines)
    return wrapped if room.fits(wrapped, size) else None


def filled(parts: Iterable[str], has_width: Callable[[str], bool]) -> list[str]:
    """Join parts into lines that are as long as possible. A part that is too wide has a line of its own."""
    lines = [""]
    for part in parts:
        if lines[-1] and not has_width(lines[-1] + part):
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]


@lru_cache(maxsize=256)
def units(line: str) -> tuple[str, ...]:
    """Return the parts of a line between which it may be broken (Unicode's UAX 14).

    Scripts without spaces between words, such as Thai, are broken between any two letters.
    """
    if CHARACTERS.issuperset(line) and PLAIN_WORDS.fullmatch(line):
        return tuple(re.findall("[^ ]+ ?", line))
    from uniseg.linebreak import line_break, line_break_units  # here, since few texts need it

    parts: list[str] = []
    for unit in line_break_units(line):
        is_unspaced = any(line_break(character).name == "SA" for character in unit)
        parts += clusters(unit) if is_unspaced else [unit]
    return tuple(parts)


def clusters(text: str) -> list[str]:
    """Return what a reader takes for letters: each with its marks (Unicode's UAX 29)."""
    from uniseg.graphemecluster import grapheme_clusters

    return list(grapheme_clusters(text))


def cut_text(text: str, room: Room) -> tuple[str, int] | None:
    """Return a text at the smallest size with as many lines as fit, words broken and an ellipsis where it is cut."""
    lines = [line for each in text.split("\n") for line in filled(pieces(each, room), narrow(room))]
    for count in range(len(lines), 0, -1):
        rest = "" if count == len(lines) else ELLIPSIS
        shown = "\n".join([*lines[: count - 1], shortened(lines[count - 1], rest, room)])
        if shown and room.fits(shown, SMALLEST_TEXT):
            return shown, SMALLEST_TEXT
    return None


def narrow(room: Room) -> Callable[[str], bool]:
    return lambda line: room.has_width(line, SMALLEST_TEXT)


def pieces(line: str, room: Room) -> list[str]:
    """Return the units of a line, those that are too wide as single letters."""
    return [piece for unit in units(line) for piece in ([unit] if narrow(room)(unit) else clusters(unit))]


def shortened(line: str, rest: str, room: Room) -> str:
    """Return the start of a line with `rest` at its end, so that it has the width."""
    letters = clusters(line)
    while letters and not narrow(room)("".join(letters).rstrip() + rest):
        letters.pop()
    return "".join(letters).rstrip() + rest


def ellipsis_size(room: Room) -> int:
    """Return the largest size at which an ellipsis fits, 0 if none does."""
    return next((size for size in range(SMALLEST_TEXT, 0, -1) if room.fits(ELLIPSIS, size)), 0)


# Place


def left_of(block: TextBlock, picture: Picture, scale: int) -> int:
    """Return the left edge of a block in a picture at a scale."""
    free = picture.width * scale - block.sides[0]
    if picture.align == "center":
        return free // 2
    margin = margins(picture, scale)[0]
    return min(margin, free) if picture.align == "left" else max(free - margin, 0)


def first_baseline(block: TextBlock, picture: Picture, scale: int) -> int:
    """Return where y = 0 of a block is in a picture at a scale: by the height of capitals, but inside the border."""
    border, height = picture.border * scale, picture.height * scale
    highest, lowest = border - block.box[1], height - border - block.box[3]
    first, last = block.lines[0][1], block.lines[-1][1]
    if picture.valign == "middle":
        wanted = (height + block.capital - first - last - 1) // 2
    elif picture.valign == "top":
        wanted = margins(picture, scale)[1] + block.capital - first
    else:
        wanted = height - margins(picture, scale)[1] - last
    return max(min(wanted, lowest), highest)


def margins(picture: Picture, scale: int) -> tuple[int, int]:
    """Return the distances of aligned text from the left or right and from the top or bottom."""
    border = picture.border
    across, down = (round((1 - SHARE) / 2 * (side - 2 * border)) for side in (picture.width, picture.height))
    return (border + across) * scale, (border + down) * scale
