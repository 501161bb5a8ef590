from typing import Any

from django.core.management import BaseCommand, CommandError

from board.accounts import throttling
from board.ops import integrity


class Command(BaseCommand):
    """Check the integrity of the data without changing anything, while the board is in use. Exits with 1 on errors.

    Also warns if log-ins came through a proxy that TRUSTED_PROXIES does not count.
    """

    help = __doc__
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        with integrity.snapshot() as using:
            found = integrity.check_integrity(using)
            shared = [] if found else integrity.shared_positions(using)
        if throttling.passes_unknown_proxy():
            self.stderr.write(throttling.UNKNOWN_PROXY)
        for pair in shared:
            self.stdout.write("Tasks {} and {} have the same position, as set by an API client.".format(*pair))
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            remedies = dict.fromkeys(finding.remedy for finding in found)
            raise CommandError(f"{len(found)} found. " + " ".join(remedy.value for remedy in remedies))
        self.stdout.write("No problems found.")
