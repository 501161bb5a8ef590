from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sitegen.commands import add_build_options, run_build


class Command(BaseCommand):
    help = "Write the site of a folder (default: SITE_PAGES) as static files, or only the pages named."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pages", nargs="*", metavar="page", help="build these pages only")
        parser.add_argument("--folder", default=settings.SITE_PAGES, help="the pages (default: %(default)s)")
        parser.add_argument("--output", default=settings.SITE_OUTPUT, help="where to (default: %(default)s)")
        add_build_options(parser)

    def handle(self, **options: Any) -> None:
        if failure := run_build(options, self.stdout.write, self.stderr.write):
            raise CommandError(failure)
