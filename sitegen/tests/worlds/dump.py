"""A built site as text: `python -m sitegen.tests.worlds.dump` writes what the tests compare with."""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from sitegen.build import build_site

HERE = Path(__file__).parent
WORLDS = ("mkdocs", "hugo", "zola", "eleventy", "jekyll")
NOW = datetime(2026, 11, 27, tzinfo=UTC)
OURS = re.compile(r"static/sitegen/|search/|404\.html|robots\.txt|\.sitegen$|.*\.(?:gz|br)$")


def dump(world: str, output: Path) -> str:
    """Build the site in the manner of another generator; return its warnings, files, and what its pages show."""
    report = build_site(HERE / world, output, now=NOW)
    rows = [f"left out: {name}" for names in report.left_out.values() for name in names]
    rows += [str(warning).replace(f"{HERE}/", "") for warning in report.warnings]
    for path in sorted(output.rglob("*")):
        name = path.relative_to(output).as_posix()
        if path.is_file() and not OURS.match(name):
            rows.append(f"\n--- {name}" + (f"\n{shown(path)}" if path.suffix == ".html" else ""))
    return re.sub(r"\.[0-9a-f]{20}\.", ".HASH.", "\n".join(rows)) + "\n"


def shown(path: Path) -> str:
    """Return the title, the description and the main part of a page."""
    tree = LexborHTMLParser(path.read_text())
    title, main = tree.css_first("title"), tree.css_first("main") or tree.body
    description = tree.css_first("meta[name=description]")
    head = [title.text() if title else "", (description and description.attributes["content"]) or ""]
    lines = (main.html or "" if main else "").splitlines()
    return "\n".join([*head, *(line.strip() for line in lines if line.strip())])


if __name__ == "__main__":
    for world in WORLDS:
        with tempfile.TemporaryDirectory() as folder:
            (HERE / f"{world}.txt").write_text(dump(world, Path(folder) / "out"))
