import pytest

from placeholder.addresses import UnknownAddressError
from placeholder.parameters import AddressError
from placeholder.sizes import NAMED_SIZES
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


@pytest.mark.parametrize("sides", [(1, 1), (4000, 1), (1, 4000), (4000, 2000), (2000, 4000), (2828, 2828)])
def test_the_bounds_themselves_are_allowed(sides):
    assert picture("{}x{}/".format(*sides)).pixels == sides


@pytest.mark.parametrize("address", ["4000x2001/", "2829x2829.webp", "2000x1001@2x.png", "1:1/3000.gif"])
def test_a_picture_has_at_most_8_megapixels(address):
    with pytest.raises(
        AddressError, match=r"^height: .* has 8\.|^height: 3000 × 3000 has 9.00 megapixels; use up to 8"
    ):
        picture(address)


@pytest.mark.parametrize("address", ["1200x630@2x.png", "1000x2000@2x/", "1200x630@3x.jpg", "16:9/1200@3x.webp"])
def test_density_counts_once(address):
    found = picture(address)
    assert found.pixels == (found.width * found.scale, found.height * found.scale)
    assert found.width * found.height * found.scale**2 <= 8_000_000


@pytest.mark.parametrize(
    "address", ["4001x4001.svg", "100000x9.svg", "9000@3x.svg", "1:2/20000.SVG", "5000x5000/svg"]
)
def test_an_svg_has_no_limit_of_pixels(address):
    assert picture(address).format == "svg"


def test_even_an_svg_has_a_width_that_is_a_number():
    with pytest.raises(AddressError, match=r"^width: a whole number from 1 to 1000000\.$"):
        picture("1000001x9.svg")


