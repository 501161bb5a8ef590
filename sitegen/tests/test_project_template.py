"""`manage.py startproject NAME`: a Django project in one file."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

TEMPLATE = settings.BASE_DIR / "templates/project"
ADMIN = Path(sys.executable).with_name("django-admin")
LONG_KEY = "a-key-of-more-than-fifty-characters-0123456789-abcdefghij"


def run(*command, cwd, **environment):
    names = ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    command = list(map(str, command))
    return subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)


def start(folder, name="hello"):
    done = run(sys.executable, settings.BASE_DIR / "manage.py", "startproject", name, cwd=folder)
    return done, folder / name


def start_by_django(folder, name="hello"):
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
        re.search(r'"SECRET_KEY"\) or "(.{50,})"', path.read_text())[1]
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


WRONG_HOSTS = [
    *(
        "https://a.example",
        "a.example:8000",
        "[::1]:80",
        "a.example/",
        "user@a.example",
        "a b",
        "a_b",
        "ä.example",
    ),
    *("-a", "a-.example", "a..b", "a.example.", "*.a.example", "..a", ".", "1.2.3", "1.2.3.400", "1.2.3.4."),
    *("::1", "[::1", "[::zz]", "[1]", "a.example,", "a,,b", ","),
]
HOST = (TEMPLATE / "project_name.py-tpl").read_text().partition('HOST = r"')[2].partition('"\n')[0]


def test_a_host_that_no_request_can_have_stops_the_start_and_is_named(project):
    done = python(project, "check", ALLOWED_HOSTS="a.example, https://b.example")
    assert done.returncode == 1
    assert done.stderr == (
        "ALLOWED_HOSTS must be names such as a.example, without scheme, port or path, not 'https://b.example'.\n"
    )


@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_such_a_host_is_refused_by_the_project_and_by_the_picture_service(host):
    patterns = [re.compile(HOST, re.ASCII), re.compile(service_hosts(), re.ASCII)]
    assert not any(all(pattern.fullmatch(each) for each in host.split(",")) for pattern in patterns)


@pytest.mark.parametrize(
    "host",
    [
        "*",
        "nas",
        "localhost",
        "a.example",
        ".a.example",
        "xn--4ca.example",
        "3com.example",
        "10.0.0.7",
        "[fd00::1]",
    ],
)
def test_a_host_that_a_request_can_have_is_taken(host):
    assert re.fullmatch(HOST, host, re.ASCII)
    assert re.fullmatch(service_hosts(), host, re.ASCII)


def service_hosts():
    """Return the pattern of the placeholder service, which can't be imported beside other settings."""
    return (settings.BASE_DIR / "placeholder/__main__.py").read_text().partition('    r"')[2].partition('"')[0]


# environment: (DEBUG, SECURE_SSL_REDIRECT)
ENVIRONMENTS = [
    ({}, (False, False)),
    ({"DEBUG": "1"}, (True, False)),
    ({"DEBUG": "on"}, (True, False)),
    ({"DEBUG": "Yes"}, (True, False)),
    ({"DEBUG": "true"}, (True, False)),
    ({"DEBUG": "off"}, (False, False)),
    ({"DEBUG": "no"}, (False, False)),
    ({"DEBUG": "False"}, (False, False)),
    ({"ALLOWED_HOSTS": "192.168.1.5"}, (False, False)),
    ({"ALLOWED_HOSTS": "10.0.0.7, nas, nas.local, [fd00::1]"}, (False, False)),
    ({"ALLOWED_HOSTS": "192.168.1.5,a.example"}, (False, True)),
    ({"ALLOWED_HOSTS": "*"}, (False, True)),
    ({"ALLOWED_HOSTS": "nas.local", "HTTPS": "on"}, (False, True)),
    ({"ALLOWED_HOSTS": "a.example, localhost"}, (False, True)),
    ({"ALLOWED_HOSTS": "a.example", "HTTPS": "0"}, (False, False)),
]
# Prints the settings for each environment, each in a process of its own.
SHOW_SETTINGS = """
import json, os, sys
import django.conf, django.core.handlers.asgi, django.core.management
for environment in json.loads(sys.argv[1]):
    if not os.fork():
        os.environ.update(environment)
        import hello
        print(json.dumps([django.conf.settings.DEBUG, django.conf.settings.SECURE_SSL_REDIRECT]), flush=True)
        os._exit(0)
    os.wait()
"""


def test_settings_come_from_the_environment_with_safe_defaults(project):
    environments = json.dumps([environment for environment, _ in ENVIRONMENTS])
    done = run(sys.executable, "-c", SHOW_SETTINGS, environments, cwd=project)
    shown = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    assert shown == [settings for _, settings in ENVIRONMENTS], done.stderr


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


SERVERS = {
    "gunicorn": ["gunicorn", "--bind", "127.0.0.1:{port}", "hello:application"],
    "uvicorn": ["uvicorn", "--port", "{port}", "hello:application"],
    "daphne": ["daphne", "--port", "{port}", "hello:application"],
    "hypercorn": ["hypercorn", "--bind", "127.0.0.1:{port}", "hello:application"],
    "waitress": ["waitress", "--listen", "127.0.0.1:{port}", "hello:application"],
}


@pytest.mark.parametrize("server", SERVERS)
def test_every_server_serves_it(project, tmp_path, server):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", *(part.format(port=port) for part in SERVERS[server])]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=project, stdout=log, stderr=log)
    try:
        response = wait_for(f"http://localhost:{port}/", process)
        assert response is not None, (tmp_path / "log").read_text()
        assert "It works." in response.text
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url, process):
    """Return the response of a server that is starting, None when it ends or doesn't answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.05)
    return None


def test_a_refused_name_is_one_sentence_and_leaves_nothing(tmp_path):
    done, _ = start(tmp_path, "class")
    assert done.returncode != 0
    assert done.stderr.startswith("CommandError: ")
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["class", "or", "None", "async", "os", "a b", "7up", "board", "tests-1"])
def test_a_name_that_cannot_be_imported_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError):
        call_command("startproject", name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("target", ["new/folder", "there"])
def test_a_refused_name_leaves_the_named_folder_as_it_was(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    with pytest.raises(CommandError):
        call_command("startproject", "class", target)
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_django_s_own_command_refuses_a_keyword_too(tmp_path):
    done, folder = start_by_django(tmp_path, "class")
    assert done.returncode != 0
    assert "A Python keyword cannot be the name of a project" in done.stderr
    assert not (folder / "class.py").exists()


def test_django_s_own_command_makes_the_same_project(tmp_path):
    done, folder = start_by_django(tmp_path)
    assert done.returncode == 0, done.stderr
    assert python(folder, "test").returncode == 0


@pytest.mark.parametrize("name", ["iffy", "t", "match"])
def test_a_name_that_only_resembles_a_keyword_is_fine(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    call_command("startproject", name)
    assert (tmp_path / name / f"{name}.py").exists()
