"""The preview as a process of its own, seen through a browser."""

import re
import socket
import subprocess
import sys

import httpx
import pytest
from django.conf import settings
from playwright.sync_api import expect

from e2e.server import free_port

from .conftest import SiteFolder, write_small_site

SHOWN = 10_000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve a folder for all tests here, for the network; returns it, its address and the line that was printed."""
    site = SiteFolder(tmp_path_factory.mktemp("served"))
    port = free_port()
    command = [sys.executable, "-m", "sitegen", "serve", site.folder, "--host", "0.0.0.0", "--port", str(port)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    try:
        yield site, f"http://127.0.0.1:{port}", process.stdout.readline()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture
def served_site(served):
    """The small site in the folder that is served, as it was."""
    write_small_site(served[0])
    return served[0]


@pytest.fixture
def server(served, served_site):
    return served[1]


def open_live(page, address):
    page.goto(address)
    page.wait_for_selector("html[data-live]", state="attached")


def test_an_edit_shows_itself_without_leaving_the_page(page, server, served_site):
    open_live(page, server)
    page.evaluate("window.stayed = true")
    served_site.write("index.md", "# Edited while you look\n")
    expect(page.get_by_role("heading", name="Edited while you look")).to_be_visible(timeout=SHOWN)
    assert page.evaluate("window.stayed")
    served_site.write("layouts/foot.html", "<footer>A new foot</footer>")
    expect(page.get_by_text("A new foot")).to_be_visible(timeout=SHOWN)
    assert page.complaints == []


def test_an_edited_style_sheet_takes_effect_in_place(page, server, served_site):
    open_live(page, server)
    expect(page.locator("body")).to_have_css("color", "rgb(255, 0, 0)")
    served_site.write("static/site.css", "body { color: rgb(0, 0, 255) }")
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 255)", timeout=SHOWN)


def test_an_error_is_shown_and_the_page_recovers_by_itself(page, server, served_site):
    open_live(page, f"{server}/about/")
    whole = (served_site.folder / "about.html").read_text()
    served_site.write("about.html", "<p>\n{% nonsense %}")
    expect(page.get_by_text("about.html:2")).to_be_visible(timeout=SHOWN)
    expect(page.get_by_text("{% nonsense %}")).to_be_visible()
    served_site.write("about.html", whole)
    expect(page.get_by_role("heading", name="About us")).to_be_visible(timeout=SHOWN)


def test_it_answers_with_the_policy_of_the_site_and_404(page, server):
    answer = page.request.get(f"{server}/nowhere/")
    assert answer.status == 404
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_taken_port_is_said_in_words(server, served_site):
    command = [
        sys.executable,
        "-m",
        "sitegen",
        "serve",
        str(served_site.folder),
        "--port",
        server.rpartition(":")[2],
    ]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "(Address already in use)" in done.stderr


def test_a_preview_for_the_network_answers_at_every_address_that_it_prints(served, served_site):
    _, address, line = served
    printed = re.findall(r"http://([^:]+):\d+/", line)
    assert printed == ["127.0.0.1", socket.gethostname()]
    for host in [*printed, "0.0.0.0"]:
        assert httpx.get(address, headers={"Host": f"{host}:{address.rpartition(':')[2]}"}).status_code == 200


def test_serve_site_of_the_project_is_the_same_server_for_this_machine_alone(small_site):
    port = str(free_port())
    command = [sys.executable, settings.BASE_DIR / "manage.py", "serve_site", small_site.folder, "--port", port]
    with subprocess.Popen(command, cwd=small_site.folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert str(small_site.folder) in line
            (address,) = re.findall(r"http://[^/]+/", line)
            assert address == f"http://127.0.0.1:{port}/"
            assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
        finally:
            process.terminate()
