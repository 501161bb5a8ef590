"""The service alone, started as a process and asked from outside."""

import os
import subprocess
import sys

import httpx
import pytest

from placeholder.tests.processes import running, service

SECURED = "default-src 'none'; script-src 'self'; style-src 'self'"


@pytest.fixture(scope="module")
def alone():
    with service() as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.mark.parametrize(
    "address", ["/image/300x200/", "/image/16:9/640@2x.webp?seed=a", "/image/avatar/demo.svg"]
)
def test_it_serves_pictures(alone, address):
    response = alone.get(address)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("image/")
    assert "vary" not in response.headers
    assert "set-cookie" not in response.headers
    assert alone.get(address, headers={"if-none-match": response.headers["etag"]}).status_code == 304


def test_a_head_request_has_no_wrong_length(alone):
    assert alone.head("/image/31x17/").headers.get("content-length") in (
        None,
        alone.get("/image/31x17/").headers["content-length"],
    )


def test_it_says_what_is_wrong(alone):
    response = alone.get("/image/0x200/")
    assert (response.status_code, response.text) == (400, "width: a whole number from 1 to 4000.\n")


def test_the_home_page_has_its_style_its_scripts_and_the_strict_policy(alone):
    page = alone.get("/", follow_redirects=True)
    assert page.url.path == "/placeholder/"
    assert page.headers["content-security-policy"].startswith(SECURED)
    files = [part.partition('"')[0] for part in page.text.split('"/static/')[1:]]
    scripts = ["placeholder/trust.js", "django_htmx/htmx-2.min.js", "placeholder/copy.js"]
    assert files == ["placeholder/placeholder.css", *scripts]
    for file in files:
        assert alone.get(f"/static/{file}").status_code == 200


def test_a_strange_host_is_refused(alone):
    assert alone.get("/placeholder/", headers={"host": "evil.example"}).status_code == 400


def test_it_needs_no_database_no_sessions_and_no_board():
    script = (
        "import sys; from placeholder.__main__ import settings; from django.test import Client;"
        "assert Client().get('/placeholder/', headers={'host': 'localhost'}).status_code == 200;"
        "from django.apps import apps; print(sorted(app.name for app in apps.get_app_configs()),"
        "[name for name in sys.modules if name.split('.')[0] in ('board', 'api', 'config', 'sitegen')])"
    )
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "['django.contrib.staticfiles', 'django_htmx', 'placeholder'] []"


@pytest.mark.parametrize(
    "server",
    [
        ["daphne", "-b", "127.0.0.1", "-p", "{port}", "placeholder.__main__:application"],
        [
            sys.executable,
            "-c",
            "from wsgiref.simple_server import make_server; from placeholder.__main__ import application;"
            "make_server('127.0.0.1', {port}, application).serve_forever()",
        ],
    ],
    ids=["ASGI", "WSGI"],
)
def test_its_application_serves_both_kinds_of_server(server):
    if server[0] == "daphne":
        server = [sys.executable, "-m", *server]
    with running(server) as url:
        response = httpx.get(f"{url}/image/300x200.webp")
        assert (response.status_code, response.headers["content-type"]) == (200, "image/webp")


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEBUG", "perhaps"), ("PORT", "http"), ("PORT", "70000"), ("ALLOWED_HOSTS", "https://a.example")],
)
def test_a_setting_that_cannot_be_used_ends_the_start_and_is_named(name, value):
    found = subprocess.run(
        [sys.executable, "-m", "placeholder", "check"],
        env=os.environ | {name: value},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 1
    assert found.stderr.startswith("The placeholder service cannot start: ")
    assert name in found.stderr
    assert len(found.stderr.splitlines()) == 1
