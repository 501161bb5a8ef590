"""Draws placeholder pictures and people's initials as SVG."""

from xml.sax.saxutils import escape, quoteattr

from placeholder.colours import Colour, seeded_pair
from placeholder.picture import Picture, fitted_text

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
XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
AVATAR_SIDE = 64


def svg(picture: Picture) -> str:
    """Return the SVG of a picture. It contains text, which is shown in the nearest font of the viewer."""
    ink = "".join((pattern(picture), border(picture), text(picture)))
    ground = f'<rect width="100%" height="100%" {paint("fill", picture.background)}/>'
    if picture.blur:
        soften = f'<filter id="b"><feGaussianBlur stdDeviation="{picture.blur}"/></filter>'
        ink = f'{soften}<g filter="url(#b)">{ink}</g>'
    if picture.radius:
        shape = f'<clipPath id="r"><rect width="100%" height="100%" rx="{picture.radius}"/></clipPath>'
        return document(picture, f'{shape}<g clip-path="url(#r)">{ground}{ink}</g>')
    return document(picture, ground + ink)


def document(picture: Picture, content: str) -> str:
    width, height = picture.pixels
    label = quoteattr(picture.text.replace("\n", " ") or "placeholder")
    box = f'width="{width}" height="{height}" viewBox="0 0 {picture.width} {picture.height}"'
    return f'<svg {XMLNS} {box} role="img" aria-label={label}>{content}</svg>'


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
    lines = [f"M{x}.5 0v{height}" for x in range(GRID_STEP, width, GRID_STEP)]
    lines += [f"M0 {y}.5h{width}" for y in range(GRID_STEP, height, GRID_STEP)]
    return f'<path d="{"".join(lines)}" {paint("stroke", ink)} opacity="{GRID}"/>'


def gradient(width: int, height: int, ink: Colour) -> str:
    start, end = (paint("stop-color", ink._replace(alpha=alpha), "stop-opacity") for alpha in (0, ink.alpha))
    return (
        f'<linearGradient id="g" x2="0" y2="1"><stop {start}/><stop offset="1" {end}/></linearGradient>'
        f'<rect width="100%" height="100%" fill="url(#g)" opacity="{GRADIENT}"/>'
    )


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
    _, top, _, bottom = block.box
    first = (picture.height - top - bottom) / 2
    lines = "".join(
        f'<tspan x="50%" y="{first + baseline:g}">{escape(line)}</tspan>' for line, baseline in block.lines
    )
    return (
        f'<text xml:space="preserve" font-family="{FAMILIES[block.font]}" font-size="{block.size}"'
        f' font-weight="600" text-anchor="middle" {paint("fill", picture.ink)}>{lines}</text>'
    )


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
