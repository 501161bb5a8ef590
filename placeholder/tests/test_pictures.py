import io
import zlib
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from placeholder.colours import HUES, Colour, contrast, pair_of_hue, seeded_pair
from placeholder.fonts import FONTS
from placeholder.image import draw
from placeholder.layout import fitted_text
from placeholder.picture import FORMATS, PATTERNS, Picture
from placeholder.png import LARGEST_BLOCK, adler32_of_zeros, zero_block, zero_blocks
from placeholder.svg import FAMILIES, initials
from placeholder.tests.pictures import decoded, drawn, ink_box, picture

PIXEL_FORMATS = [name for name in FORMATS if name != "svg"]
LOSSLESS = ["png", "webp", "gif"]
GOLDEN = Path(__file__).parent / "golden"
GOLDENS = {
    "plain": "300x200.png",
    "lines": "240x120.png?text=Cover%5Cnof%20the%20book&font=noto-serif&theme=dark",
    "cross": "160x90.png?pattern=cross&border=3",
    "grid": "160x90@2x.png?pattern=grid&bg=2f5be7&fg=fff&font=jetbrains-mono",
    "round": "160x90.png?radius=24&border=4&bg=fff&fg=2f5be7",
    "wrapped": "200x120.png?text=It%20wraps%20and%20shrinks%20→%20to%20fit&align=left&valign=top&weight=regular",
    "sunrise": "120x90.png?bg=2f5be7-b23a8a&fg=fff&radius=12&text=Up&valign=bottom&align=right",
    "soft": "160x90.png?seed=harbour&pattern=gradient&blur=6&font=roboto-slab",
    "letters": "320x80.png?text=× é € Ж Ω ế&font=open-sans&size=40",
    "clear": "120x60.png?bg=0000&fg=b3261ecc&text=clear",
}


# Every format


@pytest.mark.parametrize("ending", PIXEL_FORMATS)
@pytest.mark.parametrize("sides", ["1x1", "1x4000", "4000x1", "7x5", "301x199", "300x200@2x"])
def test_every_format_has_exactly_the_pixels_asked_for(ending, sides):
    image = drawn(f"{sides}.{ending}")
    assert image.size == picture(f"{sides}/").pixels
    assert Image.MIME[image.format] == FORMATS[ending]


@pytest.mark.parametrize("ending", PIXEL_FORMATS)
def test_every_format_has_the_colours_asked_for(ending):
    near = 0 if ending in LOSSLESS else 6
    image = drawn(f"200x100.{ending}?bg=ff8800&fg=001122&text=%D0%96&size=90").convert("RGB")
    assert max(abs(a - b) for a, b in zip(image.getpixel((2, 2)), (255, 136, 0), strict=True)) <= near
    assert max(abs(a - b) for a, b in zip(image.getpixel((100, 50)), (0, 17, 34), strict=True)) <= near


@pytest.mark.parametrize("ending", PIXEL_FORMATS)
@pytest.mark.parametrize("sides", ["300x200", "301x199", "90x40", "60x300", "150x75@2x"])
def test_the_text_stands_in_the_middle_of_every_format(ending, sides):
    image = drawn(f"{sides}.{ending}")
    left, top, right, bottom = ink_box(image, (0xDF, 0xDD, 0xD6))
    assert abs(left - (image.width - right)) <= 3
    assert abs(top - (image.height - bottom)) <= 3


def test_density_draws_the_same_picture_finer():
    fine = drawn("200x100@2x.png?text=Same&pattern=grid&border=4").convert("L").resize((200, 100))
    difference = ImageChops.difference(drawn("200x100.png?text=Same&pattern=grid&border=4").convert("L"), fine)
    assert sum(difference.get_flattened_data()) / 20_000 < 6


@pytest.mark.parametrize("ending", PIXEL_FORMATS)
def test_a_gradient_goes_from_one_colour_at_the_top_to_the_other_at_the_bottom(ending):
    image = drawn(f"60x200.{ending}?bg=ff0000-0000ff&text=").convert("RGB")
    for y, colour in ((0, (255, 0, 0)), (100, (127, 0, 127)), (199, (0, 0, 255))):
        assert max(abs(a - b) for a, b in zip(image.getpixel((30, y)), colour, strict=True)) <= 12


