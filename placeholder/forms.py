"""What an address may say: reads it into a `Picture`, or says in one sentence what is wrong with it."""

import re
import unicodedata

from django import forms
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


class AddressError(ValueError):
    """An address that asks for what there is not: the name of the `parameter` and the `rule` it breaks."""

    def __init__(self, parameter, rule):
        super().__init__(f"{parameter}: {rule}.")
        self.parameter = parameter


class UnknownAddressError(LookupError):
    """An address that is none of an image."""


def read_picture(address, query):
    """Return the `Picture` that an address asks for.

    `address` is what follows `/image/`, `query` maps each parameter's name to the list of its values.
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
    scale = read_scale(scale) if at else 1
    check_pixels(width, height, scale)
    return picture_of(width, height, scale, read_format(ending), read_parameters(query))


def split_ending(address, last):
    """Return the last part of an address without its ending, and that: png after a slash or where none is."""
    rest, dot, ending = last.partition(".")
    return (rest, ending) if dot and not address.endswith("/") else (last, "png")


def picture_of(width, height, scale, ending, given):
    background, ink = chosen_pair(given.get("bg"), given.get("fg"), given.get("theme", ""), given.get("seed", ""))
    return Picture(
        width,
        height,
        background,
        ink,
        format=ending,
        scale=scale,
        text=given.get("text", f"{width} × {height}"),
        font=given.get("font", DEFAULT_FONT),
        size=given.get("size"),
        border=given.get("border", 0),
        radius=given.get("radius", 0),
        pattern=given.get("pattern", ""),
        blur=given.get("blur", 0),
    )


# Path


def read_sides(sides):
    width, by, height = sides.partition("x")
    width = read_number("width", width, 1, SIDE_LIMIT)
    return width, read_number("height", height, 1, SIDE_LIMIT) if by else width


def read_ratio(ratio, width):
    across, _, down = ratio.partition(":")
    if not (is_number(across, 1, RATIO_LIMIT) and is_number(down, 1, RATIO_LIMIT)):
        raise AddressError("ratio", f"two whole numbers from 1 to {RATIO_LIMIT}, as in 16:9")
    width = read_number("width", width, 1, SIDE_LIMIT)
    height = (2 * width * int(down) + int(across)) // (2 * int(across))
    if not 1 <= height <= SIDE_LIMIT:
        raise AddressError("height", f"{width} wide at {ratio} is {height} high; allowed is 1 to {SIDE_LIMIT}")
    return width, height


def read_scale(scale):
    if scale not in SCALES:
        raise AddressError("scale", "@2x or @3x, right after the size")
    return SCALES[scale]


def read_format(ending):
    if ending not in FORMATS:
        raise AddressError("format", f"one of {listed(FORMATS)}")
    return ending


def check_pixels(width, height, scale):
    for name, side in (("width", width), ("height", height)):
        if side * scale > SIDE_LIMIT:
            raise AddressError(
                name, f"{side} at @{scale}x is {side * scale} pixels; allowed is 1 to {SIDE_LIMIT // scale}"
            )


# Parameters


def read_parameters(query):
    """Return the values of the parameters of a `query` (name to list of strings), each as its type."""
    for name, values in query.items():
        if name not in READERS:
            raise AddressError(shown(name), f"no such parameter; allowed are {listed(READERS)}")
        if len(values) > 1:
            raise AddressError(name, "only once")
    return {name: READERS[name](name, values[0]) for name, values in query.items()}


def shown(name):
    """Return the name of an unknown parameter where it can be repeated safely."""
    return name if HARMLESS_NAME.fullmatch(name) else "parameter"


def read_colour(name, value):
    value = value.lower()
    if value == "transparent":
        return Colour(0, 0, 0, 0)
    if value in ImageColor.colormap:
        return Colour(*ImageColor.getrgb(value))
    if not HEX_COLOUR.fullmatch(value):
        raise AddressError(name, "a colour, as 3, 4, 6 or 8 hex digits (f80, ff8800) or a CSS name (tomato)")
    digits = value if len(value) > 4 else "".join(digit * 2 for digit in value)
    return Colour(*bytes.fromhex(digits))


def read_text(name, value):
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\\n", "\n")
    if len(text) > TEXT_LIMIT:
        raise AddressError(name, f"at most {TEXT_LIMIT} characters")
    if not CHARACTERS.issuperset(text.replace("\n", "")):
        raise AddressError(
            name, "letters of the Latin, Greek and Cyrillic alphabets, digits, signs; \\n breaks the line"
        )
    return "" if not text or text.isspace() else text


def read_seed(name, value):
    if not 0 < len(value) <= SEED_LIMIT:
        raise AddressError(name, f"1 to {SEED_LIMIT} characters")
    return value


def one_of(choices):
    def read_choice(name, value):
        if value not in choices:
            raise AddressError(name, f"one of {listed(choices)}")
        return value

    return read_choice


def number_within(limits):
    return lambda name, value: read_number(name, value, *limits)


def read_number(name, value, smallest, largest):
    if not is_number(value, smallest, largest):
        raise AddressError(name, f"a whole number from {smallest} to {largest}")
    return int(value)


def is_number(value, smallest, largest):
    return bool(WHOLE_NUMBER.fullmatch(value)) and smallest <= int(value) <= largest


def listed(names):
    return ", ".join(names)


READERS = {
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


def read_name(name, query):
    """Return a person's name (1 to 100 characters, with no `query`), or raise `AddressError`."""
    for parameter in query:
        raise AddressError(shown(parameter), "no such parameter; an avatar takes none")
    name = unicodedata.normalize("NFC", name)
    if len(name) > TEXT_LIMIT or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise AddressError("name", f"1 to {TEXT_LIMIT} characters, none of them a control character")
    return name


