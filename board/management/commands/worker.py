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

from ..starting import allow_many_connections, collect_static_files, refuse_taken_port, take_up_database

# Who was let in has this long to say what they want; then the requests at work have the rest of ten seconds.
LAST_WORDS = 2
FINISH_WITHIN = 7
LONGEST_MESSAGE = 64 * 1024


class Command(BaseCommand):
    """Serve pages and sockets on HOST and PORT with uvicorn, as one of several processes behind a proxy."""

    help = __doc__
    # Checked in `handle`: the checks open the database.
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        allow_many_connections()
        refuse_taken_port(settings.HOST, settings.PORT)
        collect_static_files()
        try:
            take_up_database(self, check_unapplied=True)
        except SystemExit:
            raise CommandError("The database is not up to date: run manage.py migrate, once for all.") from None
        config = uvicorn.Config(
            get_default_application(),
            host=settings.HOST,
            port=settings.PORT,
            lifespan="on",
            ws_max_size=LONGEST_MESSAGE,
            # Whom to believe about addresses and HTTPS, the settings say, whatever the server is.
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
    """A uvicorn that can be ended under load: everybody whose connection it took is answered.

    uvicorn alone resets connections that wait to be accepted and closes those whose request is still on its way;
    a proxy must not send a POST twice, so it would have to report them as failed.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and say so."""
        await super().startup(sockets)
        tell_systemd(b"READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more, answer all who are, close the sockets with 1012; about ten seconds at most."""
        [listener] = sockets or []
        door = listener.dup()
        for server in self.servers:
            server.close()
        waiting = []
        with suppress(BlockingIOError):
            while True:
                waiting.append(door.accept()[0])
        door.close()
        for connection in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self.protocol, connection)
        await asyncio.sleep(LAST_WORDS)
        await hub.drain()
        await super().shutdown(sockets)

    def protocol(self) -> Any:
        """Return what uvicorn makes for each connection."""
        factory: Any = self.config.http_protocol_class
        return factory(self.config, self.server_state, self.lifespan.state)


def tell_systemd(state: bytes) -> None:
    """Tell systemd what it waits for, if it does (Type=notify; the protocol is in sd_notify(3))."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(state, address.replace("@", "\0", 1))
