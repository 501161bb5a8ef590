"""What a browser has to load of ours."""

import re
from pathlib import Path

import brotli

SCRIPTS = Path(__file__).resolve().parent.parent / "static" / "board"
LIMIT = 15 * 1024


def test_our_scripts_are_small():
    text = "".join(_without_comments(path.read_text()) for path in sorted(SCRIPTS.glob("*.js")))
    assert len(brotli.compress(text.encode())) <= LIMIT


def _without_comments(script):
    script = re.sub(r"^\s*(//[^\n]*|/\*\*.*?\*/)$", "", script, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\n\s*", "\n", script)
