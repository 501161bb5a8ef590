"""The browser of every test that needs one.

Chromium is CHROMIUM_BIN, else the first one on PATH, else Playwright's own. Its shell without windows of its own costs
a seventh less than the whole browser. ENGINE=firefox takes Debian's Firefox
instead: FIREFOX_BIN, else the first one on PATH. Playwright drives it over WebDriver BiDi.
"""

import os
import shutil

# Names in the order of .ci/setup. A browser of a closed network is not to look for updates.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FIREFOXES = ("firefox-esr", "firefox")
ENGINE = os.environ.get("ENGINE", "chromium")
HEADED = os.environ.get("HEADED") == "1"


def launch(playwright, **options):
    """Start a browser with these options of Playwright's, too, and return it."""
    start = _launch_firefox if ENGINE == "firefox" else _launch_chromium
    return start(playwright, headless=not HEADED, **options)


def _launch_firefox(playwright, **options):
    path = _first_on_path("FIREFOX_BIN", FIREFOXES)
    return playwright.firefox.launch(channel="moz-firefox", executable_path=path, **options)


def _launch_chromium(playwright, **options):
    path = _first_on_path("CHROMIUM_BIN", CHROMIUMS[1:] if HEADED else CHROMIUMS)
    return playwright.chromium.launch(args=SWITCHES, executable_path=path, **options)


def _first_on_path(variable, known):
    names = filter(None, [os.environ.get(variable), *known])
    return next((path for name in names if (path := shutil.which(name))), None)
