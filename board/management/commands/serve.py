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
from board.ops.site_url import save_server_url, server_urls

from ..http import Factory
from ..starting import (
    allow_many_connections,
    check_port,
    collect_static_files,
    notify_systemd,
    prepare_database,
)
from ..websocket import Socket, with_send
from .demo import LOGINS

logger = logging.getLogger(__name__)

# Seconds after SIGTERM for accepted connections to send their request, until running requests are cancelled, and until
# the process is terminated in any case.
ACCEPTED_WITHIN = 2
FINISH_WITHIN = 8
END_WITHIN = 9.5
END_AT_ONCE_WITHIN = 0.5


class GracefulServer(Server):  # type: ignore[misc]  # without annotations
    """A Daphne server that finishes running requests after SIGTERM or Ctrl+C. A second signal stops it immediately."""

    def run(self) -> None:
        self.ports: list[Any] = []
        # Otherwise Twisted's timeouts would fire when the wall clock is set forward.
        reactor.seconds = time.monotonic  # type: ignore[misc, method-assign]
        for ending in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(ending, self.end)
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        return super().create_application(protocol, with_send(protocol, scope))

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)
        notify_systemd()

    def end(self) -> None:
        if hub.is_stopping:
            self.stop()
            # Python waits for the threads of requests, which may be blocked on the database.
            exit_after(END_AT_ONCE_WITHIN, 0)
            return
        exit_after(END_WITHIN, 1)
        self.ending = asyncio.ensure_future(self.finish())

    async def finish(self) -> None:
        """Report "not ready", close the sockets, finish running requests, then stop listening and stop.

        A proxy must not repeat a POST, so requests of connections that are already open are handled as well.
        """
        deadline = time.monotonic() + FINISH_WITHIN
        await hub.drain()
        # Load balancers send new requests until they see that we are not ready, so these are handled as well.
        running = self.running()
        while running & self.running() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        for port in self.ports:
            # Accepts the connections that wait in the queue, which would be reset otherwise.
            port.doRead()
            port.stopListening()
        accepted_until = min(deadline, time.monotonic() + ACCEPTED_WITHIN)
        while self.http_factory.is_request_pending() and time.monotonic() < accepted_until:
            await asyncio.sleep(0.02)
        while self.running() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        if left := self.running():
            logger.warning("%s requests did not finish within %s s and are cancelled.", len(left), FINISH_WITHIN)
        self.stop()

    def running(self) -> set[Any]:
        """Return the running requests and the sockets that are not closed yet."""
        return {
            protocol
            for protocol, details in self.connections.items()
            if "application_instance" in details and not details["application_instance"].done()
        }


def exit_after(seconds: float, code: int) -> None:
    """Terminate the process after so many seconds."""
    watchdog = threading.Timer(seconds, os._exit, [code])
    watchdog.daemon = True
    watchdog.start()


class Command(BaseCommand):
    """Migrate the database, then serve pages and sockets on HOST and PORT with Daphne."""

    help = __doc__
    # The checks open the database, so `handle` runs them after acquiring the instance lock.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="create the demo if the database is empty")
        parser.add_argument(
            "--no-migrate",
            action="store_false",
            dest="migrate",
            help="don't migrate, but refuse to start if that is needed: for all but one of several processes",
        )

    def handle(self, *, demo: bool, migrate: bool, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        WebSocketFactory.protocol = Socket
        daphne_server.HTTPFactory = Factory
        allow_many_connections()
        check_port(host, port)
        collect_static_files()
        prepare_database(self, migrate=migrate)
        if demo:
            call_command("demo", if_empty=True)
        save_server_url()
        addresses = "  ".join(f"{url}{reverse('home')}" for url in server_urls())
        self.stdout.write(f"\nLightboard is running on {addresses}   (press Ctrl+C to stop)")
        if demo:
            self.stdout.write(f"Demo accounts: {LOGINS}")
        elif not has_accounts():
            self.stdout.write(
                "There are no accounts yet. Run make invite NAME=ada or manage.py invite ada to get the link for the "
                "first one."
            )
        elif has_demo_accounts():
            self.stdout.write("This database contains the demo. Set DATABASE_URL to start with an empty one.")
        self.stdout.flush()
        if settings.DEBUG:
            call_command("runserver", f"{bracketed(host)}:{port}", skip_checks=True)
        else:
            GracefulServer(
                get_default_application(),
                endpoints=build_endpoint_description_strings(host=host, port=port),
                signal_handlers=False,
                server_name="lightboard",
                verbosity=0,
            ).run()
