"""The fonts of placeholder pictures, and which of them draws which character. Does not depend on Django.

Those in `fonts/` draw Latin, Greek, Cyrillic and signs (fonts/README.md). Other scripts come from fonts that are installed on
the machine, and need a library that shapes text: raqm in Pillow, with the system's fribidi.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from itertools import groupby, takewhile
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont, features

from placeholder.bidi import directions

HERE = Path(__file__).parent / "fonts"
FONTS = {
    "inter": "inter.otf",
    "open-sans": "open-sans.ttf",
    "roboto-slab": "roboto-slab.otf",
    "noto-serif": "noto-serif.ttf",
    "jetbrains-mono": "jetbrains-mono.ttf",
}
WEIGHTS = ("bold", "regular")
# What FONTS lack, in this order: letters, signs.
FALLBACKS = ("noto-sans.ttf", "dejavu-sans.ttf")

# The characters that all of FONTS contain, and that need no shaping.
ALPHABETS = (
    *((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0xAE), (0xB0, 0x131), (0x134, 0x148), (0x14A, 0x17F)),  # Latin
    *((0x218, 0x21B), (0x1E80, 0x1E85), (0x1EA0, 0x1EF9)),  # Latin of Romanian, Welsh, Vietnamese
    *((0x386, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),  # Greek
    *((0x401, 0x40C), (0x40E, 0x44F), (0x451, 0x45C), (0x45E, 0x45F), (0x490, 0x491)),  # Cyrillic
    *((0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022)),  # punctuation
    *((0x2026, 0x2026), (0x2030, 0x2030), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122)),
)
CHARACTERS = frozenset(chr(code) for first, last in ALPHABETS for code in range(first, last + 1))

SHAPES = bool(features.check("raqm"))
# Invisible characters that say how their neighbours are joined, shown or directed; no font needs to have them.
JOINERS = "\u200c\u200d\u200e\u200f\ufe0e\ufe0f"
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "/Library/Fonts")
# Installed fonts for many scripts; those for one are found by the script's name.
GENERAL = (
    *("notosanscjk", "notosanssymbols", "notosanssymbols2", "notosansmath"),
    *("droidsansfallbackfull", "droidsansfallback", "dejavusans", "freesansbold", "freesans", "unifont"),
)


class Run(NamedTuple):
    """Neighbouring characters in one font and direction. Without a `file`, only the viewer of an SVG may have a font."""

    text: str
    file: str | None
    is_rtl: bool = False


def runs_of(line: str, font: str, weight: str, is_rtl: bool) -> list[Run]:
    """Return the runs of a line from left to right. `is_rtl` is the direction of the text that it is part of."""
    if CHARACTERS.issuperset(line) and not is_rtl:
        return [Run(line, shipped_files(font, weight)[0])]
    parts = list(parts_of(line, font, weight))
    if len({file for _, file in parts}) == 1:
        return [Run(line, parts[0][1], is_rtl)]
    runs = [
        Run("".join(character for (character, _), _ in group), file, runs_back)
        for (file, runs_back), group in groupby(
            zip(parts, directions(line, is_rtl), strict=True), key=lambda part: (part[0][1], part[1])
        )
    ]
    return reordered(runs, is_rtl)


def parts_of(line: str, font: str, weight: str) -> Iterator[tuple[str, str | None]]:
    """Yield each character with its file. Marks, joiners, spaces and signs stay with the letter before them if they can."""
    file: str | None = None
    for place, character in enumerate(line):
        cluster = character + "".join(takewhile(is_mark, line[place + 1 :]))
        is_letter = unicodedata.category(character)[0] == "L"
        if is_letter or file is None or not covers(file, character):
            file = file_of(cluster, font, weight) or file_of(character, font, weight)
        yield character, file


def is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def reordered(runs: list[Run], is_rtl: bool) -> list[Run]:
    """Return runs in the order of reading as they stand from left to right (rule L2 of UAX 9)."""
    groups = [list(group) for _, group in groupby(runs, key=lambda run: run.is_rtl)]
    ordered = [group[::-1] if group[0].is_rtl else group for group in groups]
    return [run for group in (ordered[::-1] if is_rtl else ordered) for run in group]


def undrawable(text: str, font: str) -> str:
    """Return the first character of `text` that no font can draw, or ""."""
    if CHARACTERS.issuperset(text):
        return ""
    drawn = (character for character in text if character not in JOINERS and character != "\n")
    return next((character for character in drawn if not file_of(character, font, "bold")), "")


# Files


@lru_cache(maxsize=4096)
def file_of(characters: str, font: str, weight: str) -> str | None:
    """Return the first font that has all `characters`, None if there is none."""
    for file in shipped_files(font, weight):
        if covers(file, characters):
            return file
    return next((file for file in installed_for(characters[0], weight) if covers(file, characters)), None)


@cache
def shipped_files(font: str, weight: str) -> tuple[str, ...]:
    """Return the font itself, and those that come with the service for what it lacks."""
    names = map(Path, (FONTS[font], *FALLBACKS))
    return tuple(str(HERE / (name if weight == "bold" else f"{name.stem}-regular{name.suffix}")) for name in names)


def covers(file: str, characters: str) -> bool:
    return all(ord(character) in coverage(file) for character in characters if character not in JOINERS)


@cache
def coverage(file: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # here, since few texts need it

    with TTFont(file, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def installed_for(character: str, weight: str) -> list[str]:
    """Return installed fonts that may have a character: those named after its script, then those for many scripts."""
    words = unicodedata.name(character, "").lower().replace("-", " ").split()
    wanted = [*(f"noto{style}{word}" for style in ("sans", "serif") for word in words), *GENERAL]
    return [
        file
        for family in wanted
        for file in sorted(families().get(family, ()), key=lambda file: f"-{weight}." not in file.lower())
    ]


@cache
def families() -> dict[str, list[str]]:
    """Return the installed fonts by the name of their family: what is before the weight, in small letters."""
    found: dict[str, list[str]] = {}
    for file in installed_files():
        found.setdefault(re.split(r"[-\[]", file.stem.lower())[0], []).append(str(file))
    return found


@cache
def installed_files() -> tuple[Path, ...]:
    """Return the upright fonts of the system and of packages from PyPI (fontpkg-…), if there is a library to shape text."""
    if not SHAPES:
        return ()
    packages = [str(files(entry.value)) for entry in entry_points(group="fontpkg.family")]
    found = [file for folder in (*FOLDERS, *packages) for file in Path(folder).expanduser().rglob("*.[ot]t[fc]")]
    return tuple(sorted(file for file in found if not file.stem.endswith(("Italic", "Oblique"))))


@cache
def installed_version() -> str:
    """Return a digest of the names and sizes of the installed fonts."""
    names = [f"{file.name} {file.stat().st_size}" for file in installed_files()]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


@lru_cache(maxsize=64)
def face_at(file: str, size: int, shapes: bool = False) -> ImageFont.FreeTypeFont:
    """Return a font at a size. It shapes text only if it must, since that costs more and moves letters a little."""
    engine = ImageFont.Layout.RAQM if shapes and SHAPES else ImageFont.Layout.BASIC
    return ImageFont.truetype(file, size, layout_engine=engine)
