"""The form on the home page that builds an address."""

from dataclasses import dataclass, replace

from django import forms
from django.forms.boundfield import BoundField

from placeholder.addresses import DEFAULT_FONT, READERS, AddressError, read_picture
from placeholder.picture import FONTS, FORMATS, PATTERNS, Picture


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
    def main_fields(self) -> list[BoundField]:
        return [self[name] for name in self.MAIN]

    @property
    def more_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name not in self.MAIN]

    @property
    def uses_more(self) -> bool:
        return any(field.value() for field in self.more_fields if field.name != "font")

    def clean(self) -> dict[str, str]:
        given = self.cleaned_data
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
