"""Takes pictures of every page in each size and theme, and in German, into var/e2e/pictures: make pictures."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect, sync_playwright

from e2e.accessibility import PAGES
from e2e.board_page import Person
from e2e.browser import launch
from e2e.invitations import invite
from e2e.server import ROOT, Server

PICTURES = ROOT / "var" / "e2e" / "pictures"
SIZES = {"desktop": (1440, 900), "laptop": (1024, 768), "phone": (390, 844)}
THEMES = ("light", "dark")
CARD = "Refund a ticket by its number"
FOR_STRANGERS = {"log-in": "/login/", "forgot": "/password/", "over": "/welcome/x/"}


class Camera:
    """A browser of one size, theme and language, whose pictures have these in their names."""

    def __init__(self, browser, url, size, theme, locale):
        width, height = SIZES[size]
        self.ending = f"{size}-{theme}" if locale == "en-GB" else f"{size}-{locale}"
        self.options = {"viewport": {"width": width, "height": height}, "color_scheme": theme, "locale": locale}
        self.browser, self.url = browser, url

    def arrive(self, stack, cookies=()):
        """Return a person with a new browser context."""
        context = self.browser.new_context(**self.options, reduced_motion="reduce")
        stack.callback(context.close)
        context.add_cookies(cookies)
        return Person(context.new_page(), self.url)

    def take(self, person, name, **options):
        person.page.screenshot(path=PICTURES / f"{name.replace(' ', '-')}-{self.ending}.png", **options)


def take_pictures(camera, cookies):
    with ExitStack() as stack:
        person = camera.arrive(stack, cookies)
        camera.take(person.open_demo_board(), "board")
        person.page.keyboard.press("?")
        camera.take(person, "keys")
        for name, path in PAGES.items():
            camera.take(person.go(path), name)
        stranger = camera.arrive(stack)
        for name, path in FOR_STRANGERS.items():
            camera.take(stranger.go(path), name, full_page=True)


def picture_forms(camera, cookies):
    with ExitStack() as stack:
        person = camera.arrive(stack, cookies).open_demo_board()
        person.card(CARD).get_by_role("link", name="Move").click()
        expect(person.page.get_by_label("Position")).to_be_visible()
        camera.take(person, "move")
        person.page.get_by_role("button", name="Cancel").click()
        person.card(CARD).click()
        expect(person.page.get_by_label("Assigned to")).to_be_visible()
        camera.take(person, "form")


def picture_once(camera, cookies):
    """Take pictures of what looks alike everywhere: a drag, paper, and an invitation."""
    with ExitStack() as stack:
        person = camera.arrive(stack, cookies)
        person.open_demo_board().lift(CARD)
        person.carry("testing", before="Pass in the phone's wallet")
        camera.take(person, "drag")
        person.page.keyboard.press("Escape")
        person.page.mouse.up()
        person.page.emulate_media(media="print")
        camera.take(person, "print", full_page=True)
        person.page.emulate_media(media="screen")
        link = invite(person, "cleo", "Viewer")
        camera.take(person, "person-link", full_page=True)
        camera.take(camera.arrive(stack).go(link), "welcome", full_page=True)


def main():
    with (
        TemporaryDirectory(prefix="lightboard-pictures-") as folder,
        sync_playwright() as playwright,
        ExitStack() as stack,
    ):
        server = Server(Path(folder)).start()
        stack.callback(server.stop)
        browser = launch(playwright)
        stack.callback(browser.close)
        first = Camera(browser, server.url, "desktop", "light", "en-GB")
        person = first.arrive(stack).go("/login/")
        person.log_in("demo", "demo")
        cookies = person.page.context.cookies()
        picture_once(first, cookies)
        for size in SIZES:
            for theme in THEMES:
                camera = Camera(browser, server.url, size, theme, "en-GB")
                take_pictures(camera, cookies)
                picture_forms(camera, cookies)
            take_pictures(Camera(browser, server.url, size, "light", "de-DE"), cookies)


if __name__ == "__main__":
    main()
