import json
import random
import resource
import sys
from collections import Counter

import pytest
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve, reverse

from placeholder import responses
from placeholder.cache import DrawingCache
from placeholder.image import draw
from placeholder.picture import FORMATS
from placeholder.tests.pictures import decoded

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def drawn(monkeypatch):
    """The list of pictures drawn so far, into an empty cache."""
    pictures = []

    def counted(picture):
        pictures.append(picture)
        return draw(picture)

    monkeypatch.setattr(responses, "drawings", DrawingCache(counted))
    return pictures


@pytest.fixture
def busy(monkeypatch):
    monkeypatch.setattr(responses, "drawings", DrawingCache(draw, workers=0, queue=0))


def get(address, **headers):
    return Client().get(f"/image/{address}", headers=headers)


def assert_harmless(response):
    """Whatever the answer: no cookie, nothing varies, any site may use it, nobody may mistake it."""
    assert not response.cookies
    assert "Vary" not in response
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in response


@pytest.mark.parametrize("ending", FORMATS)
def test_a_picture_comes_with_its_type_its_length_and_for_ever(ending, drawn):
    response = get(f"30x20.{ending}")
    assert (response.status_code, response["Content-Type"]) == (200, FORMATS[ending])
    assert response["Content-Length"] == str(len(response.content))
    assert response["Cache-Control"] == FOR_EVER
    assert response["ETag"].strip('"').isalnum()
    assert_harmless(response)


def test_the_classic_address_is_a_png():
    response = get("300x200/")
    assert response["Content-Type"] == "image/png"
    assert decoded(response.content).size == (300, 200)


def test_accept_does_not_choose_the_picture():
    assert get("30x20/", accept="image/avif,image/webp").content == get("30x20/").content


def test_a_picture_that_the_browser_has_is_not_drawn(drawn):
    etag = get("30x20.png")["ETag"]
    responses.drawings = DrawingCache(drawn.append)
    drawn.clear()
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = get("30x20.png", if_none_match=known)
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
        assert response["Cache-Control"] == FOR_EVER
        assert "Content-Length" not in response
        assert_harmless(response)
    assert drawn == []


def test_another_etag_gets_the_picture():
    assert get("30x20.png", if_none_match='"other"').status_code == 200


@pytest.mark.parametrize(
    "address", ["0x20.png", "30x20.png?bg=nocolour", "30x20/?retina=1", "30x20.bmp", "a/b/c.png"]
)
@pytest.mark.parametrize("known", ["*", '"anything"'])
def test_an_error_is_never_not_modified_nor_kept(address, known):
    response = get(address, if_none_match=known)
    assert response.status_code in (400, 404)
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    assert_harmless(response)


def test_a_head_request_does_not_draw(drawn):
    response = Client().head("/image/30x20.png")
    assert (response.status_code, response.content, drawn) == (200, b"", [])
    assert "Content-Length" not in response
    assert response["ETag"] == get("30x20.png")["ETag"]


def test_a_head_request_tells_the_length_of_a_kept_picture(drawn):
    length = get("30x20.png")["Content-Length"]
    response = Client().head("/image/30x20.png")
    assert (response["Content-Length"], response.content, len(drawn)) == (length, b"", 1)


def test_a_head_request_for_a_bad_address_does_not_draw_the_reason(drawn):
    response = Client().head("/image/0x0.png")
    assert (response.status_code, response.content, drawn) == (400, b"", [])


def test_equal_addresses_share_one_drawing_and_one_etag(drawn):
    addresses = ["90x60.png?bg=abc&fg=DEF", "90x60/?fg=ddeeff&bg=AABBCC", "90x60?bg=aabbccff&fg=def"]
    assert len({get(address)["ETag"] for address in addresses}) == 1
    assert len(drawn) == 1


def test_different_pictures_have_different_etags():
    addresses = [
        "9x6.png",
        "9x6.gif",
        "6x9.png",
        "9x6@2x.png",
        "9x6.png?text=",
        "9x6.png?font=noto-serif",
        "9x6.png?blur=1",
    ]
    assert len({get(address)["ETag"] for address in addresses}) == len(addresses)


