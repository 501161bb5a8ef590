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

REST_OF_LINE = re.compile(r"[ \t]*\n?")

type Metadata = dict[str, Any]
type Reader = Callable[[str, str], Any]


def split_page(text: str, file: str) -> tuple[Metadata, str]:
    """Return the metadata of a page, and its text with empty lines in the place of those of the metadata.

    A page carries its metadata at its top: YAML between `---`, TOML between `+++`, or a JSON object. It may have
    a `{% block context %}` with JSON too (in Markdown: above all text); the block wins.

    Raises SiteError for metadata that cannot be read.
    """
    metadata, start = read_front_matter(text, file)
    match = CONTEXT_BLOCK.search(text, start) if "{%" in text else None
    # Below other text of Markdown it may be quoted code.
    if match and not (file.endswith(MARKDOWN_TYPES) and text[start : match.start()].strip()):
        if match[1].strip():
            metadata |= read_mapping(read_json, in_place(text, *match.span(1)), file)
        text = text[: match.start()] + "\n" * match[0].count("\n") + text[match.end() :]
    return metadata, "\n" * text.count("\n", 0, start) + text[start:]


def read_front_matter(text: str, file: str) -> tuple[Metadata, int]:
    """Return the metadata at the top of a text, and where the rest of it begins."""
    if match := FRONT_MATTER.match(text):
        language = match["language"].lower() or {"---": "yaml", "+++": "toml"}[match["fence"]]
        if language not in READERS:
            reason = f"front matter in “{language}” can't be read: write YAML, TOML or JSON"
            raise SiteError(file, reason, line_at(text, match.start("fence")))
        return read_mapping(READERS[language], in_place(text, *match.span("text")), file), match.end()
    if match := JSON_FRONT_MATTER.match(text):
        try:
            _, end = json.JSONDecoder().raw_decode(text, match.end())
        except (json.JSONDecodeError, RecursionError):
            end = len(text)
        metadata = read_mapping(read_json, in_place(text, match.end(), end), file)
        return metadata, end + len(REST_OF_LINE.match(text, end)[0])  # type: ignore[index]  # matches anything
    if match := OPEN_FRONT_MATTER.match(text):
        raise SiteError(file, "the front matter has no end", line_at(text, match.end("before")))
    if file.endswith(MARKDOWN_TYPES) and (match := BARE_FRONT_MATTER.match(text)):
        reason = "front matter must stand between two lines of “---”"
        raise SiteError(file, reason, line_at(text, match.end("before")))
    return {}, 0


def in_place(text: str, start: int, end: int) -> str:
    """Return part of a text behind as many lines and spaces as are before it, so that errors have their places."""
    return "\n" * text.count("\n", 0, start) + " " * (start - text.rfind("\n", 0, start) - 1) + text[start:end]


def line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def first_line(text: str) -> int:
    return line_at(text, len(text) - len(text.lstrip()))


def read_mapping(read: Reader, text: str, file: str) -> Metadata:
    """Return the names and values that a text describes. Raises SiteError."""
    data = read(text, file)
    if not isinstance(data, dict | None):
        reason = f"expected names with values, such as “title: About”, not {short(data)}"
        raise SiteError(file, reason, first_line(text))
    return {str(key): value for key, value in (data or {}).items()}


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


def read_yaml(text: str, file: str) -> Any:
    try:
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(filter(None, [error.context, error.problem]))
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise SiteError(file, f"broken YAML: {reason}", *place) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise SiteError(file, f"broken YAML: {first_sentence(error)}", first_line(text)) from None


def read_toml(text: str, file: str) -> Any:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason, _, place = first_sentence(error).partition(" (at ")
        line, column = map(int, re.findall(r"\d+", place) or (line_at(text, len(text)), 1))
        raise SiteError(file, f"broken TOML: {reason}", line, column) from None


def read_json(text: str, file: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=reject_repeated_keys, parse_constant=reject_constant)
    except json.JSONDecodeError as error:
        raise SiteError(file, f"broken JSON: {error.msg}", error.lineno, error.colno) from None
    except (ValueError, RecursionError) as error:
        raise SiteError(file, f"broken JSON: {first_sentence(error)}", first_line(text)) from None


def read_csv(text: str, file: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(text), strict=True, restkey="")
    try:
        return list(rows)
    except csv.Error as error:
        raise SiteError(file, f"broken CSV: {error}", rows.line_num) from None


READERS: dict[str, Reader] = {"yaml": read_yaml, "yml": read_yaml, "toml": read_toml, "json": read_json}


def reject_repeated_keys(pairs: list[tuple[str, Any]]) -> Metadata:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}” is given twice")
    return mapping


def reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def first_sentence(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else "nested too deeply"


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
