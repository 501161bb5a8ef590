"""The fingerprint of sitegen and of the options of a build, so that a change of either builds everything again."""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from .options import BuildOptions
from .pages import digest


def made_with(options: BuildOptions) -> dict[str, Any]:
    """Return everything beside the folder that determines how a site is built."""
    return {"generator": generator(), **asdict(options)}


@cache
def generator() -> str:
    """Return the fingerprint of sitegen itself."""
    package = Path(__file__).parent
    layouts = package / "templates" / "sitegen"
    sources = [*package.glob("*.py"), *(package / "static").rglob("*.*"), *layouts.glob("*.html")]
    return digest(*(part for path in sorted(sources) for part in (path.name, path.read_bytes())))