def test_an_etag_changes_with_the_code_that_draws(monkeypatch):
    before = get("30x20.png")["ETag"]
    monkeypatch.setattr(responses, "drawing_version", lambda: "another")
    assert get("30x20.png")["ETag"] != before


# Errors


def test_a_reason_is_a_line_of_text():
    response = get("4001x5/")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert response.content == b"width: a whole number from 1 to 4000.\n"


@pytest.mark.parametrize("accept", ["application/json", "text/html;q=0.1, application/json"])
def test_a_reason_is_json_for_clients_that_accept_it(accept):
    response = get("30x20/?theme=neon", accept=accept)
    assert response["Content-Type"] == "application/json"
    assert json.loads(response.content) == {"parameter": "theme", "message": "theme: one of light, dark."}
    assert_harmless(response)


@pytest.mark.parametrize("accept", ["*/*", "", "text/html,*/*;q=0.8", "nonsense", ";;q=x"])
def test_a_reason_is_text_for_everybody_else(accept):
    assert get("0/", accept=accept)["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("ending", [*FORMATS, "JPEG", "Png"])
def test_an_address_that_ends_like_an_image_shows_the_reason(ending):
    response = get(f"0x5000.{ending}", accept="application/json")
    name = {"JPEG": "jpg", "Png": "png"}.get(ending, ending)
    assert (response.status_code, response["Content-Type"]) == (400, FORMATS[name])
    assert response["Cache-Control"] == "no-store"
    if ending == "svg":
        assert b"width: a whole number from 1 to 1000000." in response.content
    else:
        image = decoded(response.content)
        assert image.size == (480, 60)
        assert len(image.convert("L").getcolors(10_000)) > 2
    assert_harmless(response)


def test_a_reason_names_the_character_that_no_font_has(no_fonts):
    response = get("30x20/?text=汉")
    assert response.status_code == 400
    assert "汉 (U+6C49 CJK UNIFIED IDEOGRAPH-6C49)" in response.content.decode()
    assert get("30x20.png?text=汉")["Content-Type"] == "image/png"


@pytest.mark.parametrize("address", ["a/b/c", "1:1/2/fff/000/fff", "9x9//"])
def test_an_unknown_path_is_not_found(address):
    assert get(address).status_code == 404


def test_other_methods_are_not_allowed():
    for method in ["post", "put", "patch", "delete", "options"]:
        for address in ["30x20.png", "0/", "avatar/demo.svg"]:
            response = getattr(Client(enforce_csrf_checks=True), method)(f"/image/{address}")
            assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
            assert response["Cache-Control"] == "no-store"
            assert_harmless(response)


@pytest.mark.parametrize("query", ["a" * 2001, "&" * 2000, "&".join("a=1" for _ in range(400)), "text=%" * 60])
def test_too_much_after_the_question_mark_is_a_plain_400(query):
    response = get(f"30x20/?{query}")
    assert (response.status_code, response["Cache-Control"]) == (400, "no-store")


@pytest.mark.parametrize("address", ["30%0A/", "%0A", "30x20.png%0A", "3%000/", "%FF/", "%D9%A3/"])
def test_odd_bytes_in_the_path_are_a_plain_400(address):
    response = get(address)
    assert (response.status_code, response["Cache-Control"]) == (400, "no-store")


def test_when_all_hands_are_busy_a_heavy_picture_is_put_off(busy):
    response = get("2000x2000.webp")
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response["Cache-Control"] == "no-store"
    assert_harmless(response)
    assert get("30x20.webp").status_code == 200
    assert get("2000x2000/").status_code == 200


def test_nobody_has_to_log_in():
    for address in (reverse("placeholder:home"), "/image/30x20/", "/image/avatar/demo.svg"):
        assert Client().get(address).status_code == 200


# SVG and avatars


@pytest.mark.parametrize("address", ["30x20.svg", "avatar/demo.svg", "0x0.svg"])
def test_an_svg_may_load_and_run_nothing(address):
    assert get(address)["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_an_avatar_is_kept_for_ever_and_known_again():
    address = reverse("placeholder:avatar", args=["Анна <b>"]).removeprefix("/image/")
    response = get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert response["Cache-Control"] == FOR_EVER
    assert b"<b>" not in response.content
    assert get(address, if_none_match=response["ETag"]).status_code == 304
    assert get("avatar/other.svg")["ETag"] != response["ETag"]


@pytest.mark.parametrize("address", ["avatar/demo.png", "avatar/demo", "avatar/%00.svg", "avatar/demo.svg?bg=fff"])
def test_a_bad_avatar_is_refused(address):
    assert get(address).status_code == 400


# 20,000 addresses


RIGHT = {
    "frames": ["{a}x{b}", "{a}", "16:9/{a}", "{a}/{b}", "g/{a}", "{a}x{b}/fff/tomato", "vga"],
    "sides": ["1", "7", "16", "40"],
    "scales": ["", "", "@2x", "@3x"],
    "endings": ["/", "", ".png", ".svg", ".gif", ".png", ".jpg", ".webp", ".avif"],
    "queries": [
        "",
        "",
        "bg=fff",
        "bg=ABCD&text=",
        "seed=%F0%9F%8E%89",
        "pattern=grid&radius=3",
        "text=a%0Ab",
    ],
}
WRONG = {
    "frames": ["{a}:{b}/{a}", "{a}/{b}/{a}", "avatar/{a}", "{a}//{b}", "../{a}", "{b}%2F{a}", "{b}x{a}x{a}"],
    "sides": ["0", "4001", "007", "+1", "1e3", "%D9%A3", "9" * 5000, "", "-1", "%00", "x", ".", "%ED%A0%80"],
    "scales": ["@9x", "@", "@2x@2x", "%402X"],
    "endings": [".bmp", ".png/", ".png%0A", ".", "//", ".PNG", ".gif", "&text=", "/fff/000/fff"],
    "queries": [
        *(
            "bg=",
            "fg=%23fff",
            "text=%F0%9F%8E%89",
            "text=%E2%80%AEx",
            "text=%00",
            "text=%3Cscript%3E",
            "blur=0",
        ),
        *(
            "bg=fff&bg=fff",
            "retina=1",
            "%00=1",
            "=",
            "&&&",
            "font=..%2F..%2Fetc%2Fpasswd",
            "text=" + "x" * 101,
        ),
        *("size=%D9%A3", "border=1e9", "radius=-0", "theme[]=light", "seed=", "a=1&" * 300, "%ED%A0%80=%FF"),
    ],
}


def fuzzed_addresses(count):
    """Return addresses, each part of which is wrong once in six."""
    chance = random.Random(6)

    def part(name):
        return chance.choice((WRONG if chance.random() < 1 / 6 else RIGHT)[name])

    for _ in range(count):
        path = part("frames").format(a=part("sides"), b=part("sides"))
        query = part("queries")
        yield f"{path}{part('scales')}{part('endings')}{'?' + query if query else ''}"


@pytest.mark.slow
def test_fuzzed_addresses_get_only_honest_answers(monkeypatch):
    drawings = DrawingCache(draw, capacity=2**20)
    monkeypatch.setattr(responses, "drawings", drawings)
    factory = RequestFactory()
    found = Counter()
    for number, address in enumerate(fuzzed_addresses(1500)):
        method = "POST" if number % 97 == 0 else "HEAD" if number % 7 == 0 else "GET"
        known = {"if-none-match": "*"} if number % 5 == 0 else {}
        request = factory.generic(method, f"/image/{address}", headers=known)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            found["no view"] += 1
            continue
        response = match.func(request, **match.kwargs)
        found[response.status_code] += 1
        assert response["Cache-Control"] == (FOR_EVER if response.status_code in (200, 304) else "no-store")
        if number == 500:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert set(found) == {200, 304, 400, 404, 405, "no view"}
    assert found[200] > 150
    assert drawings.size <= 2**20
    # In kilobytes (bytes on macOS): what 1,000 more addresses have added to the most that was ever used.
    assert late - early < 16 * 2 ** (20 if sys.platform == "darwin" else 10)
