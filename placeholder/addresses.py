"""Parses the path and query of a URL into a `Picture`. An error is one sentence about what is wrong.

The path may also be one of other placeholder services, whose colours, sizes and formats are parts of it.
"""

import re
from dataclasses import dataclass, field

from placeholder.colours import Colour, chosen_pair, grey, middle
from placeholder.fonts import WEIGHTS, undrawable
from placeholder.parameters import (
    DEFAULT_FONT,
    AddressError,
    Ground,
    Parameters,
    Query,
    is_number,
    join_names,
    name_of,
    read_number,
    read_parameters,
)
from placeholder.picture import (
    ALIGNMENTS,
    FORMATS,
    PIXEL_LIMIT,
    SIDE_LIMIT,
    SVG_SIDE_LIMIT,
    VERTICAL_ALIGNMENTS,
    Picture,
)
from placeholder.sizes import named_size

RATIO_LIMIT = 100
SCALES = {"2x": 2, "3x": 3}
ENDINGS = {name: name for name in FORMATS} | {"jpeg": "jpg"}
HEIGHT = re.compile("[1-9][0-9]{0,3}(@.*)?", re.DOTALL)


class UnknownAddressError(LookupError):
    """An address that is not one of a picture."""


@dataclass
class Path:
    """The parts of a path: `size` is one or two of them, and `parameters` are those that it has instead of the query."""

    size: list[str]
    format: str
    parameters: dict[str, list[str]] = field(default_factory=dict)


def read_picture(address: str, query: Query) -> Picture:
    """Return the `Picture` of an address, which is the path after `/image/`.

    Raises `UnknownAddressError` or `AddressError`.
    """
    path = read_path(address)
    both = {name: [*path.parameters.get(name, ()), *query.get(name, ())] for name in {**path.parameters, **query}}
    width, height, scale = read_size(path.size, SVG_SIDE_LIMIT if path.format == "svg" else SIDE_LIMIT)
    check_pixels(width, height, scale, path.format)
    return picture_of(width, height, scale, path.format, read_parameters(both))


def picture_of(width: int, height: int, scale: int, ending: str, parameters: Parameters) -> Picture:
    background, end, ink = chosen_colours(parameters)
    picture = Picture(
        width,
        height,
        background,
        ink,
        format=ending,
        scale=scale,
        text=parameters.get("text", f"{width} × {height}"),
        font=parameters.get("font", DEFAULT_FONT),
        size=parameters.get("size"),
        border=parameters.get("border", 0),
        radius=parameters.get("radius", 0),
        pattern=parameters.get("pattern", ""),
        blur=parameters.get("blur", 0),
        end=end,
        align=parameters.get("align", ALIGNMENTS[0]),
        valign=parameters.get("valign", VERTICAL_ALIGNMENTS[0]),
        weight=parameters.get("weight", WEIGHTS[0]),
    )
    check_text(picture)
    return picture


def chosen_colours(parameters: Parameters) -> tuple[Colour, Colour | None, Colour]:
    """Return the colours of the background, its end and the ink."""
    ground = parameters.get("bg")
    seen = middle(ground.colour, ground.end or ground.colour) if ground else None
    pair = chosen_pair(seen, parameters.get("fg"), parameters.get("theme", ""), parameters.get("seed", ""))
    background, end = ground or Ground(pair.background)
    if parameters.get("grayscale"):
        return grey(background), end and grey(end), grey(pair.ink)
    return background, end, pair.ink


def check_text(picture: Picture) -> None:
    """Raise `AddressError` if the text has a character that can't be drawn. In SVG, the viewer draws it."""
    if picture.format != "svg" and (character := undrawable(picture.text, picture.font)):
        raise AddressError("text", f"no font here has {name_of(character)}; .svg leaves the font to the viewer")


# Path


def read_path(address: str) -> Path:
    path, has_text, text = address.partition("&text=")
    parts, parameters = read_prefixes(path.removesuffix("/").split("/"))
    if parts[0] == "avatar":
        raise AddressError("format", "a name and svg, as in avatar/Anna%20Maier.svg")
    parts, ending = split_ending([part.lower() for part in parts], may_end=not path.endswith("/"))
    count = size_length(parts)
    size, colours = parts[:count], parts[count:]
    if len(colours) > 2 or "" in parts[1:] or (colours and not may_be_size(size[0])):
        raise UnknownAddressError(address)
    parameters |= {name: [colour] for name, colour in zip(("bg", "fg"), colours, strict=False)}
    if has_text:
        parameters["text"] = [text.replace("+", " ")]
    return Path(size, ending, parameters)


