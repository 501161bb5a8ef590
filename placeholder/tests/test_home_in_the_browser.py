import sys

import pytest
from playwright.sync_api import expect, sync_playwright

from e2e.browser import launch
from placeholder.tests.processes import running, service


@pytest.fixture(scope="module")
def site():
    with service() as url:
        yield url


@pytest.fixture
def other_site(tmp_path):
    (tmp_path / "index.html").write_text('<!doctype html><link rel="icon" href="data:,">')
    with running([sys.executable, "-m", "http.server", "-b", "127.0.0.1", "-d", str(tmp_path), "{port}"]) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def open_home(site, browser):
    """Open the home page in a context of its own; at the end nothing may have been said on the console."""
    contexts, said = [], []

    def open_page(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{site}/placeholder/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def test_the_builder_follows_what_is_typed_says_what_is_impossible_and_copies_a_line(open_home):
    page = open_home(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Height").fill("4001")
    expect(page.get_by_text("A whole number from 1 to 4000")).to_be_visible()
    page.get_by_label("Height").fill("360")
    page.get_by_label("Width").fill("321")
    page.get_by_label("Text", exact=True).fill("Hello")
    expect(page.get_by_text("321 × 360 pixels")).to_be_visible()
    picture = page.get_by_role("img", name="Preview")
    expect(picture).to_have_attribute("src", page.locator(".copies code").first.inner_text())
    assert "text=Hello" in picture.get_attribute("src")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 321
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()").startswith("![321 × 360](http://127.0.0.1:")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_the_page_never_scrolls_sideways_and_every_picture_shows(open_home, width, scheme):
    page = open_home(viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_canvas_of_another_site_may_read_a_picture(open_home, site, other_site):
    page = open_home()
    page.goto(other_site)
    pixel = page.evaluate(
        """async (address) => {
            const image = new Image();
            image.crossOrigin = "anonymous";
            image.src = address;
            await image.decode();
            const canvas = document.createElement("canvas").getContext("2d");
            canvas.drawImage(image, 0, 0);
            return [...canvas.getImageData(1, 1, 1, 1).data];
        }""",
        f"{site}/image/9x9.png?bg=f00",
    )
    assert pixel == [255, 0, 0, 255]
