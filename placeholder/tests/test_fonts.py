"""Which font draws which character."""

import unicodedata

import pytest
from PIL import ImageChops

from placeholder import fonts
from placeholder.bidi import directions
from placeholder.fonts import CHARACTERS, FONTS, HERE, WEIGHTS, face_at, runs_of, shipped_files, undrawable
from placeholder.responses import cache_key
from placeholder.tests.pictures import drawn, picture

BLOCKS = {
    "Latin": [(0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F)],
    "Greek": [(0x370, 0x3FF), (0x1F00, 0x1FFF)],
    "Cyrillic": [(0x400, 0x52F), (0x1C80, 0x1C88), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)],
    "marks": [(0x300, 0x36F)],
    "spaces and signs": [(0x2000, 0x200A), (0x2010, 0x2027), (0x202F, 0x205F), (0x20A0, 0x20BF)],
    "arrows and mathematics": [(0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x25FF)],
}


def characters_of(block):
    every = [chr(code) for first, last in BLOCKS[block] for code in range(first, last + 1)]
    return [character for character in every if unicodedata.category(character) not in ("Cn", "Cf", "Cc")]


def ink_of(character, file):
    return bytes(face_at(file, 24).getmask(character))


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_simple_character_is_in_every_font(font, weight):
    file = shipped_files(font, weight)[0]
    missing = ink_of("\ufffe", file)
    blank = {" ", "\u00a0"}
    assert [c for c in CHARACTERS - blank if ink_of(c, file) in (missing, b"")] == []


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("font", FONTS)
def test_a_machine_without_fonts_draws_all_latin_greek_and_cyrillic(no_fonts, font, block):
    assert [c for c in characters_of(block) if undrawable(c, font)] == []


def test_a_machine_without_fonts_draws_lines(no_fonts):
    assert undrawable("→\na\n\nb", "inter") == ""


@pytest.mark.parametrize("font", FONTS)
def test_arrows_and_signs_have_ink_in_every_font(no_fonts, font):
    blank = drawn(f"60x40?font={font}&text=")
    for sign in "←→↔≤≥≠−₹₺₽ẞ√∞∑×÷":
        assert ImageChops.difference(
            drawn(f"60x40?font={font}&text={sign}").convert("RGB"), blank.convert("RGB")
        ).getbbox()


SCRIPTS = {
    "Chinese": "汉字漢字",
    "Japanese": "こんにちは、カタカナ「」",
    "Korean": "안녕하세요",
    "Arabic": "مرحبا، ۱۲۳ پچگ",
    "Hebrew": "שָׁלוֹם ₪",
    "Devanagari": "क्षत्रिय नमस्ते।",
    "Thai": "สวัสดีที่นี่ ฿",
    "Bengali": "নমস্কার",
    "Tamil": "வணக்கம்",
    "Georgian": "გამარჯობა",
    "Armenian": "Բարեւ",
    "Ethiopic": "ሰላም",
    "Khmer": "សួស្តី",
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("weight", WEIGHTS)
def test_other_scripts_are_drawn_with_installed_fonts(script, weight):
    text = SCRIPTS[script]
    assert undrawable(text, "inter") == ""
    assert all(run.file for run in runs_of(text, "inter", weight, False))
    assert ink_share(f"400x100?text={text}&weight={weight}") > 0.004


def ink_share(address):
    image = drawn(f"{address}&bg=fff&fg=000").convert("L")
    return sum(image.histogram()[:128]) / (image.width * image.height)


@pytest.mark.parametrize(
    ("joined", "apart"), [("क्ष", "क%E2%80%8Cष"), ("لا", "ل ا"), ("ที่", "ท ี ่"), ("м̃", "м ̃"), ("e̱̍", "e ̱ ̍")]
)
def test_letters_that_belong_together_are_shaped(joined, apart):
    assert width_of(joined) < width_of(apart)


def width_of(text):
    box = ImageChops.invert(drawn(f"400x100?size=40&bg=fff&fg=000&text={text}").convert("L")).getbbox()
    return box[2] - box[0]


@pytest.mark.parametrize(
    ("text", "is_rtl", "seen"),
    [
        ("plain", False, "plain"),
        ("a → b", False, "a → b"),
        ("a שלום b", False, "a םולש b"),
        ("abc שלום, עולם", False, "abc םלוע ,םולש"),
        ("שלום abc", True, "abc םולש"),
        ("שלום abc עולם!", True, "!םלוע abc םולש"),
        ("→ עולם ok", False, "→ םלוע ok"),
        ("The (שלום) 5 汉", False, "The (םולש) 5 汉"),
        ("שלום (汉) 5!", True, "!5 )汉( םולש"),
        ("汉 (שלום שלום) 字", False, "汉 (םולש םולש) 字"),
        ("abc!", True, "!cba"),
        ("汉字 ok", False, "汉字 ok"),
    ],
)
def test_runs_stand_from_left_to_right(text, is_rtl, seen):
    runs = runs_of(text, "inter", "bold", is_rtl)
    assert "".join(run.text[::-1] if run.is_rtl else run.text for run in runs) == seen


def test_a_number_has_the_direction_of_the_words_before_it():
    assert directions("a 1 א 2 b", False) == [False, False, False, False, True, True, True, False, False]


def test_spaces_and_signs_stay_in_the_font_of_the_letters_before_them():
    assert len(runs_of("नमस्ते, दुनिया! 1 2", "inter", "bold", False)) == 1


def test_a_mark_is_in_the_font_of_its_letter():
    assert [len(run.text) for run in runs_of("x̱̍", "open-sans", "bold", False)] == [3]


def test_without_a_library_that_shapes_text_only_the_own_fonts_are_used(monkeypatch):
    monkeypatch.setattr(fonts, "SHAPES", False)
    assert fonts.installed_files.__wrapped__() == ()


def test_fonts_of_packages_from_pypi_are_found(monkeypatch):
    class Package:
        value = "placeholder.fonts_of_a_package"

    monkeypatch.setattr(fonts, "entry_points", lambda group: [Package] if group == "fontpkg.family" else [])
    monkeypatch.setattr(fonts, "files", lambda name: HERE)
    assert HERE / "inter.otf" in fonts.installed_files.__wrapped__()


def test_other_fonts_on_the_machine_change_the_etag_of_the_texts_that_may_need_them(monkeypatch):
    simple, other = picture("9x9?text=abc"), picture("9x9?text=→")
    before = cache_key(simple), cache_key(other)
    monkeypatch.setattr("placeholder.responses.installed_version", lambda: "another")
    assert cache_key(simple) == before[0]
    assert cache_key(other) != before[1]
