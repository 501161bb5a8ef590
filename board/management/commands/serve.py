import asyncio
import logging
import os
import signal
import threading
import time
from typing import Any

from channels.routing import get_default_application
from daphne import server as daphne_server
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from django.core.management import BaseCommand, CommandParser, call_command
from django.urls import reverse
from twisted.internet import reactor

from board.accounts.users import has_accounts, has_demo_accounts
from board.live.hub import hub
from board.ops.hosts import bracketed
from board.ops.site_url import note_server, server_urls

from ..http import Factory
from ..starting import allow_many_connections, collect_static_files, refuse_taken_port, take_up_database
from ..websocket import Socket
from .demo import LOGINS

logger = logging.getLogger(__name__)

# Seconds from SIGTERM: until running requests are given up, and until the process is gone whatever happens.
FINISH_WITHIN = 8
END_WITHIN = 9.5
END_AT_ONCE_WITHIN = 0.5


class PatientServer(Server):  # type: ignore[misc]  # without annotations
    """A Daphne that ends, at SIGTERM or Ctrl+C, after the requests that run; a second signal ends it at once."""

    def run(self) -> None:
        self.ports: list[Any] = []
        # Twisted's timers, which cut connections, would all be due when the wall clock is put forward.
        reactor.seconds = time.monotonic  # type: ignore[misc, method-assign]
        for ending in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(ending, self.end)
        super().run()

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)

    def end(self) -> None:
        if hub.is_stopping:
            self.stop()
            # Python waits for the requests' threads, which may hang at the database.
            exit_after(END_AT_ONCE_WITHIN, 0)
            return
        exit_after(END_WITHIN, 1)
        self.ending = asyncio.ensure_future(self.finish())

    async def finish(self) -> None:
        """Say "not ready", close the sockets, let requests finish, then stop listening and stop."""
        deadline = time.monotonic() + FINISH_WITHIN
        await hub.drain()
        # Who comes meanwhile is served as well: until a load balancer saw that we are not ready, it sends us more.
        running = self.running()
        while running & self.running() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        for port in self.ports:
            port.stopListening()
        while self.running() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        if left := self.running():
            logger.warning("%s requests did not finish within %s s and are cut.", len(left), FINISH_WITHIN)
        self.stop()

    def running(self) -> set[Any]:
        """Return the requests under way, and the sockets that are not closed yet."""
        return {
            protocol
            for protocol, details in self.connections.items()
            if "application_instance" in details and not details["application_instance"].done()
        }


def exit_after(seconds: float, code: int) -> None:
    """End the process after so many seconds, whatever it does then."""
    watchdog = threading.Timer(seconds, os._exit, [code])
    watchdog.daemon = True
    watchdog.start()


class Command(BaseCommand):
    """Serve pages and sockets on HOST and PORT with Daphne, the database brought up to date before."""

    help = __doc__
    # Checked in `handle`: the checks open the database.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="create the demo if the database is empty")

    def handle(self, *, demo: bool, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        WebSocketFactory.protocol = Socket
        daphne_server.HTTPFactory = Factory
        allow_many_connections()
        refuse_taken_port(host, port)
        collect_static_files()
        take_up_database(self)
        if demo:
            call_command("demo", if_empty=True)
        note_server()
        addresses = "  ".join(f"{url}{reverse('home')}" for url in server_urls())
        self.stdout.write(f"\nLightboard is running on {addresses}   (press Ctrl+C to stop)")
        if demo:
            self.stdout.write(f"Demo accounts: {LOGINS}")
        elif not has_accounts():
            self.stdout.write(
                "There are no accounts yet. Run make invite NAME=ada to get the link for the first one."
            )
        elif has_demo_accounts():
            self.stdout.write("This database contains the demo. README.md says how to start with an empty one.")
        self.stdout.flush()
        if settings.DEBUG:
            call_command("runserver", f"{bracketed(host)}:{port}", skip_checks=True)
        else:
            PatientServer(
                get_default_application(),
                endpoints=build_endpoint_description_strings(host=host, port=port),
                signal_handlers=False,
                server_name="lightboard",
                verbosity=0,
            ).run()
