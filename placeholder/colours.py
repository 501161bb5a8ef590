"""The colours of placeholder pictures: the palette, pairs derived from a seed, and contrast."""

import hashlib
import math
from typing import NamedTuple


class Colour(NamedTuple):
    """A colour in sRGB; each part is an int from 0 to 255, `alpha` 255 is opaque."""

    red: int
    green: int
    blue: int
    alpha: int = 255


class Pair(NamedTuple):
    background: Colour
    ink: Colour


WHITE = Colour(255, 255, 255)

# The colours of hairlines and text on the project's pages.
PALETTE = {
    "light": Pair(Colour(0xDF, 0xDD, 0xD6), Colour(0x1D, 0x1F, 0x24)),
    "dark": Pair(Colour(0x33, 0x35, 0x3A), Colour(0xE8, 0xE6, 0xE1)),
}

# All hues in degrees except yellow, which looks muddy when dark.
HUES = [*range(45), *range(130, 360)]

# Lightness and chroma (OKLCH) of the background and ink of a seeded pair. The seed determines the hue.
SEEDED = {
    "": ((0.50, 0.13), (0.985, 0.015)),
    "light": ((0.92, 0.05), (0.38, 0.10)),
    "dark": ((0.28, 0.05), (0.88, 0.08)),
}


def chosen_pair(background: Colour | None, ink: Colour | None, theme: str, seed: str) -> Pair:
    """Return the `Pair` to draw with, and choose the colours that are missing.

    `theme` is "light", "dark" or "" for either; `seed` may be "". A single colour gets the more readable partner of the
    palette.
    """
    if background and ink:
        return Pair(background, ink)
    if not background and not ink:
        return seeded_pair(seed, theme) if seed else PALETTE[theme or "light"]
    themes = [PALETTE[theme]] if theme else PALETTE.values()
    pairs = [Pair(background or pair.background, ink or pair.ink) for pair in themes]
    return max(pairs, key=lambda pair: contrast(*pair))


def seeded_pair(seed: str, theme: str = "") -> Pair:
    """Return the readable `Pair` of `seed`, which is always the same."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:2])
    return pair_of_hue(HUES[number % len(HUES)], theme)


def pair_of_hue(hue: float, theme: str = "") -> Pair:
    """Return the `Pair` of a hue in degrees. Without a theme, it is light ink on a strong colour."""
    background, ink = SEEDED[theme]
    return Pair(oklch(*background, hue), oklch(*ink, hue))


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Return the sRGB `Colour` of an OKLCH colour (0..1, 0..0.4, degrees), clipped to the gamut of sRGB.

    Source: Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return Colour(
        from_linear(+4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        from_linear(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        from_linear(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def from_linear(light: float) -> int:
    """Return linear light (0..1, clipped) as an sRGB value from 0 to 255 (IEC 61966-2-1)."""
    light = min(max(light, 0), 1)
    value = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(value * 255)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21, ignoring alpha (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def grey(colour: Colour) -> Colour:
    """Return the grey of the same luminance and alpha."""
    level = from_linear(luminance(colour))
    return Colour(level, level, level, colour.alpha)


def middle(one: Colour, other: Colour) -> Colour:
    """Return the colour in the middle of a gradient."""
    red, green, blue, alpha = ((a + b) // 2 for a, b in zip(one, other, strict=True))
    return Colour(red, green, blue, alpha)


def painted_over(background: Colour, ink: Colour, coverage: float) -> Colour:
    """Return `background` with `ink` over it at `coverage` (0..1).

    Source: "source over" of the W3C's Compositing and Blending Level 1.
    """
    ink_share = ink.alpha / 255 * coverage
    background_share = background.alpha / 255 * (1 - ink_share)
    alpha = ink_share + background_share
    if not alpha:
        return Colour(*background[:3], 0)
    red, green, blue = (
        round((top * ink_share + bottom * background_share) / alpha)
        for top, bottom in zip(ink[:3], background[:3], strict=True)
    )
    return Colour(red, green, blue, round(alpha * 255))
