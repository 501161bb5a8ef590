"""`django-admin startproject NAME --template=templates/project`: a Django project in one file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATE = settings.BASE_DIR / "templates/project"
ADMIN = Path(sys.executable).with_name("django-admin")
LONG_KEY = "a-key-of-more-than-fifty-characters-0123456789-abcdefghij"


def run(*command, cwd, **environment):
    names = ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    command = list(map(str, command))
    return subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)


def start(folder, name="hello"):
    done = run(ADMIN, "startproject", name, f"--template={TEMPLATE}", cwd=folder)
    return done, folder / name


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    done, folder = start(tmp_path_factory.mktemp("projects"))
    assert done.returncode == 0, done.stderr
    return folder


def python(project, *arguments, **environment):
    return run(sys.executable, "hello.py", *arguments, cwd=project, **environment)


def test_it_is_one_file_of_at_most_60_lines_with_a_test_and_a_readme(project):
    assert sorted(path.name for path in project.iterdir()) == ["README.md", "hello.py", "test_hello.py"]
    assert len((project / "hello.py").read_text().splitlines()) <= 60
    assert len((project / "README.md").read_text().splitlines()) == 10
    assert (project / "hello.py").read_text().startswith("# /// script\n# requires-python")


def test_its_own_test_passes(project):
    done = python(project, "test")
    assert done.returncode == 0, done.stderr
    assert "Found 2 test(s)" in done.stdout


def test_two_projects_have_two_secret_keys(project, tmp_path):
    _, other = start(tmp_path, "other")
    keys = [
        re.search(r'"SECRET_KEY", "(.{50,})"', path.read_text())[1]
        for path in (project / "hello.py", other / "other.py")
    ]
    assert keys[0] != keys[1]


def test_the_check_for_production_is_clean_with_its_environment_set(project):
    done = python(
        project, "check", "--deploy", "--fail-level=INFO", SECRET_KEY=LONG_KEY, ALLOWED_HOSTS="example.com"
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(("name", "value"), [("DEBUG", "maybe"), ("HTTPS", "sometimes")])
def test_a_setting_that_is_wrong_is_named(project, name, value):
    done = python(project, "check", **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} must be one of")


@pytest.mark.parametrize(
    ("environment", "debug", "https"),
    [
        ({}, False, False),
        ({"DEBUG": "1"}, True, False),
        ({"ALLOWED_HOSTS": "a.example, localhost"}, False, True),
        ({"ALLOWED_HOSTS": "a.example", "HTTPS": "0"}, False, False),
    ],
)
def test_settings_come_from_the_environment_with_safe_defaults(project, environment, debug, https):
    code = "import hello, django.conf as c; print(c.settings.DEBUG, c.settings.SECURE_SSL_REDIRECT)"
    assert run(sys.executable, "-c", code, cwd=project, **environment).stdout == f"{debug} {https}\n"


ASK_BOTH = """
import asyncio, hello
from wsgiref.util import setup_testing_defaults
environ = {"HTTP_HOST": "localhost"}
setup_testing_defaults(environ)
hello.application(environ, lambda status, headers: print("WSGI", status))
assert asyncio.iscoroutinefunction(hello.application)

async def ask():
    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": b""}
    messages = [{"type": "http.request"}]
    async def receive():
        return messages.pop() if messages else await asyncio.sleep(60)
    async def send(message):
        if message["type"] == "http.response.start":
            print("ASGI", message["status"])
    await hello.application(scope, receive, send)

asyncio.run(ask())
"""


def test_its_application_answers_wsgi_and_asgi_servers(project):
    done = run(sys.executable, "-W", "ignore", "-c", ASK_BOTH, cwd=project)
    assert done.stdout == "WSGI 200 OK\nASGI 200\n", done.stderr


@pytest.mark.parametrize("name", ["class", "or", "None", "async"])
def test_a_python_keyword_is_refused_as_a_name(tmp_path, name):
    done, folder = start(tmp_path, name)
    assert done.returncode != 0
    assert "A Python keyword cannot be the name of a project" in done.stderr
    assert not (folder / f"{name}.py").exists()


@pytest.mark.parametrize("name", ["iffy", "t", "match"])
def test_a_name_that_only_resembles_a_keyword_is_fine(tmp_path, name):
    done, folder = start(tmp_path, name)
    assert done.returncode == 0, done.stderr
    assert (folder / f"{name}.py").exists()