@pytest.mark.parametrize("ending", PIXEL_FORMATS)
def test_the_ink_on_a_gradient_has_its_colour_and_opacity(ending):
    image = drawn(f"90x60.{ending}?bg=fff-fff&fg=0008&border=9&text=").convert("RGB")
    assert max(abs(value - 119) for value in image.getpixel((4, 30))) <= 6
    assert min(image.getpixel((45, 30))) >= 249


@pytest.mark.parametrize("ending", ["png", "webp", "avif", "gif"])
def test_a_gradient_may_be_round_and_clear(ending):
    image = drawn(f"100x100.{ending}?bg=f80-transparent&radius=50&text=").convert("RGBA")
    assert [image.getpixel(place)[3] for place in ((0, 0), (99, 99))] == [0, 0]
    assert image.getpixel((50, 98))[3] <= 8
    assert image.getpixel((50, 3))[3] >= 240


def test_a_clear_gradient_is_white_in_a_jpeg():
    assert min(drawn("60x60.jpg?bg=f00-transparent&text=").convert("RGB").getpixel((30, 58))) >= 240


@pytest.mark.parametrize("address", ["90x60.png?bg=f00-00f&fg=0f0&grayscale", "g/90/60.webp?bg=f00&fg=0f0"])
def test_a_grey_picture_has_only_greys(address):
    assert all(red == green == blue for _, (red, green, blue) in drawn(address).convert("RGB").getcolors(9999))


@pytest.mark.parametrize("font", FONTS)
def test_a_regular_text_has_less_ink_than_a_bold_one(font):
    inks = [
        sum(drawn(f"300x100?bg=fff&fg=000&font={font}&weight={weight}").convert("L").histogram()[:128])
        for weight in ("regular", "bold")
    ]
    assert inks[0] < 0.95 * inks[1]


# Opacity


@pytest.mark.parametrize("ending", ["png", "webp", "avif", "gif"])
def test_a_clear_ground_stays_clear(ending):
    image = drawn(f"100x60.{ending}?bg=transparent&fg=f00").convert("RGBA")
    assert image.getpixel((1, 1))[3] == 0
    assert max(image.getchannel("A").get_flattened_data()) == 255


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_a_half_clear_colour_has_its_opacity(ending):
    assert drawn(f"40x40.{ending}?bg=33669980&text=").convert("RGBA").getpixel((9, 9)) == (51, 102, 153, 128)


def test_a_jpeg_shows_clear_as_white():
    assert drawn("40x40.jpg?bg=transparent&text=").convert("RGB").getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("ending", ["png", "webp", "avif", "gif"])
def test_round_corners_are_clear_outside_and_full_inside(ending):
    image = drawn(f"100x60.{ending}?radius=30").convert("RGBA")
    width, height = image.size
    nearly_full = 250
    corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    assert [image.getpixel(corner)[3] for corner in corners] == [0] * 4
    assert image.getpixel((50, 1))[3] >= nearly_full
    assert image.getpixel((1, 30))[3] >= nearly_full


def test_a_border_is_as_wide_as_asked_for():
    image = drawn("100x60.png?border=7&bg=fff&fg=000&text=").convert("L")
    assert [image.getpixel((x, 30)) for x in (0, 6, 7, 92, 93, 99)] == [0, 0, 255, 255, 0, 0]
    assert [image.getpixel((50, y)) for y in (0, 6, 7, 52, 53, 59)] == [0, 0, 255, 255, 0, 0]


def test_a_border_wider_than_the_picture_fills_it():
    assert drawn("50x30.png?border=100&bg=fff&fg=000").convert("L").getextrema() == (0, 0)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("ending", FORMATS)
def test_a_pattern_is_seen_in_every_format(pattern, ending):
    assert draw(picture(f"90x60.{ending}?pattern={pattern}&text=")) != draw(picture(f"90x60.{ending}?text="))


