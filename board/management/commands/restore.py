from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import DatabaseError

from board.ops import backup, instance_lock


class Command(BaseCommand):
    """Replace the database by a backup. The replaced database is kept beside it. Everyone has to log in again."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="backup file from manage.py backup")

    def handle(self, *, file: str, **options: Any) -> None:
        try:
            description, aside = backup.restore(file)
        except (backup.BackupError, instance_lock.InUseError, DatabaseError, OSError) as error:
            raise CommandError(f"Restore failed: {error}") from None
        self.stdout.write(f"Restored the board as of {description['taken']}, change {description['newest']}.")
        self.stdout.write(f"The previous database is kept: {aside}")