# The builder


class Builder(forms.Form):
    """Puts an address together. The rules are the address's own: each error stands at the field it names."""

    EXAMPLE = {"width": "640", "height": "360", "format": "webp", "bg": "e3e8f9", "fg": "2f5be7"}

    width = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    height = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    scale = forms.ChoiceField(required=False, choices=[("", "1×"), ("2x", "2×"), ("3x", "3×")])
    format = forms.ChoiceField(required=False, choices=[(name, name.upper()) for name in FORMATS])
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea({"rows": 2}))
    bg = forms.CharField(required=False, label="Background")
    fg = forms.CharField(required=False, label="Text colour")
    seed = forms.CharField(required=False, label="Colours from a seed")
    theme = forms.ChoiceField(required=False, choices=[("", "Either"), ("light", "Light"), ("dark", "Dark")])
    font = forms.ChoiceField(required=False, choices=[(name, name.replace("-", " ").title()) for name in FONTS])
    size = forms.CharField(required=False, label="Text size", widget=forms.TextInput({"inputmode": "numeric"}))
    pattern = forms.ChoiceField(
        required=False, choices=[("", "None"), *((name, name.title()) for name in PATTERNS)]
    )
    border = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    radius = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    blur = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))

    MAIN = ("width", "height", "scale", "format", "text", "bg", "fg")

    @property
    def main_fields(self):
        return [self[name] for name in self.MAIN]

    @property
    def more_fields(self):
        return [self[name] for name in self.fields if name not in self.MAIN]

    @property
    def uses_more(self):
        return any(field.value() for field in self.more_fields if field.name != "font")

    def clean(self):
        given = super().clean()
        sides = f"{given.get('width')}x{given.get('height')}"
        query = {name: given[name].removeprefix("#") for name in READERS if given.get(name)}
        if query.get("font") == DEFAULT_FONT:
            del query["font"]
        if "text" in query:
            query["text"] = query["text"].replace("\r\n", "\n").replace("\n", "\\n")
        self.address = Address(sides, given.get("scale", ""), given.get("format") or "png", query)
        try:
            self.picture = self.address.read()
        except AddressError as error:
            self.add_error(error.parameter, str(error).partition(": ")[2].capitalize())
        return given


class Address:
    """An address in its parts: "300x200", "2x" or "", "webp", and the parameters as a dict of strings."""

    def __init__(self, sides, scale, ending, query):
        self.sides, self.scale, self.ending, self.query = sides, scale, ending, query

    def __str__(self):
        scale = f"@{self.scale}" if self.scale else ""
        return f"{self.sides}{scale}.{self.ending}"

    def at_scale(self, scale):
        return Address(self.sides, scale, self.ending, self.query)

    def read(self):
        """Return the `Picture` of the address, or raise `AddressError`."""
        return read_picture(str(self), {name: [value] for name, value in self.query.items()})
