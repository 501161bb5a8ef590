"""The form on the home page that builds an address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django import forms
from django.forms.boundfield import BoundField

from placeholder.addresses import read_picture
from placeholder.fonts import FONTS, WEIGHTS
from placeholder.parameters import DEFAULT_FONT, READERS, THEMES, AddressError
from placeholder.picture import ALIGNMENTS, FORMATS, PATTERNS, VERTICAL_ALIGNMENTS, Picture

DEFAULTS = {
    "font": DEFAULT_FONT,
    "weight": WEIGHTS[0],
    "align": ALIGNMENTS[0],
    "valign": VERTICAL_ALIGNMENTS[0],
}


@dataclass(frozen=True)
class Address:
    """The parts of an address: "300x200", "2x" or "", "webp", and the parameters."""

    sides: str
    scale: str
    ending: str
    query: dict[str, str]

    def __str__(self) -> str:
        scale = f"@{self.scale}" if self.scale else ""
        return f"{self.sides}{scale}.{self.ending}"

    def at_scale(self, scale: str) -> "Address":
        return replace(self, scale=scale)

    def read(self) -> Picture:
        """Raises `AddressError`."""
        return read_picture(str(self), {name: [value] for name, value in self.query.items()})

    def is_valid(self) -> bool:
        try:
            self.read()
        except AddressError:
            return False
        return True


def titled(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return names as the choices of a field."""
    return [(name, name.replace("-", " ").title()) for name in names]


class Builder(forms.Form):
    """Builds an address, and shows an error in the address at the field that it concerns."""

    EXAMPLE = {"width": "640", "height": "360", "format": "webp", "bg": "e3e8f9", "fg": "2f5be7"}

    width = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    height = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    scale = forms.ChoiceField(required=False, choices=[("", "1×"), ("2x", "2×"), ("3x", "3×")])
    format = forms.ChoiceField(required=False, choices=[(name, name.upper()) for name in FORMATS])
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea({"rows": 2}))
    bg = forms.CharField(required=False, label="Background")
    fg = forms.CharField(required=False, label="Text colour")
    seed = forms.CharField(required=False, label="Colours from a seed")
    theme = forms.ChoiceField(required=False, choices=[("", "Either"), *titled(THEMES)])
    font = forms.ChoiceField(required=False, choices=titled(FONTS))
    weight = forms.ChoiceField(required=False, choices=titled(WEIGHTS))
    align = forms.ChoiceField(required=False, choices=titled(ALIGNMENTS))
    valign = forms.ChoiceField(required=False, label="Vertical", choices=titled(VERTICAL_ALIGNMENTS))
    size = forms.CharField(required=False, label="Text size", widget=forms.TextInput({"inputmode": "numeric"}))
    pattern = forms.ChoiceField(required=False, choices=[("", "None"), *titled(PATTERNS)])
    grayscale = forms.ChoiceField(required=False, choices=[("", "No"), ("1", "Yes")])
    border = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    radius = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    blur = forms.CharField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))

    MAIN = ("width", "height", "scale", "format", "text", "bg", "fg")

    @property
    def main_fields(self) -> list[BoundField]:
        return [self[name] for name in self.MAIN]

    @property
    def more_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name not in self.MAIN]

    @property
    def uses_more(self) -> bool:
        return any(field.value() not in (None, "", DEFAULTS.get(field.name)) for field in self.more_fields)

    def clean(self) -> dict[str, str]:
        given = self.cleaned_data
        sides = f"{given.get('width')}x{given.get('height')}"
        query = {name: given[name] for name in READERS if given.get(name) and given[name] != DEFAULTS.get(name)}
        query |= {name: query[name].replace("#", "") for name in ("bg", "fg") if name in query}
        if "text" in query:
            query["text"] = query["text"].replace("\r\n", "\n").replace("\n", "\\n")
        self.address = Address(sides, given.get("scale", ""), given.get("format") or "png", query)
        try:
            self.picture = self.address.read()
        except AddressError as error:
            self.add_error(error.parameter, str(error).partition(": ")[2].capitalize())
        return given
