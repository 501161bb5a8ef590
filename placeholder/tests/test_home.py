import re
from html import unescape

import pytest
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from placeholder.cache import DrawingCache
from placeholder.fonts import FONTS
from placeholder.parameters import READERS
from placeholder.picture import FORMATS, PATTERNS
from placeholder.sizes import NAMED_SIZES
from placeholder.tests.pictures import decoded

HOME = "/placeholder/"


def page(query=None, **headers):
    return unescape(Client().get(HOME, query or {}, headers=headers).content.decode())


def shown_picture(html):
    """Return the answer for the picture that the builder shows."""
    return Client().get(re.search(r'<figure>\s*<img src="([^"]+)"', html)[1])


def test_the_page_names_every_parameter_format_font_pattern_and_size():
    html = page()
    for name in [*(f"{name}=" for name in READERS), *FORMATS, *FONTS, *PATTERNS, *NAMED_SIZES]:
        assert name in html


def test_the_page_starts_with_a_picture_and_its_bytes():
    html = page()
    found = shown_picture(html)
    assert f"{len(found.content)} bytes" in html


def test_the_builder_shows_what_was_asked_for_and_lines_to_copy():
    html = page(
        {"width": "300", "height": "200", "format": "png", "text": "a\r\n<b>&", "bg": "#fff", "fg": "navy"}
    )
    url = "http://testserver/image/300x200.png?bg=fff&fg=navy&text=a%5Cn%3Cb%3E%26"
    assert f"![300 × 200]({url})" in html
    assert f'background-image: url("{url}");' in html
    assert f'<img src="{url.replace("&", "&amp;")}" width="300" height="200" alt="">' in html
    assert "/image/300x200@2x.png?bg=fff&amp;fg=navy&amp;text=a%5Cn%3Cb%3E%26 2x, " in html
    assert decoded(shown_picture(html).content).size == (300, 200)


def test_without_scripts_the_builder_is_a_form_and_nothing_offers_to_copy():
    html = LexborHTMLParser(page({"width": "321", "height": "360"}))
    form = html.css_first("form")
    assert (form.attributes["action"], form.attributes.get("method", "get")) == (HOME, "get")
    assert [button.attributes.get("type", "submit") for button in form.css("button")] == ["submit"]
    assert form.css_first("input[name=width]").attributes["value"] == "321"
    assert html.css("button[data-copy]")
    assert not html.css("button[data-copy]:not([hidden])")


def test_a_srcset_goes_no_further_than_the_limit():
    html = page({"width": "1400", "height": "900", "format": "png"})
    result = html.partition('id="result"')[2].partition("</section>")[0]
    assert "1400x900@2x.png 2x" in result
    assert "@3x" not in result
    assert "srcset=" not in page({"width": "2100", "height": "10"})
    assert "9000x10@3x.svg 3x" in page({"width": "9000", "height": "10", "format": "svg"})


@pytest.mark.parametrize(
    ("wrong", "label"),
    [
        ({"width": "0"}, "Width"),
        ({"bg": "nocolour"}, "Background"),
        ({"blur": "99"}, "Blur"),
        ({"scale": "9x"}, "Scale"),
    ],
)
def test_the_builder_says_what_is_wrong_and_where(wrong, label):
    html = page({"width": "10", "height": "10", "format": "png"} | wrong)
    assert "This URL isn't valid" in html
    assert f"<strong>{label}</strong>: " in html
    assert "<figure>" not in html


def test_density_that_leads_out_of_bounds_is_said_at_the_side():
    assert "<strong>Width</strong>: 2100 at @2x is 4200 pixels" in page(
        {"width": "2100", "height": "9", "scale": "2x"}
    )


def test_the_builder_leaves_out_of_the_address_what_is_so_anyway():
    more = {"font": "inter", "weight": "bold", "align": "center", "valign": "middle", "grayscale": ""}
    html = page({"width": "30", "height": "20", "format": "png"} | more)
    assert "<code>http://testserver/image/30x20.png</code>" in html
    assert "<details>" in html
    assert "image/30x20.png?weight=regular&align=left</code>" in page(
        {"width": "30", "height": "20", "format": "png"} | more | {"weight": "regular", "align": "left"}
    )


def test_the_builder_keeps_the_signs_of_a_text():
    assert "text=%231" in page({"width": "30", "height": "20", "text": "#1"})


def test_htmx_gets_the_result_alone():
    html = page({"width": "10", "height": "10"}, hx_request="true")
    assert html.strip().startswith('<div id="result"')
    assert "<html" not in html


def test_every_example_of_the_gallery_is_a_picture():
    sources = re.findall(r'<span class="frame"><img src="([^"]+)" width="(\d+)" height="(\d+)"', page())
    assert len(sources) == 16
    for source, width, height in sources:
        response = Client().get(source)
        assert response.status_code == 200
        if not response["Content-Type"].startswith("image/svg"):
            assert decoded(response.content).size == (int(width), int(height))


def test_nothing_is_inline():
    html = Client().get(HOME).content.decode()
    assert "<style" not in html
    assert not re.search(r"\s(style|on\w+)=", html)
    assert not re.search(r"<script(?![^>]* src=)", html)


def test_the_page_sets_no_cookie():
    assert not Client().get(HOME).cookies


def test_a_picture_that_cannot_be_drawn_just_now_has_no_bytes_told(monkeypatch):
    monkeypatch.setattr("placeholder.responses.drawings", DrawingCache(len, workers=0, queue=0))
    html = page({"width": "2000", "height": "2000", "format": "webp"})
    assert "2000 × 2000 pixels" in html
    assert "bytes</strong>" not in html
