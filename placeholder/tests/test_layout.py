"""The text of pictures: its size, its lines and its place."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uniseg.linebreak import line_break_units

from placeholder.colours import Colour
from placeholder.fonts import CHARACTERS, FONTS
from placeholder.image import draw
from placeholder.layout import fitted_text, units
from placeholder.picture import Picture
from placeholder.tests.pictures import decoded, drawn, ink_box, picture

BACKGROUND = (0xDF, 0xDD, 0xD6)
LOREM = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor"


def lines_of(address):
    """Return the lines of a picture's text."""
    return [line for line, _ in fitted_text(picture(address)).lines]


@pytest.mark.parametrize("address", ["20x10", "8x8", "1x300", "300x1"])
def test_a_label_that_would_not_fit_readably_is_left_out(address):
    assert fitted_text(picture(address)) is None
    assert len(drawn(address).convert("RGB").getcolors()) == 1


def test_a_text_is_as_large_as_asked_for_where_that_fits_and_smaller_where_not():
    assert fitted_text(picture("600x300/?text=Ay&size=100")).size == 100
    assert 8 <= fitted_text(picture("60x30/?text=Ay&size=100")).size <= 31


def test_a_label_shrinks_on_its_one_line():
    assert lines_of("60x300") == ["60 × 300"]
    assert fitted_text(picture("60x300")).size < 12


def test_a_text_wraps_between_words_at_the_size_it_should_have():
    assert lines_of("300x200/?text=A headline for a card") == ["A headline", "for a card"]
    assert fitted_text(picture("300x200/?text=A headline for a card")).size == 40


def test_a_text_shrinks_where_wrapping_is_not_enough():
    found = fitted_text(picture(f"300x200/?text={LOREM}"))
    assert 8 < found.size < 40
    assert " ".join(line for line, _ in found.lines) == LOREM


def test_a_word_shrinks_before_it_is_broken():
    assert lines_of("100x60/?text=Unbreakable") == ["Unbreakable"]


def test_a_word_that_is_too_wide_even_at_the_smallest_size_is_broken():
    assert "".join(lines_of("60x60/?text=" + "W" * 20)) == "W" * 20


@pytest.mark.parametrize("text", ["W" * 100, LOREM, "a%0A" * 40, "%D1%8F " * 50])
@pytest.mark.parametrize("sides", ["60x30", "40x16", "24x24"])
def test_a_text_that_does_not_fit_ends_in_an_ellipsis(sides, text):
    assert lines_of(f"{sides}/?text={text}")[-1].endswith("…")


def test_a_text_never_leaves_the_picture_empty():
    for sides in ["60x60", "30x12", "16x16", "8x8", "300x6", "5x300", "3x3"]:
        for text in ["W" * 100, LOREM, "g", "א", "汉字汉字汉字"]:
            assert len(drawn(f"{sides}.png?text={text}&bg=fff&fg=000").convert("L").getcolors()) > 1


INVISIBLE = ["%E2%80%8D", "%0A%E2%80%8F", "%EF%B8%8F", "%E2%80%89%E2%80%8C", "%E2%A0%80"]


def test_a_text_of_invisible_characters_is_drawn_as_nothing():
    for ending in ["png", "webp", "svg"]:
        for text in INVISIBLE:
            assert draw(picture(f"60x60.{ending}?text={text}"))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a well-known fact", ["a well-", "known", "fact"]),
        ("汉字汉字汉，字", ["汉字汉字", "汉，字"]),
        ("สวัสดีชาวโลกที่รัก", ["สวัสดีชาวโล", "กที่รัก"]),
        ("नमस्ते दुनिया वालों", ["नमस्ते दुनिया", "वालों"]),
    ],
)
def test_a_line_breaks_where_its_script_allows_it(text, lines):
    assert lines_of(f"260x200/?text={text}") == lines


@given(st.text(st.sampled_from("ab ж9,._ä "), max_size=20))
@settings(max_examples=50, deadline=None)
def test_plain_words_break_as_unicode_says(line):
    assert list(units(line)) == list(line_break_units(line))


# Place


@pytest.mark.parametrize(
    "address", ["300x200", "120x90.png?valign=top", "120x90.png?valign=bottom&font=noto-serif"]
)
def test_different_words_stand_on_one_baseline(address):
    more = "&" if "?" in address else "?"
    words = ("Hxn", "nxz", "Éx", "x", "HH", "Ж", "Ảz")
    bottoms = {ink_box(drawn(f"{address}{more}size=20&text={word}"), BACKGROUND)[3] for word in words}
    assert len(bottoms) == 1


def test_letters_below_and_above_the_line_do_not_move_it():
    tops = [ink_box(drawn(f"200x100?size=20&text={word}"), BACKGROUND)[1] for word in ("Hg", "H", "Hp,")]
    assert len(set(tops)) == 1


@pytest.mark.parametrize("script", ["汉", "न", "א", "ع", "ไ"])
def test_other_scripts_do_not_move_the_line(script):
    found = [
        drawn(f"200x100?size=20&align=left&text={text}").crop((0, 0, 33, 100)) for text in ("H", f"H{script}")
    ]
    assert len({ink_box(image, BACKGROUND) for image in found}) == 1


@pytest.mark.parametrize("text", ["Hi", "שלום"])
@pytest.mark.parametrize("ending", ["png", "webp"])
def test_a_text_is_aligned(text, ending):
    def box(query):
        return ink_box(drawn(f"300x200.{ending}?text={text}&{query}"), BACKGROUND)

    lefts = [box(f"align={align}")[0] for align in ("left", "center", "right")]
    tops = [box(f"valign={align}")[1] for align in ("top", "middle", "bottom")]
    assert abs(lefts[0] - 30) <= 3
    assert abs(300 - box("align=right")[2] - 30) <= 3
    assert lefts == sorted(set(lefts))
    assert tops == sorted(set(tops))


def test_the_lines_of_an_aligned_text_start_at_one_side():
    image = drawn("300x200.png?text=M%0AMMM&align=left")
    halves = [image.crop((0, top, 300, top + 100)) for top in (0, 100)]
    assert abs(ink_box(halves[0], BACKGROUND)[0] - ink_box(halves[1], BACKGROUND)[0]) <= 1


@given(
    width=st.integers(1, 60),
    height=st.integers(1, 60),
    text=st.text(st.sampled_from([*sorted(CHARACTERS), "\n", "→", "א", "न", "ไ"]), max_size=12),
    font=st.sampled_from(sorted(FONTS)),
    size=st.sampled_from([None, 8, 20, 400]),
    border=st.integers(0, 9),
    scale=st.integers(1, 3),
    align=st.sampled_from(["left", "center", "right"]),
    valign=st.sampled_from(["top", "middle", "bottom"]),
)
@example(57, 13, "00000000", "jetbrains-mono", 20, 2, 1, "center", "middle")
@settings(max_examples=75, deadline=None)
def test_the_text_never_leaves_the_picture(width, height, text, font, size, border, scale, align, valign):
    text = "" if not text or text.isspace() else text
    white, black = Colour(255, 255, 255), Colour(0, 0, 0)
    one = Picture(
        *(width, height, white, black, "png", scale, text, font, size),
        border=border,
        align=align,
        valign=valign,
    )
    assert decoded(draw(one)).size == one.pixels
    if block := fitted_text(one, scale):
        assert block.sides[0] <= max(0, width - 2 * border) * scale
        assert block.sides[1] <= max(0, height - 2 * border) * scale
