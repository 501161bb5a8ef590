"""The claims of SECURITY.md and docs/asvs.md about the code: the tests and lint rules that they name exist."""

import re
import tomllib

import pytest

from .conftest import ROOT

# OWASP ASVS 5.0.0: how many requirements a section has up to level 1 and up to level 2. They are counted from 1, and those of a lower
# level come first.
REQUIREMENTS = {
    "1.1": (0, 2),
    "1.2": (5, 9),
    "1.3": (2, 11),
    "1.4": (0, 3),
    "1.5": (1, 2),
    "2.1": (1, 3),
    "2.2": (2, 3),
    "2.3": (1, 4),
    "2.4": (0, 1),
    "3.2": (2, 2),
    "3.3": (1, 4),
    "3.4": (2, 6),
    "3.5": (3, 5),
    "3.7": (0, 2),
    "4.1": (1, 3),
    "4.2": (0, 1),
    "4.3": (0, 2),
    "4.4": (1, 4),
    "5.1": (0, 1),
    "5.2": (2, 3),
    "5.3": (2, 2),
    "5.4": (0, 3),
    "6.1": (1, 3),
    "6.2": (8, 12),
    "6.3": (2, 4),
    "6.4": (2, 4),
    "6.5": (0, 5),
    "6.6": (0, 3),
    "6.8": (0, 4),
    "7.1": (0, 3),
    "7.2": (4, 4),
    "7.3": (0, 2),
    "7.4": (2, 5),
    "7.5": (0, 2),
    "7.6": (0, 2),
    "8.1": (1, 2),
    "8.2": (2, 3),
    "8.3": (1, 1),
    "8.4": (0, 1),
    "9.1": (3, 3),
    "9.2": (1, 4),
    "10.1": (0, 2),
    "10.2": (0, 2),
    "10.3": (0, 4),
    "10.4": (5, 11),
    "10.5": (0, 5),
    "10.6": (0, 2),
    "10.7": (0, 3),
    "11.1": (0, 2),
    "11.2": (0, 3),
    "11.3": (2, 3),
    "11.4": (1, 4),
    "11.5": (0, 1),
    "11.6": (0, 1),
    "12.1": (1, 3),
    "12.2": (2, 2),
    "12.3": (0, 4),
    "13.1": (0, 1),
    "13.2": (0, 5),
    "13.3": (0, 2),
    "13.4": (1, 5),
    "14.1": (0, 2),
    "14.2": (1, 4),
    "14.3": (1, 3),
    "15.1": (1, 3),
    "15.2": (1, 3),
    "15.3": (1, 7),
    "16.1": (0, 1),
    "16.2": (0, 5),
    "16.3": (0, 4),
    "16.4": (0, 3),
    "16.5": (0, 3),
    "17.1": (0, 1),
    "17.2": (0, 4),
    "17.3": (0, 2),
}
# Results that are a yes because of documentation, or because something does not exist.
PAPERS = {"6.1.1", "6.2.10", "6.4.2", "11.1.2", "12.2.2", "14.1.1", "15.1.1", "16.1.1", "16.2.3"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def results():
    """Return {item: (result, tests)} of docs/asvs.md."""
    rows = ROW.findall((ROOT / "docs" / "asvs.md").read_text())
    assert len(rows) == len({item for item, *_ in rows})
    return {item: (result, re.findall(r"`([^`]+)`", tests)) for item, result, tests in rows}


def test_each_item_of_levels_1_and_2_has_a_result(results):
    level_1, both = map(sum, zip(*REQUIREMENTS.values(), strict=True))
    assert (level_1, both) == (70, 253)
    assert list(results) == [
        f"{section}.{number}" for section, (_, count) in REQUIREMENTS.items() for number in range(1, count + 1)
    ]


def test_results_that_are_less_than_yes_are_listed_at_the_top(results):
    head = (ROOT / "docs" / "asvs.md").read_text().partition("\n## ")[0]
    for word in ("No", "In part"):
        (listed,) = re.findall(rf"^\*\*{word}\*\*: (.+)\.$", head, re.MULTILINE)
        assert listed.split(", ") == [
            item for item, (result, _) in results.items() if result.startswith(f"{word}: ")
        ]


def test_the_named_tests_exist(results):
    for item, (_, tests) in results.items():
        for test in tests:
            # A rule of the lint is named by its file.
            path, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).is_file(), (item, test)


def test_items_without_a_test_do_not_apply_or_are_documented(results):
    untested = {
        item
        for item, (result, tests) in results.items()
        if not tests and not result.startswith(("Does not apply", "No: ", "In part: "))
    }
    assert untested == PAPERS


def test_the_tests_of_each_promise_exist():
    promises = (ROOT / "SECURITY.md").read_text().partition("## What is promised")[2].partition("Not promised:")[0]
    for promise in promises.split("\n- ")[1:]:
        tests = re.findall(r"`(\w+/[\w/]*test_\w+\.py)`", promise)
        assert tests, promise
        assert all((ROOT / test).is_file() for test in tests), promise


def unhashed(lock):
    """Yield the names of packages in a lock that are not from PyPI or have a file without a hash."""
    for package in lock["package"]:
        files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        is_known = package["source"] == {"registry": "https://pypi.org/simple"} and files
        if not is_known or not all(file["hash"].startswith("sha256:") for file in files):
            yield package["name"]


def test_every_locked_file_has_a_hash():
    assert list(unhashed(tomllib.loads((ROOT / "uv.lock").read_text()))) == ["lightboard"]
