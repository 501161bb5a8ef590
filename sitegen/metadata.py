"""Front matter, context blocks, YAML, TOML, JSON and CSV. Nothing of it is ever run."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from typing import Any, NoReturn

import yaml

from .errors import SiteError

MARKDOWN_TYPES = (".md", ".markdown")
BLANK_LINES = r"\A(?P<before>(?:[ \t]*\n|<!--(?:(?!-->).)*-->)*)"
FRONT_MATTER = re.compile(
    BLANK_LINES + r"(?P<fence>---|\+\+\+)[ \t]*(?P<language>\w*)[ \t]*\n"
    r"(?P<text>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
JSON_FRONT_MATTER = re.compile(BLANK_LINES + r'(?=\{\s*["}])')
# Publishing these as text could publish a draft.
OPEN_FRONT_MATTER = re.compile(
    BLANK_LINES + r"(?:\+\+\+|---[ \t]*(?:\w+[ \t]*)?\n[ \t]*[\"\w-]+[ \t]*[:=]|-{4,}\n\w+:)"
)
BARE_FRONT_MATTER = re.compile(
    BLANK_LINES
    + r"(?:title|date|draft|published|layout|slug|permalink|status)[ \t]*[:=].*\n(?:\w+[ \t]*[:=]|\s*(?:\n|\Z))",
    re.IGNORECASE,
)
CONTEXT_BLOCK = re.compile(r"{%\s*block\s+context\s*%}(.*?){%\s*endblock(?:\s+context)?\s*%}[ \t]*\n?", re.DOTALL)

type Metadata = dict[str, Any]


def split_page(text: str, file: str) -> tuple[Metadata, str, int]:
    """Return the metadata of a page, its text without them, and how many lines were taken off its top.

    A page carries its metadata at its top: YAML between `---`, TOML between `+++`, or a JSON object. It may have
    a `{% block context %}` with JSON too (in Markdown: above all text); the block wins. The lines of a block are
    left empty, so that the line numbers of the rest stay what they are.

    Raises SiteError for metadata that cannot be read.
    """
    metadata, rest = split_front_matter(text, file)
    first_line = text.count("\n") - rest.count("\n")
    match = CONTEXT_BLOCK.search(rest) if "{%" in rest else None
    # Below other text of Markdown it may be quoted code.
    if match and not (file.endswith(MARKDOWN_TYPES) and rest[: match.start()].strip()):
        before = rest[: match.start()]
        line = first_line + before.count("\n") + 1
        metadata |= read_context(match[1], file, line, match.start(1) - rest.rfind("\n", 0, match.start(1)))
        rest = before + "\n" * match[0].count("\n") + rest[match.end() :]
    return metadata, rest, first_line


def split_front_matter(text: str, file: str) -> tuple[Metadata, str]:
    if match := FRONT_MATTER.match(text):
        line = match["before"].count("\n") + 1
        language = match["language"].lower() or {"---": "yaml", "+++": "toml"}[match["fence"]]
        if language not in FRONT_MATTER_READERS:
            raise SiteError(file, f"front matter in “{language}” can't be read: write YAML, TOML or JSON", line)
        data = FRONT_MATTER_READERS[language](match["text"], file, line + 1)
        return to_mapping(data, file, line + 1), text[match.end() :]
    if match := JSON_FRONT_MATTER.match(text):
        try:
            _, end = json.JSONDecoder().raw_decode(text, match.end())
        except (json.JSONDecodeError, RecursionError):
            end = len(text)
        data = read_json(text[match.end() : end], file, match["before"].count("\n") + 1)
        return to_mapping(data, file), text[end:].lstrip(" \t").removeprefix("\n")
    if match := OPEN_FRONT_MATTER.match(text):
        raise SiteError(file, "the front matter has no end", match["before"].count("\n") + 1)
    if file.endswith(MARKDOWN_TYPES) and (match := BARE_FRONT_MATTER.match(text)):
        raise SiteError(
            file, "front matter must stand between two lines of “---”", match["before"].count("\n") + 1
        )
    return {}, text


def read_mapping(text: str, file: str) -> Metadata:
    """Return the mapping that `text`, YAML or JSON, describes."""
    return to_mapping(read_yaml(text, file), file)


def to_mapping(data: object, file: str, line: int = 1) -> Metadata:
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
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise SiteError(file, f"broken YAML: {first_sentence(error)}", line) from None


def read_toml(text: str, file: str, line: int = 1) -> Any:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        row, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
        reason = first_sentence(error).partition(" (at ")[0]
        raise syntax_error("TOML", reason, file, text, line, row - 1, column - 1) from None


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


FRONT_MATTER_READERS: dict[str, Callable[[str, str, int], Any]] = {
    "yaml": read_yaml,
    "yml": read_yaml,
    "toml": read_toml,
    "json": read_json,
}


def reject_repeated_keys(pairs: list[tuple[str, Any]]) -> Metadata:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}” is given twice")
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
