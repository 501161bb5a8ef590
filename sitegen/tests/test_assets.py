import gzip
import re
from io import BytesIO

import brotli
import pytest
from django.http import HttpResponse
from django.urls import path as url_path
from PIL import Image
from selectolax.lexbor import LexborHTMLParser


def picture(width=1000, height=500, format_="PNG", **options):
    out = BytesIO()
    Image.new("RGB", (width, height), "#2f5be7").save(out, format_, **options)
    return out.getvalue()


def size_of(path):
    with Image.open(path) as image:
        return image.size


def image_in(site, path):
    """Return the attributes of the first picture of a built page."""
    return LexborHTMLParser(site.html(path)).css_first("img").attributes


def built(site, pattern):
    """Return the path of the one built file that matches."""
    [path] = [path for path in site.files() if re.fullmatch(pattern, path)]
    return path


def test_references_in_style_sheets_lead_to_hashed_names(site):
    site.write(
        "static/css/a.css",
        "@import 'b.css'; p { background: url('../img/x.svg?v=1#top') } q { background: url(data:x) }",
    )
    site.write("static/css/b.css", "q { color: red }")
    site.write("static/img/x.svg", "<svg/>")
    site.build()
    css = site.html(built(site, r"static/css/a\.\w{20}\.css"))
    assert built(site, r"static/css/b\.\w{20}\.css").rpartition("/")[2] in css
    assert f'url("../{built(site, r"static/img/x.\w{20}.svg").removeprefix("static/")}?v=1#top")' in css or (
        f"url(../{built(site, r'static/img/x.\w{20}.svg').removeprefix('static/')}?v=1#top)" in css
    )
    assert "data:x" in css


