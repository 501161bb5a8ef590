import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from e2e.browser import launch
from sitegen.build import build_site, contents
from sitegen.settings import Options

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class SiteFolder:
    """A pages folder of a test, and the output it is built into."""

    def __init__(self, folder):
        self.folder, self.output = folder / "pages", folder / "public"
        self.folder.mkdir()

    def write(self, path, content=""):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(content)
        return target

    def remove(self, path):
        (self.folder / path).unlink()

    def build(self, *only, drafts=False, future=False, base=None, release=False, **how):
        options = Options(drafts=drafts, future=future, base=base, release=release)
        return build_site(self.folder, self.output, options, only=only, **how)

    def html(self, path):
        return (self.output / path).read_text()

    def files(self):
        """The digests of the files that a build wrote, by their paths."""
        return contents(self.output)


@pytest.fixture
def site(tmp_path):
    return SiteFolder(tmp_path)


@pytest.fixture
def small_site(site):
    write_small_site(site)
    return site


def write_small_site(site):
    """Write two pages, a layout, a style sheet and a data file."""
    site.write("index.md", "# Home\n\n[About](about.html) {{ site.data.team.0.name }}\n")
    site.write(
        "about.html",
        '{% extends "base.html" %}{% block context %}{"title": "About us"}{% endblock %}'
        '{% block content %}<h1>{{ page.title }}</h1><a href="/">Home</a>{% endblock %}',
    )
    site.write(
        "layouts/base.html",
        '{% load static %}<!doctype html><html lang="en"><head><title>{{ page.title }}</title>'
        '<link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="{% static \'site.css\' %}"></head>'
        "<body><main>{% block content %}{% endblock %}</main>{% include 'foot.html' %}</body></html>",
    )
    site.write("layouts/foot.html", "<footer>Made here</footer>")
    site.write("static/site.css", "body { color: red; background: url(dot.svg) }\n")
    site.write("static/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>')
    site.write("data/team.json", '[{"name": "Alex"}]')


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page(chromium):
    """A page whose console errors and failed requests are in `page.complaints`."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda request: "ABORTED" in request.failure or page.complaints.append(request.url))
    yield page
    context.close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Plain files, with the strict policy that sites are made for."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def publish():
    """Serve a folder of files; returns its address."""
    servers = []

    def publish(folder):
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=Path(folder)))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield publish
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()
