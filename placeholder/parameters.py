"""Parses the parameters of an address, from its query or its path. An error is one sentence about what is wrong."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypedDict, cast

from PIL import ImageColor

from placeholder.colours import Colour
from placeholder.fonts import FONTS, JOINERS, WEIGHTS
from placeholder.picture import ALIGNMENTS, PATTERNS, VERTICAL_ALIGNMENTS

TEXT_LIMIT = 100
SEED_LIMIT = 100
SIZE_LIMITS = (8, 400)
BORDER_LIMITS = (1, 100)
RADIUS_LIMITS = (1, 1000)
BLUR_LIMITS = (1, 20)
DEFAULT_BLUR = 5
DEFAULT_FONT = "inter"
THEMES = ("light", "dark")
SWITCH = {"": True, "1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
LIGHTEST_BOLD = 600
# What CSS and fonts call other weights.
SIMILAR_WEIGHTS = {
    **dict.fromkeys(("thin", "light", "normal", "medium"), "regular"),
    **dict.fromkeys(("semibold", "extrabold", "black"), "bold"),
}

WHOLE_NUMBER = re.compile("[1-9][0-9]{0,6}")
HEX_COLOUR = re.compile("[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}")
HARMLESS_NAME = re.compile("[a-z0-9_-]{1,30}", re.IGNORECASE)

# What other services call these parameters and fonts.
ALIASES = {"greyscale": "grayscale", "random": "seed", "image": "seed", "font_size": "size"}
# Without a value, they ask for any picture.
MAY_BE_EMPTY = ("random", "image")
SIMILAR_FONTS = {
    "lato": "open-sans",
    "lora": "noto-serif",
    "montserrat": "inter",
    "noto-sans": "open-sans",
    "oswald": "open-sans",
    "playfair-display": "noto-serif",
    "poppins": "inter",
    "pt-sans": "open-sans",
    "raleway": "inter",
    "roboto": "inter",
    "source-sans-pro": "open-sans",
}

# They make the flags of England, Scotland and Wales from a black one.
FLAG_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))

type Query = Mapping[str, Sequence[str]]
type Reader = Callable[[str, str], Ground | Colour | str | int]


class Ground(NamedTuple):
    """The colour of a background at its top, and at its bottom if it is another one."""

    colour: Colour
    end: Colour | None = None


class Parameters(TypedDict, total=False):
    bg: Ground
    fg: Colour
    text: str
    font: str
    weight: str
    align: str
    valign: str
    size: int
    border: int
    radius: int
    pattern: str
    blur: int
    grayscale: bool
    seed: str
    theme: str


class AddressError(ValueError):
    """An invalid address: the name of the `parameter`, and the `rule` it breaks."""

    def __init__(self, parameter: str, rule: str) -> None:
        super().__init__(f"{parameter}: {rule}.")
        self.parameter = parameter


def read_parameters(query: Query) -> Parameters:
    given: dict[str, str] = {}
    for alias, values in query.items():
        name = ALIASES.get(alias, alias)
        if name not in READERS:
            raise AddressError(safe_name(name), f"unknown parameter; use one of {join_names(READERS)}")
        if len(values) > 1 or name in given:
            raise AddressError(name, "must not be repeated")
        if values[0] or alias not in MAY_BE_EMPTY:
            given[name] = values[0]
    return cast(Parameters, {name: READERS[name](name, value) for name, value in given.items()})


def safe_name(name: str) -> str:
    """Return the name of an unknown parameter, or "parameter" if it is unsafe to show."""
    return name if HARMLESS_NAME.fullmatch(name) else "parameter"


def read_ground(name: str, value: str) -> Ground:
    """Return a background: one colour, or two with a hyphen between them."""
    top, hyphen, bottom = value.partition("-")
    colour = read_colour(name, top)
    if not hyphen:
        return Ground(colour)
    end = read_colour(name, bottom)
    # A clear end has the colour of the other, or else the middle would be dark.
    return Ground(
        colour if colour.alpha else end._replace(alpha=0), end if end.alpha else colour._replace(alpha=0)
    )


def read_colour(name: str, value: str) -> Colour:
    value = value.lower().removeprefix("#")
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
    for character in text:
        if not is_text(character):
            raise AddressError(name, f"without {name_of(character)}; \\n starts a new line")
    return "" if not text or text.isspace() else text


def is_text(character: str) -> bool:
    """Return whether a character may be in a text: it has a shape or joins those that have, and was valid UTF-8."""
    if character in JOINERS or character == "\n" or character in FLAG_TAGS:
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") and not (
        character == "\ufffd" or ord(character) & 0xFFFE == 0xFFFE
    )


def name_of(character: str) -> str:
    """Return a character as it is written in errors, itself only if it is safe to show."""
    code = f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return f"{character} ({code})" if character.isprintable() else code


def read_seed(name: str, value: str) -> str:
    if not 0 < len(value) <= SEED_LIMIT:
        raise AddressError(name, f"1 to {SEED_LIMIT} characters")
    return value


def read_font(name: str, value: str) -> str:
    return one_of(FONTS)(name, SIMILAR_FONTS.get(value, value))


def read_weight(name: str, value: str) -> str:
    """Return a weight by its name, or the nearer one of a number from 100 to 900."""
    if is_number(value, 100, 900):
        return "bold" if int(value) >= LIGHTEST_BOLD else "regular"
    return one_of(WEIGHTS)(name, SIMILAR_WEIGHTS.get(value, value))


def read_blur(name: str, value: str) -> int:
    return read_number(name, value, *BLUR_LIMITS) if value else DEFAULT_BLUR


def read_switch(name: str, value: str) -> bool:
    if value not in SWITCH:
        raise AddressError(name, "1 or 0")
    return SWITCH[value]


def one_of(choices: Collection[str]) -> Callable[[str, str], str]:
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
    "bg": read_ground,
    "fg": read_colour,
    "text": read_text,
    "font": read_font,
    "weight": read_weight,
    "align": one_of(ALIGNMENTS),
    "valign": one_of(VERTICAL_ALIGNMENTS),
    "size": number_within(SIZE_LIMITS),
    "border": number_within(BORDER_LIMITS),
    "radius": number_within(RADIUS_LIMITS),
    "pattern": one_of(PATTERNS),
    "blur": read_blur,
    "grayscale": read_switch,
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
