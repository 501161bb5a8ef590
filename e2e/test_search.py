"""The rule of board/text/search.py as the browser has it: board/static/board/normalize.js."""

import unicodedata
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from board.tests.search_table import TABLE
from board.text.search import normalize

from .server import ROOT

MODULE = (ROOT / "board" / "static" / "board" / "normalize.js").read_text()
# Neither assigned nor letters by themselves; and what has one rule for thousands of signs.
LEFT_OUT = {"Cn", "Cs", "Co"}
MANY = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x17000, 0x1AFFF), (0x20000, 0x3FFFF)]


@pytest.fixture
def normalized(chromium):
    """Return what the script makes of each of many texts."""
    page = chromium.new_page()

    def normalize_all(texts):
        url = f"data:text/javascript,{quote(MODULE)}"
        script = (
            "async ([url, texts]) => { const { normalize } = await import(url); return texts.map(normalize); }"
        )
        return page.evaluate(script, [url, texts])

    yield normalize_all
    page.close()


def test_scripts_compare_every_letter_as_the_server_does(normalized):
    letters = [
        chr(code)
        for code in range(0x110000)
        if not any(first <= code <= last for first, last in MANY)
        and unicodedata.category(chr(code)) not in LEFT_OUT
    ]
    here = dict(zip(letters, normalized(letters), strict=True))
    assert {letter: text for letter, text in here.items() if text != normalize(letter)} == {}


def test_the_filter_of_a_board_looks_through_what_the_database_does(someone, sprint, add_tasks):
    fields = dict(TABLE["card"])
    del fields["first_name"], fields["last_name"]
    (task,) = add_tasks(fields.pop("name"), **fields)
    person = someone().open_board(sprint)
    card, field = person.page.locator(f'[data-task="{task}"]'), person.page.locator(".filter input")
    card.locator(".assignee").evaluate("(assignee, name) => (assignee.title = name)", "Zoë Lind")
    for words in TABLE["matches"]:
        field.fill(words)
        expect(card).to_be_visible()
    for words in TABLE["non_matches"]:
        field.fill(words)
        expect(card).to_be_hidden()
