"""The service alone, started as a process and asked from outside."""

import json
import os
import subprocess
import sys

import httpx
import pytest
from django.test import Client

from placeholder.tests.processes import PROJECT, service

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


WRONG_SETTINGS = [
    ("DEBUG", "perhaps"),
    ("PORT", "http"),
    ("PORT", "70000"),
    ("ALLOWED_HOSTS", "https://a.example"),
]
# Prints how the service starts with each wrong setting, each in a process of its own, and then what it has and answers.
PROCESS = """
import asyncio, json, os, sys
from wsgiref.util import setup_testing_defaults
import environs, django.core.asgi, django.core.management, django.core.wsgi, django.views.generic

def print_error(name, value):
    os.environ[name] = value
    try:
        import placeholder.__main__
        print("none")
    except SystemExit as error:
        print(error)

for name, value in json.loads(sys.argv[1]):
    sys.stdout.flush()
    if not os.fork():
        print_error(name, value)
        sys.stdout.flush()
        os._exit(0)
    os.wait()

from placeholder.__main__ import application
from asgiref.compatibility import is_double_callable
from asgiref.testing import ApplicationCommunicator
from django.apps import apps
from django.test import Client

home = Client().get("/placeholder/", headers={"host": "localhost"})
picture = Client().get("/image/300x200.webp?seed=a&text=b")
environ = {"PATH_INFO": "/image/300x200.webp"}
setup_testing_defaults(environ)
by_wsgi = []
application(environ, lambda status, headers: by_wsgi.append([status, dict(headers)["Content-Type"]]))

async def ask():
    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": "/image/300x200.webp", "headers": headers, "query_string": b""}
    communicator = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "http.request"})
    answer = await communicator.receive_output()
    return [answer["status"], dict(answer["headers"])[b"Content-Type"].decode()]

print(json.dumps({
    "apps": sorted(app.name for app in apps.get_app_configs()),
    "strangers": [name for name in sys.modules if name.split(".")[0] in ("board", "api", "config", "sitegen")],
    "home": home.status_code,
    "etag": picture["ETag"],
    "WSGI": by_wsgi[0],
    "ASGI": asyncio.run(ask()),
    "is taken for ASGI": asyncio.iscoroutinefunction(application) and not is_double_callable(application),
}))
"""


@pytest.fixture(scope="module")
def printed():
    """What a process prints that seeds its hashes otherwise; the last line is an object."""
    environment = {"PYTHONHASHSEED": "7", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", PROCESS, json.dumps(WRONG_SETTINGS)]
    found = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT, env=environment)
    *sentences, last = found.stdout.splitlines()
    return [*sentences, json.loads(last)]


def test_it_needs_no_database_no_sessions_and_no_board(printed):
    assert printed[-1]["home"] == 200
    assert printed[-1]["apps"] == ["django.contrib.staticfiles", "django_htmx", "placeholder"]
    assert printed[-1]["strangers"] == []


def test_its_application_serves_both_kinds_of_server(printed):
    assert (printed[-1]["WSGI"], printed[-1]["ASGI"]) == (["200 OK", "image/webp"], [200, "image/webp"])
    assert printed[-1]["is taken for ASGI"]


def test_an_etag_is_the_same_in_every_process(printed):
    assert printed[-1]["etag"] == Client().get("/image/300x200.webp?seed=a&text=b")["ETag"]


def test_a_setting_that_cannot_be_used_ends_the_start_and_is_named(printed):
    for sentence, (name, _) in zip(printed[:-1], WRONG_SETTINGS, strict=True):
        assert sentence.startswith("The placeholder service cannot start: ")
        assert name in sentence
