from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Update the message files of the board and the API pages, with minimal diffs.

    The standalone services placeholder and sitegen are not translated.
    """

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        untranslated = ["placeholder", "sitegen", "templates/project/*", "*/tests/*", "e2e"]
        options |= {
            "locale": [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE],
            "ignore_patterns": [*untranslated, "var"],
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