def read_prefixes(parts: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Split off what stands before the size: g/ for grey, seed/… or id/… for colours."""
    parameters = {}
    if parts[0].lower() == "g" and len(parts) > 1:
        parameters["grayscale"] = ["1"]
        parts = parts[1:]
    if parts[0].lower() in ("seed", "id") and len(parts) > 2:
        parameters["seed"] = [parts[1]]
        parts = parts[2:]
    return parts, parameters


def split_ending(parts: list[str], may_end: bool) -> tuple[list[str], str]:
    """Return the parts without the format, which may end any of them or be the last one, and the format, by default png."""
    found = [ending for _, dot, ending in (part.rpartition(".") for part in parts) if dot and ending in ENDINGS]
    rest = [
        stem if dot and ending in ENDINGS else part
        for part in parts
        for stem, dot, ending in [part.rpartition(".")]
    ]
    if len(rest) > 1 and rest[-1] in ENDINGS:
        found.append(rest.pop())
    elif may_end and "." in rest[-1]:
        raise AddressError("format", f"one of {join_names(FORMATS)}")
    if len(found) > 1:
        raise AddressError("format", "must not be repeated")
    return rest, ENDINGS[found[0]] if found else "png"


def ending_of(address: str) -> str | None:
    """Return the format that an address ends in, however wrong the rest of it is."""
    return ENDINGS.get(re.split("[./]", address)[-1].lower())


def size_length(parts: list[str]) -> int:
    """Return how many parts of a path are its size: two for 16:9/640 and 300/200, otherwise one.

    A second number is a colour (300/333/fff) if exactly one more follows.
    """
    if is_ratio(parts[0]):
        return 2
    if re.fullmatch("[0-9]+", parts[0]) and len(parts) in (2, 4) and HEIGHT.fullmatch(parts[1]):
        return 2
    return 1


def is_ratio(part: str) -> bool:
    return ":" in part and "x" not in part


def may_be_size(part: str) -> bool:
    return bool(named_size(part) or re.search("[0-9]", part))


# Size


def read_size(parts: list[str], limit: int) -> tuple[int, int, int]:
    """Return the width, the height and the scale of a size, each side at most `limit`."""
    sides, at, scale = parts[-1].partition("@")
    width, height = read_sides(parts[0], sides, limit) if len(parts) == 2 else read_side_pair(sides, limit)
    return width, height, read_scale(scale) if at else 1


def read_sides(first: str, second: str, limit: int) -> tuple[int, int]:
    """Read 16:9 and 640, or 300 and 200."""
    if is_ratio(first):
        return read_ratio(first, "width", second, limit)
    return read_number("width", first, 1, limit), read_number("height", second, 1, limit)


def read_side_pair(sides: str, limit: int) -> tuple[int, int]:
    """Read vga, 300, 300x200, 640x4:3 or 16:9x1080."""
    if size := named_size(sides):
        return size
    across, by, down = sides.partition("x")
    if by and ":" in down:
        return read_ratio(down, "width", across, limit)
    if by and ":" in across:
        return read_ratio(across, "height", down, limit)
    width = read_number("width", across, 1, limit)
    return width, read_number("height", down, 1, limit) if by else width


def read_ratio(ratio: str, name: str, side: str, limit: int) -> tuple[int, int]:
    """Return the width and height of a ratio, one of which is given by its `name`."""
    across, _, down = ratio.partition(":")
    if not (is_number(across, 1, RATIO_LIMIT) and is_number(down, 1, RATIO_LIMIT)):
        raise AddressError("ratio", f"two whole numbers from 1 to {RATIO_LIMIT}, as in 16:9")
    known = read_number(name, side, 1, limit)
    if name == "height":
        width, height = proportional(known, int(down), int(across)), known
    else:
        width, height = known, proportional(known, int(across), int(down))
    if not 1 <= height <= limit:
        raise AddressError("height", f"{width} wide at {ratio} is {height} high; use 1 to {limit}")
    if not 1 <= width <= limit:
        raise AddressError("width", f"{height} high at {ratio} is {width} wide; use 1 to {limit}")
    return width, height


def proportional(side: int, share: int, other_share: int) -> int:
    """Return the other side, rounded."""
    return (2 * side * other_share + share) // (2 * share)


def read_scale(scale: str) -> int:
    if scale not in SCALES:
        raise AddressError("scale", "@2x or @3x, right after the size")
    return SCALES[scale]


def check_pixels(width: int, height: int, scale: int, ending: str) -> None:
    """Raise `AddressError` if a picture has too many pixels. An SVG has none."""
    if ending == "svg":
        return
    for name, side in (("width", width), ("height", height)):
        if side * scale > SIDE_LIMIT:
            raise AddressError(
                name, f"{side} at @{scale}x is {side * scale} pixels; use 1 to {SIDE_LIMIT // scale}"
            )
    across, down = width * scale, height * scale
    if across * down > PIXEL_LIMIT:
        megapixels = f"{across} × {down} has {across * down / 1e6:.2f} megapixels"
        raise AddressError("height", f"{megapixels}; use up to {PIXEL_LIMIT // 1_000_000}, or .svg")
