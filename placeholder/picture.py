"""The description of a placeholder picture. Does not depend on Django."""

from dataclasses import dataclass

from placeholder.colours import Colour

SIDE_LIMIT = 4000
PIXEL_LIMIT = 8_000_000
SVG_SIDE_LIMIT = 1_000_000
FORMATS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "svg": "image/svg+xml; charset=utf-8",
}
PATTERNS = ("cross", "grid", "gradient")
# The first of each is what a picture has without a choice.
ALIGNMENTS = ("center", "left", "right")
VERTICAL_ALIGNMENTS = ("middle", "top", "bottom")

HEAVY_PIXELS = 250_000


@dataclass(frozen=True)
class Picture:
    """Everything that determines the bytes of a picture. Lengths are in pixels, before `scale` is applied.

    The background becomes `end` towards the bottom, if that is given.
    """

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
    end: Colour | None = None
    align: str = "center"
    valign: str = "middle"
    weight: str = "bold"

    @property
    def pixels(self) -> tuple[int, int]:
        """The width and height in pixels, `scale` included."""
        return self.width * self.scale, self.height * self.scale

    @property
    def label(self) -> str:
        """The text of a picture for which none was given."""
        return f"{self.width} × {self.height}"

    @property
    def is_plain(self) -> bool:
        """Whether there is only text on one colour."""
        return not (self.border or self.radius or self.pattern or self.blur or self.end)

    @property
    def is_soft(self) -> bool:
        """Whether the ink has more shades than smooth edges need."""
        return bool(self.blur) or self.pattern == "gradient"

    @property
    def is_heavy(self) -> bool:
        """Whether drawing is slow, so that only a few may be drawn at once."""
        cheap = self.format == "svg" or (self.format == "png" and self.is_plain)
        return not cheap and self.width * self.height * self.scale**2 > HEAVY_PIXELS
