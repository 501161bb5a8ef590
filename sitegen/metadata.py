"""The data of a site: front matter, context blocks, site.yaml and the files in data/.

Nothing of it is ever run.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from .errors import SiteError

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 64 * 1024
MAX_DATA_BYTES = 5 * 1024 * 1024

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
CONTEXT_BLOCK = re.compile(r"{%\s*block\s+context\s*%}(.*?){%\s*endblock(?:\s+context)?\s*%}[ \t]*\n?", re.DOTALL)


type Metadata = dict[str, Any]


def read_mapping(text: str, file: str, line: int = 1) -> Metadata:
    """Return the mapping that `text`, YAML or JSON, describes."""
    data = read_yaml(text, file, line=line, limit=MAX_BYTES)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise SiteError(file, f"expected names with values, such as “title: About”, not {short(data)}", line)
    return {str(key): value for key, value in data.items()}


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
    if match := find_context(text, file):
        before = text[: match.start()]
        line = first_line + before.count("\n") + 1
        column = match.start(1) - text.rfind("\n", 0, match.start(1))
        metadata |= read_context(match[1], file, line, column)
        text = before + "\n" * match[0].count("\n") + text[match.end() :]
    return metadata, text, first_line


def find_context(text: str, file: str) -> re.Match[str] | None:
    """Return the match of the context block: in Markdown only at the top, for below it may be quoted code."""
    match = CONTEXT_BLOCK.search(text)
    is_quoted = match and file.endswith(".md") and text[: match.start()].strip()
    return None if is_quoted else match


def read_context(text: str, file: str, line: int, column: int) -> Metadata:
    """Return the JSON object in a context block that begins at this line and column."""
    if not text.strip():
        return {}
    data = read_json(text, file, line=line, column=column, limit=MAX_BYTES)
    if not isinstance(data, dict):
        raise SiteError(file, f"expected a JSON object {{…}} in the context block, not {short(data)}", line)
    return data


def read_yaml(text: str, file: str, line: int = 1, limit: int = MAX_DATA_BYTES) -> Any:
    import yaml  # takes longer to import than a build that has nothing to read

    reject_oversize(text, file, line, limit)
    try:
        if "*" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml_loader())):
            raise SiteError(file, "aliases (*name) are not allowed in metadata", line)
        return yaml.load(text, yaml_loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row, column = (mark.line, mark.column) if mark else (0, 0)
        reason = ", ".join(filter(None, [error.context, error.problem]))
        raise syntax_error("YAML", file, text, line, row, column, reason) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SiteError(file, f"broken YAML: {first_sentence(error)}", line) from None


@cache
def yaml_loader() -> "type[yaml.SafeLoader]":
    """Return the loader: the C one, ten times faster, where PyYAML has it; repeated keys are an error."""
    import yaml

    def construct_unique_mapping(loader: "yaml.SafeLoader", node: "yaml.MappingNode") -> dict[Any, Any]:
        loader.flatten_mapping(node)
        keys = set()
        for key_node, _ in node.value:
            key = loader.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float, bool)):
                raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=key_node.start_mark)
            if key in keys:
                raise yaml.MarkedYAMLError(problem=f"“{key}” is given twice", problem_mark=key_node.start_mark)
            keys.add(key)
        return yaml.SafeLoader.construct_mapping(loader, node, deep=True)

    fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(fastest):  # type: ignore[misc]  # chosen at run time
        """YAML without repeated keys, of which the last would silently win."""

    Loader.add_constructor("tag:yaml.org,2002:map", construct_unique_mapping)
    return Loader


def read_json(text: str, file: str, line: int = 1, column: int = 1, limit: int = MAX_DATA_BYTES) -> Any:
    reject_oversize(text, file, line, limit)
    try:
        return json.loads(text, object_pairs_hook=reject_repeated_keys, parse_constant=reject_constant)
    except json.JSONDecodeError as error:
        shift = column - 1 if error.lineno == 1 else 0
        raise syntax_error("JSON", file, text, line, error.lineno - 1, error.colno - 1, error.msg, shift) from None
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


def reject_repeated_keys(pairs: list[tuple[str, Any]]) -> Metadata:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}” is given twice")
    return mapping


def reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def reject_oversize(text: str, file: str, line: int, limit: int) -> None:
    if len(text) > limit:
        raise SiteError(file, f"{len(text)} characters of data, more than the {limit} allowed", line)


def syntax_error(
    language: str, file: str, text: str, first_line: int, row: int, column: int, reason: str, shift: int = 0
) -> SiteError:
    lines = text.splitlines()
    excerpt = lines[row] if row < len(lines) else ""
    return SiteError(file, f"broken {language}: {reason}", first_line + row, column + shift + 1, excerpt)


def first_sentence(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else "nested too deeply"


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
