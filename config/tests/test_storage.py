"""A page's modules become one file, in one scope."""

from graphlib import CycleError
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import AppDirectoriesFinder

from config.storage import HashedStaticFiles, bundle

# Of the script of a page and trust.js, in bytes, compressed.
LIMITS = {"board/board.js": 20_275, "board/backlog.js": 21_400, "board/bell-page.js": 1_000}
CARDS = """// The cards.
const names = ["theirs"];
export const find = (/** @type {string} */ id) => names[id];
export async function settle() {}
"""
MOVES = """import { find } from "./cards.js";

/**
 * Save a move.
 * @param {string} id
 */
export function save(id) {
  return find(id);
}
"""
PAGE = """import { save } from "./moves.js";
import { find } from "./cards.js";
const board = save(1) ?? find(2);
"""


def scripts(**texts):
    return {f"app/{name}.js": text for name, text in texts.items()}


def test_modules_become_one_script_the_imported_ones_first():
    script = bundle("app/page.js", scripts(page=PAGE, moves=MOVES, cards=CARDS))
    assert (
        script
        == """const names = ["theirs"];
const find = (id) => names[id];
async function settle() {}
function save(id) {
return find(id);
}
const board = save(1) ?? find(2);
"""
    )


@pytest.mark.parametrize(
    ("name", "line"),
    [("names", "const names = [];"), ("settle", "let settle;"), ("save", "async function save() {}")],
)
def test_a_name_that_two_modules_declare_is_refused(name, line):
    with pytest.raises(ValueError, match=f"declares {name}$"):
        bundle("app/page.js", scripts(page=f"{PAGE}{line}\n", moves=MOVES, cards=CARDS))


def test_a_name_may_be_declared_again_inside_a_function():
    page = f"{PAGE}function show() {{\n  const names = [];\n  return names;\n}}\n"
    assert "const names = [];" in bundle("app/page.js", scripts(page=page, moves=MOVES, cards=CARDS))


def test_a_string_of_several_lines_is_refused():
    with pytest.raises(ValueError, match="const text"):
        bundle("app/page.js", scripts(page=f"{PAGE}const text = `two\n  lines`;\n", moves=MOVES, cards=CARDS))


def test_modules_that_import_each_other_are_refused():
    with pytest.raises(CycleError):
        bundle("app/moves.js", scripts(moves=MOVES, cards=f'import {{ save }} from "./moves.js";\n{CARDS}'))


@pytest.mark.parametrize(
    "line",
    [
        'import all from "./cards.js";',
        'import { find as seek } from "./cards.js";',
        "export default 1;",
        "export { find };",
    ],
)
def test_a_way_to_import_or_export_that_is_not_ours_is_refused(line):
    with pytest.raises(ValueError, match=r"app/page\.js"):
        bundle("app/page.js", scripts(page=f"{PAGE}{line}\n", moves=MOVES, cards=CARDS))


@pytest.fixture
def collected(tmp_path):
    """The board's static files as a browser gets them."""
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    paths = {path: (source, path) for path, source in AppDirectoriesFinder(["board"]).list([])}
    for path, (source, _) in paths.items():
        with source.open(path) as file:
            storage.save(path, file)
    list(storage.post_process(paths))
    return storage


def test_a_page_has_two_scripts_of_ours_and_they_are_small(collected):
    scripts = {name: hashed for name, hashed in collected.hashed_files.items() if name.endswith(".js")}
    assert scripts.keys() == {*LIMITS, "board/trust.js"}
    modules = Path(collected.path(scripts["board/board.js"])).read_text()
    assert all(word in modules for word in ("startDragging", "startKeys", "startLive", "startForms"))
    sizes = {name: Path(collected.path(f"{hashed}.br")).stat().st_size for name, hashed in scripts.items()}
    for name, limit in LIMITS.items():
        assert sizes[name] + sizes["board/trust.js"] <= limit
