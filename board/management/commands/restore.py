from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import DatabaseError

from board.ops import backup, instance_lock


class Command(BaseCommand):
    """Replace the database by a backup. The replaced one is kept beside it; everybody has to log in again."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="what manage.py backup wrote")

    def handle(self, *, file: str, **options: Any) -> None:
        try:
            description, aside = backup.restore(file)
        except (backup.BackupError, instance_lock.InUseError, DatabaseError, OSError) as error:
            raise CommandError(f"Nothing was restored: {error}") from None
        self.stdout.write(f"The board is as it was on {description['taken']}, at change {description['newest']}.")
        self.stdout.write(f"What it was before is kept: {aside}")
