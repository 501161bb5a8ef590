"""Static files: compressed, under hashed names, and the modules of a page as one bundle."""

import os
import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^import (\{[^}]+\}) from "\./([\w-]+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
ANOTHER = re.compile(r"^(?:import|export)\b.*|^const \{.* as .*", re.MULTILINE)
COMMENT = re.compile(r"^\s*(?://[^\n]*|/\*\*.*?\*/)\n|/\*\* @type [^\n]*? \*/ ", re.MULTILINE | re.DOTALL)


# The storage and the path there of each file, by name.
type Paths = dict[str, tuple[Storage, str]]


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # without annotations
    """WhiteNoise without the manifest, which names every file of the installation."""

    def add_file_to_dictionary(
        self, url: str, path: str, stat_cache: dict[str, os.stat_result] | None = None
    ) -> None:
        if PurePosixPath(url).name != HashedStaticFiles.manifest_name:
            super().add_file_to_dictionary(url, path, stat_cache)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # without annotations
    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            paths = self._bundled(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundled(self, paths: Paths) -> Paths:
        """Replace the modules of a page by one bundle; imported modules are no files of their own any longer."""
        scripts = {}
        for name, (storage, path) in paths.items():
            if name.endswith(".js"):
                with storage.open(path) as file:
                    scripts[name] = file.read().decode()
        parts = {_beside(name, part) for name, script in scripts.items() for _, part in IMPORT.findall(script)}
        for name in scripts:
            if IMPORT.search(scripts[name]) and name not in parts:
                self.delete(name)
                self._save(name, ContentFile(bundle(name, scripts).encode()))
                paths = paths | {name: (self, name)}
        return {name: source for name, source in paths.items() if name not in parts}


def bundle(entry: str, scripts: Mapping[str, str]) -> str:
    """Return a module and all that it imports as one script, comments left out.

    Each module becomes a function that returns its exports, so that its own names stay local. Raises `KeyError` for a
    missing import, `graphlib.CycleError` when two modules import each other, `ValueError` for imports and exports in
    another form than ours.
    """
    order: TopologicalSorter[str] = TopologicalSorter()
    found = [entry]
    for name in found:
        needed = [_beside(name, part) for _, part in IMPORT.findall(scripts[name])]
        order.add(name, *needed)
        found += [part for part in needed if part not in found]
    *parts, _ = order.static_order()
    text = "".join([*(_part(name, scripts[name]) for name in parts), _body(scripts[entry])])
    if left := ANOTHER.search(text):
        raise ValueError(
            f'{entry}: write import {{ name }} from "./file.js"; and export at the name, not {left[0]}'
        )
    return text


def _part(name: str, script: str) -> str:
    exported = ", ".join(word for _, word in EXPORT.findall(script))
    body = EXPORT.sub(r"\1", _body(script))
    return f"const {_variable(PurePosixPath(name).stem)} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _body(script: str) -> str:
    return IMPORT.sub(lambda found: f"const {found[1]} = {_variable(found[2])};", COMMENT.sub("", script))


def _variable(stem: str) -> str:
    return f"${stem.replace('-', '_')}"


def _beside(name: str, stem: str) -> str:
    return str(PurePosixPath(name).with_name(f"{stem}.js"))
