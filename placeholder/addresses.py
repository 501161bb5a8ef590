"""Parses the path and query of a URL into a `Picture`. An error is one sentence about what is wrong."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypedDict, cast

from PIL import ImageColor

from placeholder.colours import Colour, chosen_pair
from placeholder.picture import CHARACTERS, FONTS, FORMATS, PATTERNS, SIDE_LIMIT, Picture

TEXT_LIMIT = 100
SEED_LIMIT = 100
QUERY_LIMIT = 2000
PARAMETER_LIMIT = 50
RATIO_LIMIT = 100
SIZE_LIMITS = (8, 400)
BORDER_LIMITS = (1, 100)
RADIUS_LIMITS = (1, 1000)
BLUR_LIMITS = (1, 20)
SCALES = {"2x": 2, "3x": 3}
DEFAULT_FONT = "inter"
THEMES = ("light", "dark")

WHOLE_NUMBER = re.compile("[1-9][0-9]{0,3}")
HEX_COLOUR = re.compile("[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}")
HARMLESS_NAME = re.compile("[a-z0-9_-]{1,30}", re.IGNORECASE)


type Query = Mapping[str, Sequence[str]]
type Reader = Callable[[str, str], Colour | str | int]


class Parameters(TypedDict, total=False):
    bg: Colour
    fg: Colour
    text: str
    font: str
    size: int
    border: int
    radius: int
    pattern: str
    blur: int
    seed: str
    theme: str


class AddressError(ValueError):
    """An invalid address: the name of the `parameter`, and the `rule` it breaks."""

    def __init__(self, parameter: str, rule: str) -> None:
        super().__init__(f"{parameter}: {rule}.")
        self.parameter = parameter


class UnknownAddressError(LookupError):
    """An address that is not one of a picture."""


def read_picture(address: str, query: Query) -> Picture:
    """Return the `Picture` of an address, which is the path after `/image/`.

    Raises `UnknownAddressError` or `AddressError`.
    """
    parts = address.removesuffix("/").split("/")
    if parts[0] == "avatar":
        raise AddressError("format", "a name and svg, as in avatar/Anna%20Maier.svg")
    if len(parts) > 2:
        raise UnknownAddressError(address)
    rest, ending = split_ending(address, parts[-1])
    sides, at, scale = rest.partition("@")
    width, height = read_ratio(parts[0], sides) if len(parts) == 2 else read_sides(sides)
    factor = read_scale(scale) if at else 1
    check_pixels(width, height, factor)
    return picture_of(width, height, factor, read_format(ending), read_parameters(query))


def split_ending(address: str, last: str) -> tuple[str, str]:
    """Return the last part of an address without its ending, and the ending, by default png."""
    rest, dot, ending = last.partition(".")
    return (rest, ending) if dot and not address.endswith("/") else (last, "png")


def picture_of(width: int, height: int, scale: int, ending: str, parameters: Parameters) -> Picture:
    background, ink = chosen_pair(
        parameters.get("bg"), parameters.get("fg"), parameters.get("theme", ""), parameters.get("seed", "")
    )
    return Picture(
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
    )


# Path


def read_sides(sides: str) -> tuple[int, int]:
    across, by, down = sides.partition("x")
    width = read_number("width", across, 1, SIDE_LIMIT)
    return width, read_number("height", down, 1, SIDE_LIMIT) if by else width


def read_ratio(ratio: str, sides: str) -> tuple[int, int]:
    across, _, down = ratio.partition(":")
    if not (is_number(across, 1, RATIO_LIMIT) and is_number(down, 1, RATIO_LIMIT)):
        raise AddressError("ratio", f"two whole numbers from 1 to {RATIO_LIMIT}, as in 16:9")
    width = read_number("width", sides, 1, SIDE_LIMIT)
    height = (2 * width * int(down) + int(across)) // (2 * int(across))
    if not 1 <= height <= SIDE_LIMIT:
        raise AddressError("height", f"{width} wide at {ratio} is {height} high; use 1 to {SIDE_LIMIT}")
    return width, height


def read_scale(scale: str) -> int:
    if scale not in SCALES:
        raise AddressError("scale", "@2x or @3x, right after the size")
    return SCALES[scale]


def read_format(ending: str) -> str:
    if ending not in FORMATS:
        raise AddressError("format", f"one of {join_names(FORMATS)}")
    return ending


def check_pixels(width: int, height: int, scale: int) -> None:
    for name, side in (("width", width), ("height", height)):
        if side * scale > SIDE_LIMIT:
            raise AddressError(
                name, f"{side} at @{scale}x is {side * scale} pixels; use 1 to {SIDE_LIMIT // scale}"
            )


# Parameters


def read_parameters(query: Query) -> Parameters:
    for name, values in query.items():
        if name not in READERS:
            raise AddressError(safe_name(name), f"unknown parameter; use one of {join_names(READERS)}")
        if len(values) > 1:
            raise AddressError(name, "must not be repeated")
    return cast(Parameters, {name: READERS[name](name, values[0]) for name, values in query.items()})


def safe_name(name: str) -> str:
    """Return the name of an unknown parameter, or "parameter" if it is unsafe to show."""
    return name if HARMLESS_NAME.fullmatch(name) else "parameter"


def read_colour(name: str, value: str) -> Colour:
    value = value.lower()
    if value == "transparent":
        return Colour(0, 0, 0, 0)
    if value in ImageColor.colormap:
        return Colour(*ImageColor.getrgb(value))
    if not HEX_COLOUR.fullmatch(value):
        raise AddressError(name, "a colour, as 3, 4, 6 or 8 hex digits (f80, ff8800) or a CSS name (tomato)")
    digits = value if len(value) > 4 else "".join(digit * 2 for digit in value)
    return Colour(*bytes.fromhex(digits))


def read_text(name: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\\n", "\n")
    if len(text) > TEXT_LIMIT:
        raise AddressError(name, f"at most {TEXT_LIMIT} characters")
    if not CHARACTERS.issuperset(text.replace("\n", "")):
        raise AddressError(
            name, "use Latin, Greek or Cyrillic letters, digits and punctuation; \\n starts a new line"
        )
    return "" if not text or text.isspace() else text


def read_seed(name: str, value: str) -> str:
    if not 0 < len(value) <= SEED_LIMIT:
        raise AddressError(name, f"1 to {SEED_LIMIT} characters")
    return value


def one_of(choices: Collection[str]) -> Reader:
    def read_choice(name: str, value: str) -> str:
        if value not in choices:
            raise AddressError(name, f"one of {join_names(choices)}")
        return value

    return read_choice


def number_within(limits: tuple[int, int]) -> Reader:
    return lambda name, value: read_number(name, value, *limits)


def read_number(name: str, value: str, smallest: int, largest: int) -> int:
    if not is_number(value, smallest, largest):
        raise AddressError(name, f"a whole number from {smallest} to {largest}")
    return int(value)


def is_number(value: str, smallest: int, largest: int) -> bool:
    return bool(WHOLE_NUMBER.fullmatch(value)) and smallest <= int(value) <= largest


def join_names(names: Iterable[str]) -> str:
    return ", ".join(names)


READERS: dict[str, Reader] = {
    "bg": read_colour,
    "fg": read_colour,
    "text": read_text,
    "font": one_of(FONTS),
    "size": number_within(SIZE_LIMITS),
    "border": number_within(BORDER_LIMITS),
    "radius": number_within(RADIUS_LIMITS),
    "pattern": one_of(PATTERNS),
    "blur": number_within(BLUR_LIMITS),
    "seed": read_seed,
    "theme": one_of(THEMES),
}


def read_name(name: str, query: Query) -> str:
    """Return a person's name, 1 to 100 characters. Raises `AddressError` for an invalid name and for any `query`."""
    for parameter in query:
        raise AddressError(safe_name(parameter), "unknown parameter; an avatar takes none")
    name = unicodedata.normalize("NFC", name)
    if len(name) > TEXT_LIMIT or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise AddressError("name", f"1 to {TEXT_LIMIT} characters, none of them a control character")
    return name
