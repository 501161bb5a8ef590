import pytest

from placeholder.colours import PALETTE, Colour, contrast
from placeholder.fonts import FONTS
from placeholder.parameters import READERS, SIMILAR_FONTS, AddressError, read_name
from placeholder.tests.pictures import picture


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("f80", (255, 136, 0, 255)),
        ("F80C", (255, 136, 0, 204)),
        ("ff8800", (255, 136, 0, 255)),
        ("FF880080", (255, 136, 0, 128)),
        ("tomato", (255, 99, 71, 255)),
        ("RebeccaPurple", (102, 51, 153, 255)),
        ("transparent", (0, 0, 0, 0)),
        ("%23fff", (255, 255, 255, 255)),
        ("%23FF880080", (255, 136, 0, 128)),
        ("%23tomato", (255, 99, 71, 255)),
    ],
)
def test_a_colour_is_hex_or_a_name(value, colour):
    assert picture(f"9x9/?bg={value}").background == colour


@pytest.mark.parametrize(
    "value",
    [
        "",
        "f",
        "ff",
        "fffff",
        "fffffff",
        "fffffffff",
        "ggg",
        "%23",
        "%23%23fff",
        "nocolour",
        "f80-",
        "-f80",
        "f80-08f-000",
        "rgb(0,0,0)",
        "\u0663\u0663\u0663",
    ],
)
def test_a_bad_colour_is_refused_and_not_ignored(value):
    for name in ("bg", "fg"):
        with pytest.raises(AddressError, match=f"^{name}: a colour, as 3, 4, 6 or 8 hex digits"):
            picture(f"9x9/?{name}={value}")


def test_the_order_of_parameters_and_the_case_of_hex_make_no_difference():
    assert picture("9x9/?bg=ABC&fg=def&text=a") == picture("9x9/?text=a&fg=DDEEFF&bg=aabbcc")


def test_left_out_colours_are_the_palettes():
    for theme in ("light", "dark"):
        found = picture(f"9x9/?theme={theme}")
        assert (found.background, found.ink) == PALETTE[theme]
    assert picture("9x9/") == picture("9x9/?theme=light")


@pytest.mark.parametrize("given", ["bg=000", "bg=fff", "bg=2f5be7", "fg=fff", "fg=000"])
def test_the_partner_of_a_single_colour_is_the_more_readable_of_the_palette(given):
    found = picture(f"9x9/?{given}")
    themes = (picture(f"9x9/?{given}&theme={theme}") for theme in ("light", "dark"))
    assert contrast(found.background, found.ink) == max(contrast(one.background, one.ink) for one in themes)
    assert contrast(found.background, found.ink) > 3


def test_a_line_breaks_at_an_escape_or_at_a_real_line_end():
    assert {picture(f"9x9/?text=a{br}b").text for br in ("%5Cn", "%0A", "%0D%0A")} == {"a\nb"}


def test_a_text_may_have_100_characters_and_no_more():
    assert picture("9x9/?text=" + "x" * 100).text == "x" * 100
    with pytest.raises(AddressError, match=r"^text: at most 100 characters"):
        picture("9x9/?text=" + "x" * 101)


@pytest.mark.parametrize("text", ["é€×", "Grüße", "Привет", "Ωμέγα", "Tiếng Việt", "<b>&amp;\"'", "e%CC%81"])
def test_text_may_be_latin_greek_cyrillic_and_markup_which_is_only_text(text):
    assert picture(f"9x9/?text={text.replace('&', '%26')}").text


# text: how its character is named
NO_TEXTS = [
    ("%00", r"U\+0000"),
    ("a%09b", r"U\+0009"),
    ("%1B[31m", r"U\+001B"),
    ("%E2%80%AEabc", r"U\+202E RIGHT-TO-LEFT OVERRIDE"),
    ("%E2%80%8B", r"U\+200B ZERO WIDTH SPACE"),
    ("%EF%BF%BF", r"U\+FFFF"),
    ("%FF", r"� \(U\+FFFD REPLACEMENT CHARACTER\)"),
    ("%0D", r"U\+000D"),
]


def test_what_is_no_text_is_refused_by_name():
    for text, name in NO_TEXTS:
        for ending in ["png", "svg"]:
            with pytest.raises(AddressError, match=f"^text: without {name}; "):
                picture(f"9x9.{ending}?text={text}")


@pytest.mark.parametrize(
    ("text", "name"),
    [("a🎉", r"🎉 \(U\+1F389 PARTY POPPER\)"), ("x汉字", r"汉 \(U\+6C49 CJK UNIFIED IDEOGRAPH-6C49\)")],
)
def test_a_character_without_a_font_is_refused_by_name_except_in_svg(no_fonts, text, name):
    with pytest.raises(AddressError, match=f"^text: no font here has {name}; .svg leaves the font to the viewer"):
        picture(f"9x9/?text={text}")
    assert picture(f"9x9.svg?text={text}").text == text


