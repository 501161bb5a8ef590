from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's command for the strings of the board and its pages; translators see what changed, and nothing else.

    The services that stand alone have no translations: their pages are the same for everybody.
    """

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        apart = ["placeholder", "sitegen", "templates/sitegen/*", "templates/project/*", "*/tests/*", "e2e"]
        options |= {
            "locale": [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE],
            "ignore_patterns": [*apart, "var"],
            "no_obsolete": True,
            "no_wrap": True,
            "add_location": "file",
        }
        super().handle(*args, **options)

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / "django.po"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith('"POT-Creation-Date')))
