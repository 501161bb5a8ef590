"""The parts that docs/one-file-projects.md adds to a project in one file, each tried as it is written there."""

import os
import re
import subprocess
import sys
from textwrap import dedent, indent

import pytest
from django.conf import settings
from django.core.management import call_command

pytestmark = pytest.mark.slow

PAGE = (settings.BASE_DIR / "docs/one-file-projects.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:<!--|/\*) (\S+)")
# What the admin asks for at the terminal.
ANSWERS = {
    "DJANGO_SUPERUSER_PASSWORD": "secret",
    "DJANGO_SUPERUSER_USERNAME": "ada",
    "DJANGO_SUPERUSER_EMAIL": "ada@b.example",
}


class Project:
    """A new project, to which parts of the page are added."""

    def __init__(self, folder):
        self.folder = folder / "hello"
        self.folder.mkdir()
        call_command("startproject", "hello", self.folder)

    def add(self, part, *, with_commands=True):
        """Follow the section "Add …": its code, its files and its commands, in the order of the page."""
        section = PAGE.partition(f"## Add {part}\n")[2].partition("\n## ")[0]
        assert section, part
        for language, content in BLOCK.findall(section):
            if language == "console":
                for line in content.splitlines() if with_commands else ():
                    self.command(line.removeprefix("$ "))
            elif language == "python":
                self.insert(content)
            else:
                file = self.folder / FILE.match(content)[1]
                file.parent.mkdir(exist_ok=True)
                file.write_text(content)

    def command(self, line):
        words = line.replace("createsuperuser", "createsuperuser --noinput").split()
        self.run(*([sys.executable, *words[1:]] if words[0] == "python" else words), **ANSWERS)

    def insert(self, code):
        place, _, code = code.partition("\n")
        anchors = {
            "# settings": "\n\ndef home(",
            "# above urlpatterns": "\nurlpatterns",
            "# below urlpatterns": "wsgi, asgi",
        }
        file = self.folder / "hello.py"
        before, anchor, after = file.read_text().partition(anchors[place])
        assert anchor
        code = indent(code, "    ") if place == "# settings" else code
        file.write_text(f"{before}{code}{anchor}{after}")

    def ask(self, script, **environment):
        """Return what a script prints that has the project and a client of Django's tests."""
        script = f"import hello; from django.test import Client; client = Client()\n{dedent(script)}"
        return self.run(sys.executable, "-c", script, **environment)

    def run(self, *command, **environment):
        names = ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "DJANGO_SETTINGS_MODULE")
        clean = {name: value for name, value in os.environ.items() if name not in names}
        clean |= {"ALLOWED_HOSTS": "testserver,localhost"} | environment
        done = subprocess.run(
            list(map(str, command)), cwd=self.folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.mark.parametrize(
    "parts",
    [["static files"], ["a database", "an API route"], ["static files", "a database", "the admin"]],
    ids=lambda parts: parts[-1],
)
def test_a_part_needs_no_other_than_those_that_it_goes_on_from(project, parts):
    for part in parts:
        project.add(part, with_commands=False)
    assert "no issues" in project.run(sys.executable, "hello.py", "check")


USE = """
    print(client.get("/hello/<Ada>/").content.decode().count("<p>Hello, &lt;Ada&gt;.</p>"))
    response = client.get("/static/style.css")
    print(response.status_code, response["Content-Type"], b"system-ui" in b"".join(response))
    print(hello.Note.objects.get())
    for body in ('{"text": "one"}', '{"text": ""}', '{"text": 1}', "[]", "{}", "nonsense"):
        response = client.post("/api/notes/", body, content_type="application/json")
        print(response.status_code, list(response.json()))
    print(len(client.get("/api/notes/").json()["notes"]), client.put("/api/notes/").status_code)
    print(client.get("/admin/login/").status_code, client.login(username="ada", password="secret"))
    print(client.post("/admin/hello/note/add/", {"text": "by hand"}).status_code)
    print(b"by hand" in client.get("/admin/hello/note/").content)
    print(client.get("/static/admin/css/base.css").status_code, client.get("/").status_code)
"""
USED = """1
200 text/css; charset="utf-8" True
kept
201 ['id', 'text', 'created']
400 ['text']
201 ['id', 'text', 'created']
400 ['text']
400 ['text']
400 ['text']
3 405
200 True
302
True
200 200
"""


def test_all_parts_together_and_their_tests_and_the_check_for_production(project):
    parts = re.findall(r"^## Add (.+)$", PAGE, re.MULTILINE)
    assert parts == ["templates", "static files", "a database", "an API route", "the admin"]
    for part in parts:
        project.add(part)
        if part == "a database":
            assert (project.folder / "migrations/0001_initial.py").exists()
            assert project.ask("print(hello.Note.objects.create(text='kept').pk)") == "1\n"
    assert project.ask(USE) == USED
    assert "No changes detected" in project.run(sys.executable, "hello.py", "makemigrations")
    project.run(sys.executable, "hello.py", "test")
    key = {"SECRET_KEY": "a-key-of-more-than-fifty-characters-0123456789-abcdefghij", "ALLOWED_HOSTS": "a.example"}
    project.run(sys.executable, "hello.py", "check", "--deploy", "--fail-level=INFO", **key)
