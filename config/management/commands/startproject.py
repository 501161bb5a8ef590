import shutil
from contextlib import contextmanager
from keyword import iskeyword
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import startproject


class Command(startproject.Command):
    """Django's command, for a project in one file (templates/project).

    Refuses Python keywords as names, and leaves nothing behind when it fails.
    """

    help = __doc__

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(template=str(settings.BASE_DIR / "templates/project"))

    def validate_name(self, name, name_or_dir="name"):
        if name and iskeyword(name):
            raise CommandError(f"'{name}' is a Python keyword, so no program could import the project.")
        super().validate_name(name, name_or_dir)

    def handle(self, *, name, directory, **options):
        with removed_on_failure(Path(directory or name)):
            super().handle(name=name, directory=directory, **options)


@contextmanager
def removed_on_failure(folder):
    """Remove a folder again if it did not exist before and the block fails."""
    is_new = not folder.exists()
    try:
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise
