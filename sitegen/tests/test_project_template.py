"""`manage.py startproject NAME`: a Django project in one file."""

import json
import os
import re
import socket
import subprocess
import sys
import time

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.startproject import Command as DjangosCommand
from django.template import TemplateDoesNotExist

TEMPLATE = settings.BASE_DIR / "templates/project"
LONG_KEY = "a-key-of-more-than-fifty-characters-0123456789-abcdefghij"


def run(*command, cwd, **environment):
    names = ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    command = list(map(str, command))
    return subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)


def start(folder, name="hello"):
    """Start a project in a folder, as `manage.py startproject` does."""
    (folder / name).mkdir()
    call_command("startproject", name, folder / name)
    return folder / name


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return start(tmp_path_factory.mktemp("projects"))


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


SECRET_KEY = re.compile(r'"SECRET_KEY"\) or "(.{50,})"')


def test_two_projects_have_two_secret_keys(project, tmp_path):
    keys = [
        SECRET_KEY.search(path.read_text())[1] for path in (project / "hello.py", start(tmp_path) / "hello.py")
    ]
    assert keys[0] != keys[1]


def test_the_check_for_production_is_clean_with_its_environment_set(project):
    done = python(
        project, "check", "--deploy", "--fail-level=INFO", SECRET_KEY=LONG_KEY, ALLOWED_HOSTS="example.com"
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


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


def test_such_a_host_is_refused_by_the_project_and_by_the_picture_service():
    patterns = [re.compile(HOST, re.ASCII), re.compile(service_hosts(), re.ASCII)]
    for host in WRONG_HOSTS:
        assert not any(all(pattern.fullmatch(each) for each in host.split(",")) for pattern in patterns), host


RIGHT_HOSTS = [
    "*",
    "nas",
    "localhost",
    "a.example",
    ".a.example",
    "xn--4ca.example",
    "3com.example",
    "10.0.0.7",
    "[fd00::1]",
]


def test_a_host_that_a_request_can_have_is_taken():
    for host in RIGHT_HOSTS:
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
# environment: how the one sentence starts with which the start ends
WRONG_ENVIRONMENTS = [
    ({"DEBUG": "maybe"}, "DEBUG must be one of"),
    ({"HTTPS": "sometimes"}, "HTTPS must be one of"),
    (
        {"ALLOWED_HOSTS": "a.example, https://b.example"},
        "ALLOWED_HOSTS must be names such as a.example, without scheme, port or path, not 'https://b.example'.",
    ),
]
# Prints the settings for each environment, or why it cannot start, each in a process of its own.
SHOW_SETTINGS = """
import json, os, sys
import django.conf, django.core.handlers.asgi, django.core.management
for environment in json.loads(sys.argv[1]):
    if not os.fork():
        os.environ.update(environment)
        try:
            import hello
            shown = [django.conf.settings.DEBUG, django.conf.settings.SECURE_SSL_REDIRECT]
        except SystemExit as error:
            shown = error.code
        print(json.dumps(shown), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def shown(project):
    """What the project prints in each environment."""
    environments = json.dumps([environment for environment, _ in [*ENVIRONMENTS, *WRONG_ENVIRONMENTS]])
    done = run(sys.executable, "-c", SHOW_SETTINGS, environments, cwd=project)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_settings_come_from_the_environment_with_safe_defaults(shown):
    assert list(map(tuple, shown[: len(ENVIRONMENTS)])) == [settings for _, settings in ENVIRONMENTS]


def test_a_setting_that_is_wrong_stops_the_start_and_is_named(shown):
    for said, (_, expected) in zip(shown[len(ENVIRONMENTS) :], WRONG_ENVIRONMENTS, strict=True):
        assert said.startswith(expected)
        assert "\n" not in said


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

from asgiref.compatibility import is_double_callable
from hypercorn.utils import is_asgi
print("Daphne and Hypercorn", not is_double_callable(hello.application), is_asgi(hello.application))
"""


def test_its_application_answers_wsgi_and_asgi_and_servers_that_guess_take_it_for_asgi(project):
    done = run(sys.executable, "-W", "ignore", "-c", ASK_BOTH, cwd=project)
    assert done.stdout == "WSGI 200 OK\nASGI 200\nDaphne and Hypercorn True True\n", done.stderr


# Of each kind; what Daphne and Hypercorn find out by themselves is tested above.
SERVERS = {
    "gunicorn": ["gunicorn", "--bind", "127.0.0.1:{port}", "hello:application"],
    "uvicorn": ["uvicorn", "--port", "{port}", "hello:application"],
    "waitress": ["waitress", "--listen", "127.0.0.1:{port}", "hello:application"],
}


@pytest.mark.parametrize("server", SERVERS)
def test_servers_serve_it(project, tmp_path, server):
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


@pytest.mark.parametrize("name", ["class", "or", "None", "async", "os", "a b", "7up", "board", "tests-1"])
def test_a_name_that_cannot_be_imported_is_refused_in_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=r"\A[^\n]+\Z"):
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
    with pytest.raises(TemplateDoesNotExist, match="A Python keyword cannot be the name of a project"):
        call_command(DjangosCommand(), "class", tmp_path, template=str(TEMPLATE))
    assert not (tmp_path / "class.py").exists()


def test_django_s_own_command_makes_the_same_project(project, tmp_path):
    call_command(DjangosCommand(), "hello", tmp_path, template=str(TEMPLATE))
    ours, theirs = (
        {file.name: SECRET_KEY.sub("", file.read_text()) for file in folder.iterdir() if file.is_file()}
        for folder in (project, tmp_path)
    )
    assert theirs == ours


@pytest.mark.parametrize("name", ["iffy", "t", "match"])
def test_a_name_that_only_resembles_a_keyword_is_fine(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    call_command("startproject", name)
    assert (tmp_path / name / f"{name}.py").exists()