def test_a_blur_leaves_no_hard_edge():
    sharp, soft = (drawn(f"200x100.png?bg=fff&fg=000{blur}").convert("L") for blur in ("", "&blur=5"))
    steps = [
        max(abs(a - b) for a, b in pairwise(row))
        for row in (list(image.crop((0, 50, 200, 51)).get_flattened_data()) for image in (sharp, soft))
    ]
    assert steps[0] > 200
    assert steps[1] < 60


def test_grey_colours_make_a_grey_jpeg():
    assert drawn("40x40.jpg?bg=eee&fg=333").mode == "L"
    assert drawn("40x40.jpg?bg=eee&fg=300").mode == "RGB"


# The PNG writer


@given(
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    text=st.sampled_from(["", "i", "W", "300 × 200", "a\nb"]),
    background=st.sampled_from([Colour(255, 255, 255), Colour(9, 8, 7, 0), Colour(1, 2, 3, 99)]),
)
@settings(max_examples=75, deadline=None)
def test_the_cheap_png_shows_the_pixels_of_the_whole_drawing(width, height, text, background):
    def on_white(ending):
        one = Picture(width, height, background, Colour(200, 0, 0), ending, text=text)
        image = decoded(draw(one)).convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")

    difference = ImageChops.difference(on_white("png"), on_white("webp"))
    # A quarter of the shades: they are apart by half a step of four and half a step of sixteen at most.
    assert max(high for _, high in difference.getextrema()) <= 255 * (1 / 6 + 1 / 30) + 1


