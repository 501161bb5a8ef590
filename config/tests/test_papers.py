"""What SECURITY.md and docs/asvs.md claim of the code: the tests they name are there, and what is nowhere used is not."""

import ast
import re

import pytest

from .conftest import ROOT

# OWASP ASVS 5.0.0, level 1: {section: how many of its requirements, counted from 1}.
LEVEL_1 = {
    "1.2": 5,
    "1.3": 2,
    "1.5": 1,
    "2.1": 1,
    "2.2": 2,
    "2.3": 1,
    "3.2": 2,
    "3.3": 1,
    "3.4": 2,
    "3.5": 3,
    "4.1": 1,
    "4.4": 1,
    "5.2": 2,
    "5.3": 2,
    "6.1": 1,
    "6.2": 8,
    "6.3": 2,
    "6.4": 2,
    "7.2": 4,
    "7.4": 2,
    "8.1": 1,
    "8.2": 2,
    "8.3": 1,
    "9.1": 3,
    "9.2": 1,
    "10.4": 5,
    "11.3": 2,
    "11.4": 1,
    "12.1": 1,
    "12.2": 2,
    "13.4": 1,
    "14.2": 1,
    "14.3": 1,
    "15.1": 1,
    "15.2": 1,
    "15.3": 1,
}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
PRODUCT = ("api", "board", "config", "placeholder", "sitegen")


@pytest.fixture(scope="module")
def answers():
    """Return {item: (answer, tests)} of docs/asvs.md."""
    rows = ROW.findall((ROOT / "docs" / "asvs.md").read_text())
    assert len(rows) == len({item for item, *_ in rows})
    return {item: (answer, re.findall(r"`([^`]+)`", tests)) for item, answer, tests in rows}


def test_each_item_of_level_1_is_answered(answers):
    items = [f"{section}.{number}" for section, count in LEVEL_1.items() for number in range(1, count + 1)]
    assert len(items) == 70
    assert list(answers) == items


def test_the_tests_that_are_named_are_there(answers):
    for item, (_, tests) in answers.items():
        for test in tests:
            path, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / path).read_text(), (item, test)


def test_where_no_test_is_named_it_does_not_apply_or_is_a_matter_of_papers(answers):
    untested = {item for item, (answer, tests) in answers.items() if not tests and "not apply" not in answer}
    assert untested == {"6.1.1", "6.4.2", "12.2.2", "15.1.1", "15.2.1"}


# Calls and imports that would make the answers to 1.2.5, 1.3.2, 1.5.1 and 11.4.1 untrue.
CALLS = {"eval", "exec", "os.system", "os.popen", "hashlib.md5", "hashlib.sha1", "yaml.unsafe_load", "mark_safe"}
MODULES = {"pickle", "marshal", "shelve", "xml", "lxml", "defusedxml"}
ONLY_ESCAPES = "xml.sax.saxutils"
# Where HTML is made that is harmless: of cleaned Markdown, and of the manual's own pages.
MARKS_SAFE = {"board/templatetags/prose.py", "sitegen/render.py"}


def sources():
    """Give (path from the root, syntax tree) of the code that runs in an installation."""
    for part in PRODUCT:
        for path in sorted((ROOT / part).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not re.search(r"/(tests|bench|migrations)/|-tpl$", name):
                yield name, ast.parse(path.read_text())


def faults(tree):
    """Give what a module of ours may not do, in the words of the lists above."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in CALLS:
                yield called
            yield from ("shell" for keyword in node.keywords if keyword.arg == "shell")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            yield from (name for name in names if name != ONLY_ESCAPES and str(name).partition(".")[0] in MODULES)


def test_no_code_starts_a_shell_or_runs_text():
    found = {(path, fault) for path, tree in sources() for fault in faults(tree)}
    assert found == {(path, "mark_safe") for path in MARKS_SAFE}


@pytest.mark.parametrize(
    "line",
    ["eval(text)", "run(text, shell=True)", "import pickle", "from xml.dom import minidom", "hashlib.md5(b'')"],
)
def test_the_scan_finds_it(line):
    assert list(faults(ast.parse(line)))


def test_no_template_turns_escaping_off():
    templates = [path for part in (*PRODUCT, "templates") for path in (ROOT / part).rglob("*.html")]
    assert len(templates) > 40
    for path in templates:
        assert not re.search(r"\|\s*safe(seq)?\b|autoescape off", path.read_text()), path
