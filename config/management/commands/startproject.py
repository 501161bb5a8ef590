import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from keyword import iskeyword
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import startproject


class Command(startproject.Command):
    """Django's command, for a project in one file (templates/project).

    Refuses Python keywords as names, and leaves nothing behind when it fails.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(template=str(settings.BASE_DIR / "templates/project"))

    def validate_name(self, name: str, name_or_dir: str = "name") -> None:
        if name and iskeyword(name):
            raise CommandError(f"'{name}' is a Python keyword, so no program could import the project.")
        super().validate_name(name, name_or_dir)

    def handle(self, **options: Any) -> None:  # type: ignore[override]  # as in Django's own command
        with removed_on_failure(Path(options["directory"] or options["name"])):
            super().handle(**options)


@contextmanager
def removed_on_failure(folder: Path) -> Iterator[None]:
    """Remove a new folder again if the block fails."""
    is_new = not folder.exists()
    try:
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise
