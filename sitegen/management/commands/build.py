from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sitegen.commands import add_build_options, build_and_tell, failure
from sitegen.errors import BuildError, SiteError


class Command(BaseCommand):
    help = "Write the site of a folder (default: SITE_PAGES) as static files, or only the pages named."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("pages", nargs="*", metavar="page", help="build these pages only")
        parser.add_argument("--folder", default=settings.SITE_PAGES, help="the pages (default: %(default)s)")
        parser.add_argument("--output", default=settings.SITE_OUTPUT, help="where to (default: %(default)s)")
        add_build_options(parser)

    def handle(self, **options):
        folder, output = options["folder"], options["output"]
        try:
            is_well = build_and_tell(
                folder, output, options["pages"], options, self.stdout.write, self.stderr.write
            )
        except (SiteError, BuildError) as error:
            raise CommandError(failure(error, output)) from error
        if not is_well:
            raise CommandError("The site is not as it should be: see above.")