@pytest.mark.parametrize("sides", ["2000x2000", "1999x2000", "1x1", "3x2000"])
def test_the_cheap_png_is_a_whole_and_checked_zlib_stream(sides):
    data = draw(picture(f"{sides}.png"))
    width, height = picture(f"{sides}/").pixels
    start = data.index(b"IDAT") + 4
    length = int.from_bytes(data[start - 8 : start - 4])
    inflate = zlib.decompressobj()
    rows = inflate.decompress(data[start : start + length])
    assert inflate.eof
    assert len(rows) == height * (1 + -(-width // 4))
    assert decoded(data).size == (width, height)


@given(st.integers(0, 3 * LARGEST_BLOCK))
@settings(max_examples=30, deadline=None)
def test_the_blocks_of_zeros_and_their_checksum_are_those_of_zlib(count):
    blocks, rest = zero_blocks(count)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    assert inflate.decompress(b"".join(blocks)) == bytes(count - rest)
    assert adler32_of_zeros(count, zlib.adler32(b"ink")) == zlib.adler32(b"ink" + bytes(count))


def test_a_plain_png_deflates_only_the_rows_of_its_text(monkeypatch):
    zero_blocks(2 * LARGEST_BLOCK - 1)
    deflated = []
    compressobj = zlib.compressobj

    class Counting:
        def __init__(self, *arguments):
            self.inner = compressobj(*arguments)

        def compress(self, data):
            deflated.append(len(data))
            return self.inner.compress(data)

        def flush(self, *arguments):
            return self.inner.flush(*arguments)

    monkeypatch.setattr("placeholder.png.zlib.compressobj", Counting)
    draw(picture("2000x2000.png"))
    _, height = fitted_text(picture("2000x2000/")).sides
    assert sum(deflated) < (height + 1) * 501 + 2 * (1 << 14)
    assert zero_block.cache_info().currsize <= 10


def test_the_largest_plain_png_is_small():
    assert len(draw(picture("2000x2000.png"))) < 6000
    assert len(draw(picture("300x200.png"))) < 900


# SVG


SVG = "{http://www.w3.org/2000/svg}"


def svg_of(address):
    data = draw(picture(address))
    return data.decode(), ElementTree.fromstring(data)


def test_an_svg_has_its_sizes_and_its_text():
    _, root = svg_of("300x200@2x.svg")
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("600", "400", "0 0 300 200")
    assert [line.text for line in root.iter("{http://www.w3.org/2000/svg}tspan")] == ["300 × 200"]


def test_markup_in_the_text_of_an_svg_is_only_text():
    text = "%3C/text%3E%3Cscript%3Ealert(1)%3C/script%3E%26%22'"
    source, root = svg_of(f"900x200.svg?text={text}")
    assert "<script" not in source
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "rect", "text", "tspan"}
    assert next(root.iter("{http://www.w3.org/2000/svg}tspan")).text == "</text><script>alert(1)</script>&\"'"


@pytest.mark.parametrize("more", ["", "&radius=9", "&blur=3", *(f"&pattern={name}" for name in PATTERNS)])
def test_an_svg_has_no_style_and_no_script(more):
    source, root = svg_of(f"300x200.svg?bg=12345678&fg=8765{more}")
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on") or name.endswith("href")}
    assert "http" not in source.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize(("align", "anchors"), [("left", ("30", "start")), ("right", ("270", "end"))])
def test_the_text_of_an_svg_is_aligned(align, anchors):
    _, root = svg_of(f"300x200.svg?text=a&align={align}&weight=regular")
    text = next(root.iter(f"{SVG}text"))
    assert (text[0].get("x"), text.get("text-anchor"), text.get("font-weight")) == (*anchors, "400")


def test_the_text_of_an_svg_is_read_from_the_right_where_it_is_written_so():
    _, root = svg_of("300x200.svg?text=שלום&align=left")
    text = next(root.iter(f"{SVG}text"))
    assert (text.get("direction"), text.get("text-anchor"), text[0].get("x")) == ("rtl", "end", "30")


@pytest.mark.parametrize("text", ["🎉👩‍👩‍👧", "汉字", "नमस्ते", "ጤና", "\U00012000", "مرحبا"])
def test_an_svg_carries_any_text(no_fonts, text):
    _, root = svg_of(f"300x200.svg?text={text}")
    assert next(root.iter(f"{SVG}tspan")).text == text


def test_the_text_of_an_svg_wraps_and_ends_in_an_ellipsis_too():
    _, root = svg_of("100x60.svg?text=" + "word " * 20)
    lines = [line.text for line in root.iter(f"{SVG}tspan")]
    assert lines[0] == "word word word"
    assert lines[-1].endswith("…")


def test_a_gradient_of_an_svg_has_both_colours():
    _, root = svg_of("30x20.svg?bg=f80-08f8")
    stops = [(stop.get("stop-color"), stop.get("stop-opacity")) for stop in root.iter(f"{SVG}stop")]
    assert stops == [("#ff8800", None), ("#0088ff", "0.533")]


def test_the_grid_of_an_svg_is_as_short_as_the_picture_is_large():
    assert len(svg_of("100000x100000.svg?pattern=grid")[0]) < 1000


def test_every_font_has_a_family_in_svg():
    assert FAMILIES.keys() == FONTS.keys()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Maier", "AM"),
        ("anna.maier", "AM"),
        ("Anna Lena Maier", "AM"),
        ("demo", "DE"),
        ("x", "X"),
        ("Жанна Бичевская", "ЖБ"),
        ("ßeta", "SS"),
        ("محمد علي", "مع"),
        ("王小明", "王小"),
        ("<b>", "B"),
        ("🎉", "?"),
        ("--", "?"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert initials(name) == letters


# Colours


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_every_seeded_pair_is_readable(theme):
    assert min(contrast(*pair_of_hue(hue, theme)) for hue in HUES) >= 4.5


def test_a_seed_is_the_same_pair_everywhere():
    assert seeded_pair("lightboard") == (Colour(160, 64, 52), Colour(255, 247, 244))


def test_contrast_is_that_of_wcag():
    black, white, grey = Colour(0, 0, 0), Colour(255, 255, 255), Colour(0x76, 0x76, 0x76)
    assert contrast(black, white) == contrast(white, black) == 21
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)


# Looked at once


@pytest.mark.parametrize("name", GOLDENS)
def test_a_picture_looks_as_it_did_when_it_was_looked_at(name):
    golden = Image.open(io.BytesIO((GOLDEN / f"{name}.png").read_bytes())).convert("RGBA")
    found = drawn(GOLDENS[name]).convert("RGBA")
    assert found.size == golden.size
    assert max(high for _, high in ImageChops.difference(found, golden).getextrema()) <= 8


if __name__ == "__main__":
    for name, address in GOLDENS.items():
        (GOLDEN / f"{name}.png").write_bytes(draw(picture(address)))
