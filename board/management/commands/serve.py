import socket

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from .demo import LOGINS


class Command(BaseCommand):
    """Serve pages and sockets on HOST and PORT with Daphne, the database brought up to date before."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo")

    def handle(self, *, demo, **options):
        host, port = settings.HOST, settings.PORT
        refuse_taken_port(host, port)
        call_command("migrate", verbosity=0)
        if demo:
            call_command("demo", if_empty=True)
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"\nLightboard is on http://{shown}:{port}/   (Ctrl+C ends it)")
        if demo:
            self.stdout.write(f"Demo log-ins: {LOGINS}, while they are in the database")
        self.stdout.flush()
        if settings.DEBUG:
            call_command("runserver", f"{shown}:{port}", skip_checks=True)
        else:
            Server(
                get_default_application(),
                endpoints=build_endpoint_description_strings(host=host, port=port),
                server_name="lightboard",
                verbosity=0,
            ).run()


def refuse_taken_port(host, port):
    """Raise `CommandError` when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}): "
                "end what uses it, or set PORT to another one."
            ) from None
