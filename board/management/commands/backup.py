from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import DatabaseError

from board.ops import backup


class Command(BaseCommand):
    """Write everything to one file, while people work; the copy is examined before the file is there."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a file that does not exist yet")

    def handle(self, *, file: str, **options: Any) -> None:
        try:
            description = backup.write(file)
        except (backup.BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"There is no backup: {error}") from None
        self.stdout.write(f"{file} holds everything up to change {description['newest']}.")