def test_a_changed_picture_renames_the_style_sheet_that_shows_it(small_site):
    small_site.build()
    before = built(small_site, r"static/site\.\w{20}\.css")
    small_site.write("static/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    small_site.build()
    assert built(small_site, r"static/site\.\w{20}\.css") != before


def test_modules_import_each_other_by_their_hashed_names_even_in_a_circle(site):
    site.write("static/a.js", 'import { b } from "./b.js";\nexport const a = 1;\nconsole.log(b);\n')
    site.write(
        "static/b.js", 'import { a } from "./a.js";\nexport const b = () => import("./c.js");\nconsole.log(a);\n'
    )
    site.write("static/c.js", "export const c = `two  spaces ${`in  here`}`;\n")
    site.build()
    names = {name: built(site, rf"static/{name}\.\w{{20}}\.js").rpartition("/")[2] for name in "abc"}
    assert f"./{names['b']}" in site.html(f"static/{names['a']}")
    assert f"./{names['a']}" in site.html(f"static/{names['b']}")
    assert f"./{names['c']}" in site.html(f"static/{names['b']}")
    assert "two  spaces in  here" in site.html(f"static/{names['c']}")


def test_source_maps_are_found_under_their_hashed_names(site):
    site.write("static/a.js", "console.log(  1  )\n//# sourceMappingURL=a.js.map\n")
    site.write("static/a.js.map", '{"version": 3, "mappings": ""}')
    site.build()
    script = site.html(built(site, r"static/a\.\w{20}\.js"))
    assert f"sourceMappingURL={built(site, r'static/a\.js\.\w{20}\.map').rpartition('/')[2]}" in script


def test_scripts_that_cannot_be_parsed_are_left_as_they_are(site):
    site.write("static/a.js", "if (a { broken\n")
    site.write("static/b.js", 'document.title = "</script>" +  1\n')
    site.build()
    assert site.html(built(site, r"static/a\.\w{20}\.js")).strip() == "if (a { broken"
    assert '"</script>" +  1' in site.html(built(site, r"static/b\.\w{20}\.js"))


def test_pictures_get_their_size_lazy_loading_and_narrower_versions(site):
    site.write("blog/pic.png", picture())
    site.write("blog/a.md", "![A blue picture](pic.png)\n")
    site.build()
    image = image_in(site, "blog/a/index.html")
    narrow = built(site, r"blog/pic\.\w{20}\.480w\.png")
    assert (image["width"], image["height"], image["loading"]) == ("1000", "500", "lazy")
    assert f"/{narrow} 480w" in image["srcset"]
    assert re.fullmatch(r"/blog/pic\.\w{20}\.png", image["src"])
    assert size_of(site.output / narrow) == (480, 240)


def test_a_width_that_is_given_decides_the_height(site):
    site.write("static/pic.png", picture(100, 50))
    site.write("a.html", '<img src="/static/pic.png" alt="" width="40" loading="eager">')
    site.build()
    image = image_in(site, "a/index.html")
    assert (image["width"], image["height"]) == ("40", "20")
    assert image.get("loading", "eager") == "eager"


def test_sideways_photographs_are_measured_as_they_are_seen(site):
    exif = Image.Exif()
    exif[0x0112] = 6
    site.write("static/pic.jpg", picture(100, 50, "JPEG", exif=exif))
    site.write("a.html", '<img src="/static/pic.jpg" alt="">')
    site.build()
    image = image_in(site, "a/index.html")
    assert (image["width"], image["height"]) == ("50", "100")


def test_candidates_of_a_srcset_are_rewritten(site):
    site.write("static/pic.png", picture(100, 50))
    site.write("a.html", '<img src="/static/pic.png" alt="" srcset="/static/pic.png 1x, /static/pic.png 2x">')
    site.build()
    srcset = image_in(site, "a/index.html")["srcset"]
    assert re.fullmatch(r"/static/pic\.\w{20}\.png 1x, /static/pic\.\w{20}\.png 2x", srcset)


@pytest.mark.parametrize("release", [False, True])
def test_every_compressed_sibling_unpacks_to_its_original(small_site, release):
    small_site.write("long.md", "# Long\n\n" + "Some words. " * 200)
    small_site.build(release=release)
    packed = [path for path in small_site.output.rglob("*") if path.suffix in (".gz", ".br")]
    assert {path.with_suffix("").name for path in packed} >= {"index.html", "sitemap.xml"}
    for path in packed:
        unpack = gzip.decompress if path.suffix == ".gz" else brotli.decompress
        assert unpack(path.read_bytes()) == path.with_suffix("").read_bytes()


def test_tiny_files_and_pictures_have_no_siblings(site):
    site.write("static/tiny.txt", "x" * 255)
    site.write("static/big.txt", "x" * 256)
    site.write("static/pic.png", picture(300, 300))
    site.build()
    assert "static/tiny.txt.gz" not in site.files()
    assert {"static/big.txt.gz", "static/big.txt.br"} <= site.files().keys()
    assert not [path for path in site.files() if re.search(r"png\.(gz|br)", path)]


class PicturePatterns:
    """A project that draws placeholder pictures, up to a size."""

    @staticmethod
    def draw(request, width, height):
        return HttpResponse(picture(width, height)) if width < 2000 else HttpResponse(b"too wide", status=400)

    urlpatterns = [url_path("image/<int:width>x<int:height>/", draw)]


def test_placeholder_pictures_are_drawn_by_the_project_and_written_out(site, settings):
    settings.ROOT_URLCONF = PicturePatterns
    site.write("a.html", '{% placeholder 60 40 "Our <team>" %}')
    site.build()
    path = built(site, r"image/60x40\.\w{20}\.png")
    assert size_of(site.output / path) == (60, 40)
    assert image_in(site, "a/index.html") == {
        "src": f"/{path}",
        "width": "60",
        "height": "40",
        "alt": "Our <team>",
        "loading": "lazy",
    }


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        (PicturePatterns, "was refused (400): too wide"),
        (type("None", (), {"urlpatterns": []}), "no app that draws"),
    ],
)
def test_a_placeholder_picture_that_cannot_be_drawn_is_an_error(site, settings, patterns, said):
    settings.ROOT_URLCONF = patterns
    site.write("a.html", "{% placeholder 2000 40 %}")
    with pytest.raises(Exception, match=re.escape(said)):
        site.build()


def test_the_look_of_sitegen_is_published_only_where_it_is_used(site):
    site.write(
        "layouts/base.html", "<html lang=en><title>x</title><body>{% block content %}{% endblock %}</body></html>"
    )
    site.write("search.md", "# Own\n")
    site.write("index.md", "# Home\n")
    site.build()
    assert not [path for path in site.files() if path.startswith("static/")]
    site.remove("layouts/base.html")
    site.build()
    assert built(site, r"static/sitegen/site\.\w{20}\.css")
