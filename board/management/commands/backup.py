from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import DatabaseError

from board.ops import backup


class Command(BaseCommand):
    """Write a backup of all data to a file, while the board is in use. The copy must pass the integrity check."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="path of the new backup file")

    def handle(self, *, file: str, **options: Any) -> None:
        try:
            description = backup.write(file)
        except (backup.BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"Backup failed: {error}") from None
        self.stdout.write(f"Backup written to {file}, up to change {description['newest']}.")
