"""Compressed siblings, so that a server sends small files without work."""

import gzip
from pathlib import PurePosixPath

import brotli

TEXT = {".html", ".css", ".js", ".mjs", ".map", ".json", ".webmanifest", ".svg", ".xml", ".txt", ".vtt"}
SUFFIXES = ("", ".gz", ".br")
WORTHWHILE = 256  # bytes; below, the headers of an answer weigh more than what is saved


def siblings(path: str, content: bytes, release: bool = False) -> dict[str, bytes]:
    """Return a file and its compressed versions by their suffixes; pictures and tiny files have none.

    Brotli's quality 11 takes longer than the rest of a build: it is for a release.
    """
    if len(content) < WORTHWHILE or PurePosixPath(path).suffix not in TEXT:
        return {"": content}
    return {
        "": content,
        ".gz": gzip.compress(content, compresslevel=9 if release else 6, mtime=0),
        ".br": brotli.compress(content, quality=11 if release else 5),
    }