@pytest.mark.parametrize("text", ["שלום%E2%80%8F!", "क्%E2%80%8Dष", "abc%E2%80%8E"])
def test_marks_that_join_and_direct_letters_belong_to_the_text(text):
    assert len(picture(f"9x9/?text={text}").text) > 3


def test_an_svg_carries_the_flag_of_wales(no_fonts):
    assert picture("9x9.svg?text=\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f").text


@pytest.mark.parametrize("blank", ["", "%20", "%20%0A%20", "%C2%A0"])
def test_a_blank_text_is_no_text(blank):
    assert picture(f"9x9/?text={blank}").text == ""


@pytest.mark.parametrize(
    ("name", "bad", "allowed"),
    [
        ("font", ["arial", "../inter", "INTER", ""], "one of inter, open-sans, roboto-slab, noto-serif"),
        ("size", ["7", "401", "12.5", "", "08"], "a whole number from 8 to 400"),
        ("border", ["0", "101", "-1"], "a whole number from 1 to 100"),
        ("radius", ["0", "1001", "1e2"], "a whole number from 1 to 1000"),
        ("blur", ["0", "21"], "a whole number from 1 to 20"),
        ("pattern", ["dots", ""], "one of cross, grid, gradient"),
        ("weight", ["99", "901", "heavy", ""], "one of bold, regular"),
        ("align", ["middle", ""], "one of center, left, right"),
        ("valign", ["center", ""], "one of middle, top, bottom"),
        ("grayscale", ["2", "perhaps"], "1 or 0"),
        ("theme", ["Dark", "auto", ""], "one of light, dark"),
        ("seed", ["", "x" * 101], "1 to 100 characters"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_what_is_allowed(name, bad, allowed):
    for value in bad:
        with pytest.raises(AddressError, match=f"^{name}: {allowed}"):
            picture(f"9x9/?{name}={value}")


def test_an_unknown_parameter_is_refused_with_the_known_ones():
    with pytest.raises(AddressError, match=r"^retina: unknown parameter; use one of " + ", ".join(READERS)):
        picture("9x9/?retina=1")


def test_the_name_of_an_unknown_parameter_is_repeated_only_where_it_is_harmless():
    with pytest.raises(AddressError, match=r"^parameter: unknown parameter"):
        picture("9x9/?<script>=1")


def test_a_parameter_given_twice_is_refused():
    with pytest.raises(AddressError, match=r"^bg: must not be repeated"):
        picture("9x9/?bg=fff&bg=000")


@pytest.mark.parametrize("name", ["\x00", "a\nb", "\u202eabc", "x" * 101])
def test_a_persons_name_has_no_control_characters(name):
    with pytest.raises(AddressError, match=r"^name: 1 to 100 characters"):
        read_name(name, {})


def test_an_avatar_takes_no_parameters():
    with pytest.raises(AddressError, match=r"^bg: unknown parameter; an avatar takes none"):
        read_name("demo", {"bg": ["fff"]})


def test_a_colour_is_the_same_whatever_asked_for_it_before():
    assert [picture("9x9/?bg=tomato").background for _ in range(2)] == [Colour(255, 99, 71)] * 2


@pytest.mark.parametrize("name", SIMILAR_FONTS)
def test_a_font_of_another_service_becomes_one_that_is_similar(name):
    assert picture(f"9x9/?font={name}").font in FONTS


@pytest.mark.parametrize(
    ("weight", "name"),
    [
        ("regular", "regular"),
        ("400", "regular"),
        ("500", "regular"),
        ("600", "bold"),
        ("900", "bold"),
        ("bold", "bold"),
        ("normal", "regular"),
        ("black", "bold"),
    ],
)
def test_a_weight_is_a_name_or_a_number(weight, name):
    assert picture(f"9x9/?weight={weight}").weight == name


def test_grayscale_turns_all_colours_to_greys_of_the_same_brightness():
    found = picture("9x9/?bg=f00-00f8&fg=0f0&grayscale=true")
    assert (found.background, found.end, found.ink) == (
        (127,) * 3 + (255,),
        (76,) * 3 + (136,),
        (220,) * 3 + (255,),
    )
    assert picture("9x9/?bg=f00&grayscale=0") == picture("9x9/?bg=f00")


def test_a_gradient_has_two_colours():
    found = picture("9x9/?bg=f80-tomato")
    assert (found.background, found.end) == (Colour(255, 136, 0), Colour(255, 99, 71))
    assert picture("9x9/f80-tomato") == found


@pytest.mark.parametrize(("bg", "ends"), [("f80-transparent", (255, 0)), ("transparent-f80", (0, 255))])
def test_the_clear_end_of_a_gradient_has_the_colour_of_the_other(bg, ends):
    found = picture(f"9x9/?bg={bg}")
    assert found.background[:3] == found.end[:3] == (255, 136, 0)
    assert (found.background.alpha, found.end.alpha) == ends


@pytest.mark.parametrize(("bg", "theme"), [("000-222", "dark"), ("fff-ddd", "light")])
def test_the_ink_on_a_gradient_is_the_more_readable_one(bg, theme):
    assert picture(f"9x9/?bg={bg}").ink == PALETTE[theme].ink