NO_NUMBERS = [
    "0",
    "4001",
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


def test_a_side_that_is_no_number_within_bounds_is_refused_by_name():
    for side in NO_NUMBERS:
        for address, name in [("{}x5/", "width"), ("5x{}/", "height"), ("{}/", "width")]:
            with pytest.raises(AddressError, match=rf"^{name}: a whole number from 1 to 4000\.$"):
                picture(address.format(side))


@pytest.mark.parametrize("address", ["2001x10@2x/", "10x2001@2x.png", "1334@3x/"])
def test_density_counts_before_the_limit(address):
    with pytest.raises(AddressError, match=r"at @[23]x is 400[0-9] pixels; use 1 to (2000|1333)"):
        picture(address)


@pytest.mark.parametrize("scale", ["@", "@1x", "@4x", "@2", "@02x", "@2x@2x"])
def test_an_unknown_density_is_refused(scale):
    with pytest.raises(AddressError, match=r"^scale: @2x or @3x"):
        picture(f"10x10{scale}/")


@pytest.mark.parametrize("ratio", ["16:", ":9", "0:9", "16:0", "101:1", "1:101", "a:b", "1:1:1", "\u0663:\u0661"])
def test_a_ratio_is_two_numbers_from_1_to_100(ratio):
    with pytest.raises(AddressError, match=r"^ratio: two whole numbers from 1 to 100"):
        picture(f"{ratio}/300/")


@pytest.mark.parametrize(
    ("address", "name"),
    [("1:2/2001/", "height"), ("100:1/10/", "height"), ("100:1x41/", "width"), ("1:100x9/", "width")],
)
def test_a_ratio_may_not_lead_out_of_bounds(address, name):
    with pytest.raises(AddressError, match=rf"^{name}: .* use 1 to 4000"):
        picture(address)


@pytest.mark.parametrize("ending", ["bmp", "", "png.exe", "jpeg2000", "php", "PHP"])
def test_an_unknown_format_is_refused_with_the_known_ones(ending):
    with pytest.raises(AddressError, match=r"^format: one of png, jpg, webp, avif, gif, svg\.$"):
        picture(f"10x10.{ending}")


PLACES_OF_ENDINGS = ["10x10.{}", "10x10/{}", "10x10.{}/fff", "10x10/000/fff.{}", "10x10/000.{}/fff"]
ENDINGS = ["png", "PNG", "jpg", "jpeg", "JPG", "JPEG", "Jpeg", "WebP", "AVIF", "gif", "SVG"]


def test_a_format_may_have_capitals_and_end_any_part():
    for ending in ENDINGS:
        for address in PLACES_OF_ENDINGS:
            assert picture(address.format(ending)).format == {"jpeg": "jpg"}.get(ending.lower(), ending.lower())


def test_a_format_is_given_once():
    with pytest.raises(AddressError, match=r"^format: must not be repeated"):
        picture("10x10.png/fff.jpg")


@pytest.mark.parametrize("address", ["300X200@2X", "300x200@2X.PNG"])
def test_a_size_may_have_capitals(address):
    assert picture(address) == picture("300x200@2x")


def test_a_size_may_have_a_name():
    for name in NAMED_SIZES:
        assert picture(f"{name.upper()}.jpg").pixels == NAMED_SIZES[name]
        assert picture(f"{name}/000/fff").text == "{} × {}".format(*NAMED_SIZES[name])


def test_the_name_of_a_size_may_have_hyphens():
    assert picture("medium-rectangle@2x.webp").pixels == (600, 500)


@pytest.mark.parametrize(
    "address", ["a/b/c", "10x10//x/", "1:1/10/fff/000/9", "//", "vgas/fff/000", "9x9/fff/000/fff"]
)
def test_another_path_is_unknown(address):
    with pytest.raises(UnknownAddressError):
        picture(address)


# Addresses of other services: what they mean, as our own address


# theirs, ours
THEIRS = [
    ("600x400/000/fff", "600x400?bg=000&fg=fff"),
    ("600x400/000000/FFFFFF.png", "600x400.png?bg=000&fg=fff"),
    ("600x400/000/fff/webp", "600x400.webp?bg=000&fg=fff"),
    ("600x400/orange/white/", "600x400?bg=orange&fg=white"),
    ("600x400/transparent/F00", "600x400?bg=transparent&fg=f00"),
    ("600x400/%23f80", "600x400?bg=f80"),
    ("600x400@2x.png?text=Hello\\nWorld", "600x400@2x?text=Hello%0AWorld"),
    ("600x400?text=Hello+World&font=playfair-display", "600x400?text=Hello%20World&font=noto-serif"),
    ("400", "400x400"),
    ("300.png/09f/fff", "300.png?bg=09f&fg=fff"),
    ("300/09f/fff.png", "300.png?bg=09f&fg=fff"),
    ("150/0000FF/808080/?text=Down.com", "150?bg=00f&fg=808080&text=Down.com"),
    ("600x400/000/fff&text=Hello+World", "600x400?bg=000&fg=fff&text=Hello World"),
    ("300x200.png&text=a", "300x200.png?text=a"),
    ("640x4:3", "640x480"),
    ("16:9x1080/ccc", "1920x1080?bg=ccc"),
    ("leaderboard/09f/fff", "728x90?bg=09f&fg=fff"),
    ("250x100/ff0000/?text=a&font_size=20", "250x100?bg=f00&text=a&size=20"),
    ("200/300", "200x300"),
    ("200/300@2x", "200x300@2x"),
    ("200/300.jpg", "200x300.jpg"),
    ("200/300/ccc/333", "200x300?bg=ccc&fg=333"),
    ("g/200/300", "200x300?grayscale=1"),
    ("200/300?image=7", "200x300?seed=7"),
    ("200/300?grayscale", "200x300?grayscale=1"),
    ("200/300?greyscale&blur", "200x300?grayscale=1&blur=5"),
    ("200/300?random=2", "200x300?seed=2"),
    ("200/300/?random", "200x300"),
    ("id/237/200/300.webp", "200x300.webp?seed=237"),
    ("seed/Picsum Photos/200/300?blur=2", "200x300?seed=Picsum Photos&blur=2"),
]


def test_an_address_of_another_service_is_a_picture():
    for theirs, ours in THEIRS:
        assert picture(theirs.replace("%23", "#")) == picture(ours)


@pytest.mark.parametrize(
    ("address", "name"), [("9x9/nocolour", "bg"), ("9x9/fff/nocolour.png", "fg"), ("1:1/10/10/", "bg")]
)
def test_a_bad_colour_in_the_path_is_refused_by_name(address, name):
    with pytest.raises(AddressError, match=f"^{name}: a colour"):
        picture(address)


@pytest.mark.parametrize(
    "address", ["9x9/fff?bg=fff", "9x9&text=a?text=b", "g/9?greyscale=1", "9?random=1&seed=2"]
)
def test_nothing_is_given_in_two_ways(address):
    with pytest.raises(AddressError, match=r"must not be repeated"):
        picture(address)
