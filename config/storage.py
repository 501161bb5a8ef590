"""Static files: compressed, under hashed names, and the modules of a page as one bundle."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^import \{(?:(?! as )[^}])+\} from "\./([\w-]+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) \w)", re.MULTILINE)
ANOTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
DECLARATION = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
INDENTATION = re.compile(r"^\s+", re.MULTILINE)
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
        """Replace the modules of a page with one bundle, and drop the files of imported modules."""
        scripts = {}
        for name, (storage, path) in paths.items():
            if name.endswith(".js"):
                with storage.open(path) as file:
                    scripts[name] = file.read().decode()
        parts = {_beside(name, part) for name, script in scripts.items() for part in IMPORT.findall(script)}
        for name in scripts:
            if IMPORT.search(scripts[name]) and name not in parts:
                self.delete(name)
                self._save(name, ContentFile(bundle(name, scripts).encode()))
                paths = paths | {name: (self, name)}
        return {name: source for name, source in paths.items() if name not in parts}


def bundle(entry: str, scripts: Mapping[str, str]) -> str:
    """Return a module and all its imports as one script in one scope, without comments and indentation.

    Raises `KeyError` for a missing import, `graphlib.CycleError` when two modules import each other, `ValueError` for
    imports and exports in another form than ours, a name that two modules declare, or a string of several lines.
    """
    order: TopologicalSorter[str] = TopologicalSorter()
    found = [entry]
    for name in found:
        needed = [_beside(name, part) for part in IMPORT.findall(scripts[name])]
        order.add(name, *needed)
        found += [part for part in needed if part not in found]
    text = "".join(_body(scripts[name]) for name in order.static_order())
    if left := ANOTHER.search(text):
        raise ValueError(
            f'{entry}: write import {{ name }} from "./file.js"; and export at the name, not {left[0]}'
        )
    repeated = [name for name, count in Counter(DECLARATION.findall(text)).items() if count > 1]
    if repeated:
        raise ValueError(f"{entry}: more than one module declares {', '.join(repeated)}")
    if several := next((line for line in text.splitlines() if line.count("`") % 2), None):
        raise ValueError(f"{entry}: write strings of several lines with \\n, not {several}")
    return INDENTATION.sub("", text)


def _body(script: str) -> str:
    return EXPORT.sub("", IMPORT.sub("", COMMENT.sub("", script)))


def _beside(name: str, stem: str) -> str:
    return str(PurePosixPath(name).with_name(f"{stem}.js"))
