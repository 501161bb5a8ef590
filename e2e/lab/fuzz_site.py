"""Hostile pages and preview addresses of the site generator for fuzz.py.

A page is built, or refused with its name and place; nothing else comes of it, and no file outside is read.
"""

import tempfile
import time
from pathlib import Path

import httpx

SECRET = "not for any page"
# One input in so many is an address of the preview, all others are pages.
ADDRESSES = 4
NAMES = [
    *(
        "index.md",
        "a.md",
        "a.html",
        "b/index.html",
        "layouts/page.html",
        "layouts/base.html",
        "data/d.json",
        "data/d.yaml",
    ),
    *(
        "data/d.csv",
        "site.yaml",
        "static/a.css",
        "static/a.js",
        "static/a.svg",
        "static/a.png",
        "404.md",
        "notes.txt",
    ),
    *(
        "bad name.md",
        "é.md",
        "a%2fb.md",
        "-.md",
        "a\nb.md",
        "con.md",
        "x" * 200 + ".md",
        ".hidden.md",
        "a.b.c.html",
        "feed.xml",
    ),
]
WORDS = [
    *(
        "---\n",
        "---\ntitle: A\n---\n",
        "title: ",
        "date: ",
        "tags: ",
        "draft: ",
        "layout: ",
        "redirect_from: ",
        "collection: ",
    ),
    *(
        "2026-01-01",
        "2026-13-45",
        "0000-00-00",
        "9999-12-31T23:59:59Z",
        "true",
        "null",
        "[",
        "]",
        "{",
        "}",
        ": ",
        "- ",
        "&a ",
        "*a",
    ),
    *(
        "!!python/object:os.system x",
        "!!binary x",
        "<<: ",
        "? ",
        "| \n",
        ">-\n",
        "1e999",
        ".nan",
        "0o17",
        '"',
        "'",
        "\\",
        "\n",
        "\n\n",
    ),
    *(
        "{% block context %}",
        "{% endblock %}",
        '{"a": 1}',
        '{"a": [[[[',
        "{% extends 'base.html' %}",
        "{% extends 'a.html' %}",
    ),
    *(
        "{% include 'page.html' %}",
        "{% include '/etc/passwd' %}",
        "{% include '../secret.html' %}",
        "{% load static %}",
    ),
    *(
        "{% static 'a.css' %}",
        "{% static '../secret.html' %}",
        "{% url 'a' %}",
        "{% for x in site.pages %}",
        "{% endfor %}",
    ),
    *(
        "{{ page.title }}",
        "{{ page.content }}",
        "{{ site.pages }}",
        "{{ page.__class__ }}",
        "{{ x|y }}",
    ),
    *(
        "{% lorem 9 %}",
        "{% placeholder '99999x1' %}",
        "{% if",
        "{{",
        "}}",
        "{#",
        "#}",
        "{% comment %}",
        "{% verbatim %}",
    ),
    *(
        "# A\n",
        "* " * 50,
        "> " * 200,
        "[" * 300,
        "](",
        "![x](static/a.png)",
        "[a](b.md)",
        "<script>",
        "</script>",
        "<!--",
        "-->",
    ),
    *(
        "```python\n",
        "|a|b|\n|-|-|\n",
        "&#0;",
        "&amp" * 50,
        "\0",
        "\ufeff",
        "\u202e",
        "\U0001f600",
        "é",
        "<p",
        "<table><td>",
        "<svg>",
    ),
    *(
        "@import url(//x);",
        "url(../../secret.html)",
        "/*",
        "*/",
        "<![CDATA[",
        "<?xml",
        "a,b\n1",
        '"a\n',
        "=cmd()",
        "\x1b[31m",
    ),
]
ADDRESS_PARTS = [
    *(
        "",
        "a",
        "index",
        "404",
        "static",
        "sitemap.xml",
        "search.json",
        "feed.xml",
        "..",
        ".",
        "%2e%2e",
        "%2e%2e%2f",
        "..%5c",
        "%00",
    ),
    *(
        "%ff",
        "etc",
        "passwd",
        "~",
        "C:",
        "a" * 300,
        "%0a",
        "é",
        "{{7*7}}",
        "<script>",
        "page",
        "1",
        "-1",
        "index.html",
        "site.yaml",
    ),
    *("backup", "backup.md", ".env", "layouts", "data", ";", "&", "%", "%25", "*", "sitegen", "live.js"),
]


def fuzz_site(target, count):
    """Build and ask `count` times; notes in `target.failures` what must not be."""
    chance = target.random
    with httpx.Client(timeout=60) as client:
        for number in range(count):
            if number % ADDRESSES:
                build(target, number, pages(chance))
                continue
            parts = "/".join(chance.choice(ADDRESS_PARTS) for _ in range(chance.randrange(6)))
            answer = target.send(client, client.build_request("GET", f"{target.server.url}/site/{parts}"), number)
            if answer is not None and "root:" in answer.text:
                target.fail(number, answer.request, "a file of the machine")


def pages(chance):
    """Return {name: content as bytes} of a folder that is wrong in one way or several, or not at all."""
    return {chance.choice(NAMES): content(chance) for _ in range(chance.randrange(1, 4))}


def content(chance):
    """Return the bytes of a file: words that pages are made of in any order, or bytes that mean nothing."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(500))
    words = "".join(chance.choice(WORDS) for _ in range(chance.randrange(12)))
    front = "---\n" if chance.random() < 0.3 else ""
    text = f"{front}{words}".encode()
    if text and chance.random() < 0.1:
        cut = chance.randrange(len(text))
        text = text[:cut] + chance.randbytes(1) + text[cut + 1 :]
    return text


def build(target, number, files):
    """Build a folder with these files beside a secret, and see what comes of it."""
    # Here, since the servers that are fuzzed do not need it.
    from sitegen.build import build_site
    from sitegen.errors import BuildError, SiteError

    with tempfile.TemporaryDirectory(prefix="lightboard-fuzz-site-") as folder:
        root, output = Path(folder) / "pages", Path(folder) / "public"
        for name, content_of_file in {"index.md": b"# Home\n", **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content_of_file)
        (Path(folder) / "secret.html").write_text(SECRET)
        wrong = ""
        begun = time.monotonic()
        try:
            build_site(root, output, processes=1)
        except (SiteError, BuildError):
            pass
        except Exception as error:
            wrong = f"{error!r} of {files}"
        took = time.monotonic() - begun
        if any(SECRET.encode() in path.read_bytes() for path in output.rglob("*") if path.is_file()):
            wrong = f"a file from outside in {files}"
        target.note(number, wrong, took)
