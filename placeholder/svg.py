"""Draws placeholder pictures and people's initials as SVG."""

from xml.sax.saxutils import escape, quoteattr

from placeholder.colours import Colour, seeded_pair
from placeholder.layout import first_baseline, fitted_text, margins
from placeholder.picture import Picture

# The opacity of each pattern, and the distance between the lines of the grid in pixels.
CROSS, GRID, GRADIENT = 0.3, 0.16, 0.3
GRID_STEP = 20
FAMILIES = {
    "inter": "Inter, system-ui, sans-serif",
    "open-sans": "Open Sans, system-ui, sans-serif",
    "roboto-slab": "Roboto Slab, ui-serif, serif",
    "noto-serif": "Noto Serif, ui-serif, serif",
    "jetbrains-mono": "JetBrains Mono, ui-monospace, monospace",
}
FONT_WEIGHTS = {"regular": 400, "bold": 600}
# By whether the text is read from right to left.
TEXT_ANCHORS = (
    {"left": "start", "center": "middle", "right": "end"},
    {"left": "end", "center": "middle", "right": "start"},
)
XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
AVATAR_SIDE = 64


def svg(picture: Picture) -> str:
    """Return the SVG of a picture. It contains text, which is shown in the nearest font of the viewer."""
    ink = "".join((pattern(picture), border(picture), text(picture)))
    if picture.blur:
        soften = f'<filter id="b"><feGaussianBlur stdDeviation="{picture.blur}"/></filter>'
        ink = f'{soften}<g filter="url(#b)">{ink}</g>'
    if picture.radius:
        shape = f'<clipPath id="r"><rect width="100%" height="100%" rx="{picture.radius}"/></clipPath>'
        return document(picture, f'{shape}<g clip-path="url(#r)">{ground(picture)}{ink}</g>')
    return document(picture, ground(picture) + ink)


def document(picture: Picture, content: str) -> str:
    width, height = picture.pixels
    label = quoteattr(picture.text.replace("\n", " ") or "placeholder")
    box = f'width="{width}" height="{height}" viewBox="0 0 {picture.width} {picture.height}"'
    return f'<svg {XMLNS} {box} role="img" aria-label={label}>{content}</svg>'


def ground(picture: Picture) -> str:
    if not picture.end:
        return f'<rect width="100%" height="100%" {paint("fill", picture.background)}/>'
    return downwards("e", picture.background, picture.end) + '<rect width="100%" height="100%" fill="url(#e)"/>'


def downwards(name: str, top: Colour, bottom: Colour) -> str:
    """Return the definition of a gradient from top to bottom."""
    start, end = (paint("stop-color", colour, "stop-opacity") for colour in (top, bottom))
    return f'<linearGradient id="{name}" x2="0" y2="1"><stop {start}/><stop offset="1" {end}/></linearGradient>'


def paint(attribute: str, colour: Colour, opacity_attribute: str | None = None) -> str:
    """Return the attributes for a `Colour`. Alpha is an attribute of its own, because older viewers lack `#rrggbbaa`."""
    plain = f'{attribute}="#{colour.red:02x}{colour.green:02x}{colour.blue:02x}"'
    if colour.alpha == 255:
        return plain
    return f'{plain} {opacity_attribute or attribute + "-opacity"}="{colour.alpha / 255:.3g}"'


def pattern(picture: Picture) -> str:
    if not picture.pattern:
        return ""
    return PATTERNS[picture.pattern](picture.width, picture.height, picture.ink)


def cross(width: int, height: int, ink: Colour) -> str:
    lines = f'<path d="M0 0 {width} {height}M{width} 0 0 {height}" {paint("stroke", ink)}/>'
    return f'<g opacity="{CROSS}">{lines}</g>'


def grid(width: int, height: int, ink: Colour) -> str:
    """Return the lines of the grid: dashes of one thick line across, and of another one down."""
    dashes = f'stroke-dasharray="1 {GRID_STEP - 1}"'
    across = f'<path d="M{GRID_STEP} {height / 2:g}H{width}" stroke-width="{height}" {dashes}/>'
    down = f'<path d="M{width / 2:g} {GRID_STEP}V{height}" stroke-width="{width}" {dashes}/>'
    return f'<g {paint("stroke", ink)} opacity="{GRID}">{across}{down}</g>'


def gradient(width: int, height: int, ink: Colour) -> str:
    definition = downwards("g", ink._replace(alpha=0), ink)
    return f'{definition}<rect width="100%" height="100%" fill="url(#g)" opacity="{GRADIENT}"/>'


PATTERNS = {"cross": cross, "grid": grid, "gradient": gradient}


def border(picture: Picture) -> str:
    width = picture.border
    if not width:
        return ""
    inside = f'width="{max(picture.width - width, 0)}" height="{max(picture.height - width, 0)}"'
    corner = f' rx="{max(picture.radius - width / 2, 0):g}"' if picture.radius else ""
    place = f'x="{width / 2:g}" y="{width / 2:g}"'
    line = f'fill="none" {paint("stroke", picture.ink)} stroke-width="{width}"'
    return f"<rect {place} {inside}{corner} {line}/>"


def text(picture: Picture) -> str:
    block = fitted_text(picture)
    if not block:
        return ""
    direction = ' direction="rtl"' if block.style.is_rtl else ""
    x, first = anchor_of(picture), first_baseline(block, picture, 1)
    lines = "".join(
        f'<tspan x="{x}" y="{first + baseline}">{escape(line)}</tspan>' for line, baseline in block.lines
    )
    return (
        f'<text xml:space="preserve" font-family="{FAMILIES[picture.font]}" font-size="{block.size}"'
        f' font-weight="{FONT_WEIGHTS[picture.weight]}" text-anchor="{TEXT_ANCHORS[block.style.is_rtl][picture.align]}"'
        f"{direction} {paint('fill', picture.ink)}>{lines}</text>"
    )


def anchor_of(picture: Picture) -> str:
    """Return the x of the text's anchor."""
    if picture.align == "center":
        return "50%"
    margin = margins(picture, 1)[0]
    return str(margin if picture.align == "left" else picture.width - margin)


def avatar(name: str) -> str:
    """Return the SVG of a person's initials on a colour derived from `name`."""
    background, ink = seeded_pair(name)
    letters = (
        f'<text x="50%" y="50%" dy=".36em" font-family="{FAMILIES["inter"]}" font-size="26" font-weight="600"'
        f' text-anchor="middle" {paint("fill", ink)}>{escape(initials(name))}</text>'
    )
    box = f'width="{AVATAR_SIDE}" height="{AVATAR_SIDE}" viewBox="0 0 {AVATAR_SIDE} {AVATAR_SIDE}"'
    ground = f'<circle cx="50%" cy="50%" r="50%" {paint("fill", background)}/>'
    return f'<svg {XMLNS} {box} role="img" aria-label={quoteattr(name)}>{ground}{letters}</svg>'


def initials(name: str) -> str:
    """Return two capital letters: the initials of the first and last word of `name`, or the start of its only word.

    Words consist of letters and digits. A name without any gets a question mark.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in name).split()
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()[:2]
