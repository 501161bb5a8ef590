import asyncio
import os
import socket
from contextlib import suppress
from typing import Any

import uvicorn
from channels.routing import get_default_application
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from board.live.hub import hub

from ..starting import allow_many_connections, check_port, collect_static_files, prepare_database

# Seconds after SIGTERM for accepted connections to send their request. Running requests have the rest of ten seconds.
ACCEPTED_WITHIN = 2
FINISH_WITHIN = 7
LONGEST_MESSAGE = 64 * 1024


class Command(BaseCommand):
    """Serve pages and sockets on HOST and PORT with uvicorn, as one of several processes behind a proxy."""

    help = __doc__
    # The checks open the database, so `handle` runs them after acquiring the instance lock.
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        allow_many_connections()
        check_port(settings.HOST, settings.PORT)
        collect_static_files()
        try:
            prepare_database(self, check_unapplied=True)
        except SystemExit:
            raise CommandError("The database is not up to date: run manage.py migrate, once for all.") from None
        config = uvicorn.Config(
            get_default_application(),
            host=settings.HOST,
            port=settings.PORT,
            lifespan="on",
            ws_max_size=LONGEST_MESSAGE,
            # Django's settings decide which proxy headers to trust, for both servers.
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=FINISH_WITHIN,
        )
        listener = config.bind_socket()
        listener.setblocking(False)
        Worker(config).run([listener])


class Worker(uvicorn.Server):
    """A uvicorn server that handles the requests of all open connections before it stops.

    uvicorn itself resets connections that wait to be accepted, and closes those whose request has not arrived yet. A
    proxy must not repeat a POST, so these requests would fail.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving and notify systemd."""
        await super().startup(sockets)
        notify_systemd(b"READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, handle pending requests, and close the sockets with 1012, in about ten seconds at most."""
        [listener] = sockets or []
        listener_copy = listener.dup()
        for server in self.servers:
            server.close()
        waiting = []
        with suppress(BlockingIOError):
            while True:
                waiting.append(listener_copy.accept()[0])
        listener_copy.close()
        for connection in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self.protocol, connection)
        await asyncio.sleep(ACCEPTED_WITHIN)
        await hub.drain()
        await super().shutdown(sockets)

    def protocol(self) -> Any:
        """Return a new protocol for a connection, as uvicorn creates it."""
        factory: Any = self.config.http_protocol_class
        return factory(self.config, self.server_state, self.lifespan.state)


def notify_systemd(state: bytes) -> None:
    """Send a state to systemd, if it started this process with Type=notify. For the protocol see sd_notify(3)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(state, address.replace("@", "\0", 1))
