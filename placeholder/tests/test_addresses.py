import pytest

from placeholder.addresses import READERS, AddressError, UnknownAddressError, read_name
from placeholder.colours import PALETTE, Colour, contrast
from placeholder.tests.pictures import picture


def test_the_classic_address_is_a_png_with_its_size_as_text():
    found = picture("300x200/")
    assert (found.pixels, found.format, found.text) == ((300, 200), "png", "300 × 200")


@pytest.mark.parametrize("address", ["300x200", "300x200/", "300x200.png"])
def test_a_slash_an_ending_or_neither_say_the_same_picture(address):
    assert picture(address) == picture("300x200/")


def test_one_number_is_a_square():
    assert picture("120.gif").pixels == (120, 120)


@pytest.mark.parametrize(
    ("address", "pixels"),
    [("16:9/1600/", (1600, 900)), ("4:3/100.jpg", (100, 75)), ("1:3/10/", (10, 30)), ("3:2/5/", (5, 3))],
)
def test_a_ratio_makes_the_height(address, pixels):
    assert picture(address).pixels == pixels


def test_density_multiplies_the_pixels_and_nothing_else():
    dense = picture("300x200@2x.webp")
    assert (dense.pixels, dense.text, dense.format) == ((600, 400), "300 × 200", "webp")


@pytest.mark.parametrize("side", ["1", "2000"])
def test_the_bounds_themselves_are_allowed(side):
    assert picture(f"{side}x{side}/").width == int(side)


NO_NUMBERS = [
    "0",
    "2001",
    "007",
    "+1",
    "-1",
    "-0",
    "1e3",
    "0x10",
    "1.5",
    " 5",
    "5\n",
    "\u0663",
    "\uff13",
    "²",
    "",
    "9" * 5000,
]


@pytest.mark.parametrize("side", NO_NUMBERS)
@pytest.mark.parametrize(("address", "name"), [("{}x5/", "width"), ("5x{}/", "height"), ("{}/", "width")])
def test_a_side_that_is_no_number_within_bounds_is_refused_by_name(address, name, side):
    with pytest.raises(AddressError, match=rf"^{name}: a whole number from 1 to 2000\.$"):
        picture(address.format(side))


@pytest.mark.parametrize("address", ["1001x10@2x/", "10x1001@2x.png", "667@3x/"])
def test_density_counts_before_the_limit(address):
    with pytest.raises(AddressError, match=r"at @[23]x is 200[0-9] pixels; use 1 to (1000|666)"):
        picture(address)


@pytest.mark.parametrize("scale", ["@", "@1x", "@4x", "@2", "@2X", "@02x", "@2x@2x"])
def test_an_unknown_density_is_refused(scale):
    with pytest.raises(AddressError, match=r"^scale: @2x or @3x"):
        picture(f"10x10{scale}/")


@pytest.mark.parametrize(
    "ratio", ["16", "16:", ":9", "0:9", "16:0", "101:1", "1:101", "a:b", "1:1:1", "\u0663:\u0661"]
)
def test_a_ratio_is_two_numbers_from_1_to_100(ratio):
    with pytest.raises(AddressError, match=r"^ratio: two whole numbers from 1 to 100"):
        picture(f"{ratio}/300/")


@pytest.mark.parametrize("address", ["1:2/1001/", "100:1/10/"])
def test_a_ratio_may_not_lead_out_of_bounds(address):
    with pytest.raises(AddressError, match=r"^height: .* use 1 to 2000"):
        picture(address)


@pytest.mark.parametrize("ending", ["bmp", "PNG", "", "png.exe", "jpeg2000", "php"])
def test_an_unknown_format_is_refused_with_the_known_ones(ending):
    with pytest.raises(AddressError, match=r"^format: one of png, jpg, webp, avif, gif, svg\.$"):
        picture(f"10x10.{ending}")


@pytest.mark.parametrize("address", ["1:1/10/10/", "a/b/c", "10x10//x/"])
def test_a_deeper_path_is_unknown(address):
    with pytest.raises(UnknownAddressError):
        picture(address)


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
        "%23fff",
        "nocolour",
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


@pytest.mark.parametrize(
    "text",
    [
        "%00",
        "%07",
        "a%09b",
        "%1B[31m",
        "%E2%80%AEabc",
        "%E2%80%8B",
        "שלום",
        "مرحبا",
        "🎉",
        "汉字",
        "%FF",
        "%0D",
    ],
)
def test_text_that_cannot_be_drawn_is_refused(text):
    with pytest.raises(AddressError, match=r"^text: use Latin, Greek or Cyrillic letters"):
        picture(f"9x9/?text={text}")


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
