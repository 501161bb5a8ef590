"""The data of a site: front matter, context blocks, site.yaml and the files in data/.

Nothing of it is ever run.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from os.path import splitext
from typing import Any, NoReturn

import yaml

from .errors import SiteError
from .folder import Folder

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
CONTEXT_BLOCK = re.compile(r"{%\s*block\s+context\s*%}(.*?){%\s*endblock(?:\s+context)?\s*%}[ \t]*\n?", re.DOTALL)

type Metadata = dict[str, Any]


def split_page(text: str, file: str) -> tuple[Metadata, str, int]:
    """Return the metadata of a page, its text without them, and how many lines were taken off its top.

    A page carries its metadata as YAML or JSON between two `---` lines at its top, as JSON in a
    `{% block context %}` (in Markdown: above all text), or both; the block wins. The lines of a block are
    left empty, so that the line numbers of the rest stay what they are.

    Raises SiteError for metadata that cannot be read.
    """
    metadata: Metadata = {}
    first_line = 0
    if match := FRONT_MATTER.match(text):
        metadata = read_mapping(match[1], file, 2)
        first_line = match[0].count("\n")
        text = text[match.end() :]
    match = CONTEXT_BLOCK.search(text) if "{%" in text else None
    # Below other text of Markdown it may be quoted code.
    if match and not (file.endswith(".md") and text[: match.start()].strip()):
        before = text[: match.start()]
        line = first_line + before.count("\n") + 1
        metadata |= read_context(match[1], file, line, match.start(1) - text.rfind("\n", 0, match.start(1)))
        text = before + "\n" * match[0].count("\n") + text[match.end() :]
    return metadata, text, first_line


def read_mapping(text: str, file: str, line: int = 1) -> Metadata:
    """Return the mapping that `text`, YAML or JSON, describes."""
    data = read_yaml(text, file, line)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise SiteError(file, f"expected names with values, such as “title: About”, not {short(data)}", line)
    return {str(key): value for key, value in data.items()}


def read_context(text: str, file: str, line: int, column: int) -> Metadata:
    """Return the JSON object in a context block that begins at this line and column."""
    if not text.strip():
        return {}
    data = read_json(text, file, line, column)
    if not isinstance(data, dict):
        raise SiteError(file, f"expected a JSON object {{…}} in the context block, not {short(data)}", line)
    return data


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # written in C where there is one
    """YAML without repeated keys, of which the last would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        names = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=key.start_mark)
            if key.value in names:
                raise yaml.MarkedYAMLError(problem=f"“{key.value}” is given twice", problem_mark=key.start_mark)
            names.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(text: str, file: str, line: int = 1) -> Any:
    try:
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row, column = (mark.line, mark.column) if mark else (0, 0)
        reason = ", ".join(filter(None, [error.context, error.problem]))
        raise syntax_error("YAML", reason, file, text, line, row, column) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SiteError(file, f"broken YAML: {first_sentence(error)}", line) from None


def read_json(text: str, file: str, line: int = 1, column: int = 1) -> Any:
    """Return the value of a JSON text that begins at this line and column of its file."""
    try:
        return json.loads(text, object_pairs_hook=reject_repeated_keys, parse_constant=reject_constant)
    except json.JSONDecodeError as error:
        shift = column - 1 if error.lineno == 1 else 0
        raise syntax_error("JSON", error.msg, file, text, line, error.lineno - 1, error.colno - 1, shift) from None
    except (ValueError, RecursionError) as error:
        raise SiteError(file, f"broken JSON: {first_sentence(error)}", line) from None


def read_csv(text: str, file: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(text), strict=True, restkey="")
    try:
        return list(rows)
    except csv.Error as error:
        raise SiteError(file, f"broken CSV: {error}", rows.line_num) from None


DATA_READERS: dict[str, Callable[[str, str], Any]] = {
    ".json": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".csv": read_csv,
}


class DataFolder(dict[str, Any]):
    """The data of a folder by name, as opposed to the content of a file."""


def read_data(folder: Folder) -> tuple[DataFolder, list[SiteError]]:
    """Return the content of the files in data/ by their names, and the SiteErrors of unusable ones.

    `data/team.json` is `team`; `data/team/berlin.json` is `berlin` within `team`.
    """
    data = DataFolder()
    problems: list[SiteError] = []
    for path in folder.files:
        stem, suffix = splitext(path)
        if path.startswith("data/") and suffix in DATA_READERS:
            try:
                content = DATA_READERS[suffix](folder.read_text(path), folder.place(path))
                add_data(data, stem.split("/")[1:], content, folder.place(path))
            except SiteError as error:
                problems.append(error)
    return data, problems


def add_data(data: DataFolder, names: list[str], content: Any, file: str) -> None:
    """Put content where its names lead. Raises SiteError where something is already."""
    *folders, name = names
    for each in folders:
        data = data.setdefault(each, DataFolder())
        if not isinstance(data, DataFolder):
            raise SiteError(file, f"is data named “{each}”, as a file beside the folder is")
    if name in data:
        raise SiteError(file, f"is data named “{name}”, as another file or folder is")
    data[name] = content


def reject_repeated_keys(pairs: list[tuple[str, Any]]) -> Metadata:
    mapping: Metadata = {}
    for name, value in pairs:
        if name in mapping:
            raise ValueError(f"“{name}” is given twice")
        mapping[name] = value
    return mapping


def reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def syntax_error(
    language: str, reason: str, file: str, text: str, first_line: int, row: int, column: int, shift: int = 0
) -> SiteError:
    lines = text.splitlines()
    excerpt = lines[row] if row < len(lines) else ""
    return SiteError(file, f"broken {language}: {reason}", first_line + row, column + shift + 1, excerpt)


def first_sentence(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else "nested too deeply"


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
