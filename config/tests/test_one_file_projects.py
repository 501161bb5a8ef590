"""The parts that docs/one-file-projects.md adds to a project in one file, each tried as it is written there."""

import os
import re
import subprocess
import sys
from textwrap import dedent, indent

import pytest
from django.conf import settings

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

    def __init__(self, folder, *parts):
        self.folder = folder / "hello"
        self.run(sys.executable, settings.BASE_DIR / "manage.py", "startproject", "hello", cwd=folder)
        for part in parts:
            self.add(part)

    def add(self, part):
        """Follow the section "Add …": its code, its files and its commands, in the order of the page."""
        section = PAGE.partition(f"## Add {part}\n")[2].partition("\n## ")[0]
        assert section, part
        for language, content in BLOCK.findall(section):
            if language == "console":
                for line in content.splitlines():
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

    def run(self, *command, cwd=None, **environment):
        names = ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "DJANGO_SETTINGS_MODULE")
        clean = {name: value for name, value in os.environ.items() if name not in names}
        clean |= {"ALLOWED_HOSTS": "testserver,localhost"} | environment
        done = subprocess.run(
            list(map(str, command)), cwd=cwd or self.folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_templates(tmp_path):
    found = Project(tmp_path, "templates").ask("print(client.get('/hello/<Ada>/').content.decode())")
    assert "<p>Hello, &lt;Ada&gt;.</p>" in found


def test_static_files(tmp_path):
    project = Project(tmp_path, "static files")
    script = """
        response = client.get("/static/style.css")
        print(response.status_code, response["Content-Type"], b"system-ui" in b"".join(response))
    """
    assert project.ask(script) == "True\n".join(['200 text/css; charset="utf-8" ', ""])


def test_a_database_with_migrations(tmp_path):
    project = Project(tmp_path, "a database")
    assert (project.folder / "migrations/0001_initial.py").exists()
    assert project.ask("print(hello.Note.objects.create(text='kept').pk)") == "1\n"
    assert project.ask("print(hello.Note.objects.get())") == "kept\n"
    project.run(sys.executable, "hello.py", "makemigrations", "--check")
    assert "No changes detected" in project.run(sys.executable, "hello.py", "makemigrations")


def test_an_api_route(tmp_path):
    project = Project(tmp_path, "a database", "an API route")
    script = """
        for body in ('{"text": "one"}', '{"text": ""}', '{"text": 1}', "[]", "{}", "nonsense"):
            response = client.post("/api/notes/", body, content_type="application/json")
            print(response.status_code, list(response.json()))
        print(len(client.get("/api/notes/").json()["notes"]), client.put("/api/notes/").status_code)
    """
    refused = "400 ['text']\n"
    created = "201 ['id', 'text', 'created']\n"
    assert project.ask(script) == created + refused + created + refused * 3 + "2 405\n"


def test_the_admin(tmp_path):
    project = Project(tmp_path, "a database", "static files", "the admin")
    project.run(sys.executable, "hello.py", "check")
    script = """
        print(client.login(username="ada", password="secret"))
        print(client.post("/admin/hello/note/add/", {"text": "by hand"}).status_code)
        print(b"by hand" in client.get("/admin/hello/note/").content)
        print(client.get("/static/admin/css/base.css").status_code)
    """
    assert project.ask(script) == "True\n302\nTrue\n200\n"


def test_all_parts_together_and_their_tests_and_the_check_for_production(tmp_path):
    parts = re.findall(r"^## Add (.+)$", PAGE, re.MULTILINE)
    assert parts == ["templates", "static files", "a database", "an API route", "the admin"]
    project = Project(tmp_path, *parts)
    project.run(sys.executable, "hello.py", "test")
    key = {"SECRET_KEY": "a-key-of-more-than-fifty-characters-0123456789-abcdefghij", "ALLOWED_HOSTS": "a.example"}
    project.run(sys.executable, "hello.py", "check", "--deploy", "--fail-level=INFO", **key)
    script = "print([client.get(url).status_code for url in ('/', '/hello/a/', '/api/notes/', '/admin/login/')])"
    assert project.ask(script) == "[200, 200, 200, 200]\n"
