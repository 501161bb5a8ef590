"""A page's modules become one file, in which each keeps its own names."""

from graphlib import CycleError
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import AppDirectoriesFinder

from config.storage import HashedStaticFiles, bundle

LIMIT = 17 * 1024
CARDS = """// The cards.
const board = "theirs";
export const find = (/** @type {string} */ id) => board + id;
export async function settle() {}
"""
MOVES = """import { find } from "./cards.js";

export function save() {
  return find(1);
}
"""
PAGE = """import { save } from "./moves.js";
import { find } from "./cards.js";
const board = save();
"""


def scripts(**texts):
    return {f"app/{name}.js": text for name, text in texts.items()}


def test_modules_become_one_script_the_imported_ones_first():
    script = bundle("app/page.js", scripts(page=PAGE, moves=MOVES, cards=CARDS))
    assert (
        script
        == """const $cards = (() => {
const board = "theirs";
const find = (id) => board + id;
async function settle() {}
return { find, settle };
})();
const $moves = (() => {
const { find } = $cards;

function save() {
  return find(1);
}
return { save };
})();
const { save } = $moves;
const { find } = $cards;
const board = save();
"""
    )


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
    assert scripts.keys() == {"board/board.js", "board/trust.js"}
    modules = Path(collected.path(scripts["board/board.js"])).read_text()
    assert all(word in modules for word in ("startDragging", "startKeys", "goLive", "startForms"))
    assert sum(Path(collected.path(f"{name}.br")).stat().st_size for name in scripts.values()) <= LIMIT
