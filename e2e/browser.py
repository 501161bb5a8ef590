"""The Chromium of every test that needs one: CHROMIUM_BIN, else the first one on PATH, else Playwright's own."""

import os
import shutil

from .server import ROOT

# Names in the order of .ci/setup. A browser of a closed network is not to look for updates.
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
HEADED = os.environ.get("HEADED") == "1"


def launch(playwright):
    """Start a browser and return it."""
    names = [os.environ.get("CHROMIUM_BIN"), *CHROMIUMS]
    paths = [path for name in names if name and (path := shutil.which(name))]
    installed = {"executable_path": ROOT / "e2e" / "chromium", "env": os.environ | {"CHROMIUM": paths[0]}}
    return playwright.chromium.launch(headless=not HEADED, args=SWITCHES, **(installed if paths else {}))
