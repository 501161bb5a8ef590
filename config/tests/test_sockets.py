import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from config.asgi import socket_routes


@pytest.mark.parametrize("is_live", [True, False])
async def test_the_preview_has_its_socket_only_where_pages_follow_their_files(settings, is_live):
    settings.SITE_LIVE = is_live
    socket = WebsocketCommunicator(URLRouter(socket_routes()), "/site/live/", [(b"origin", b"http://localhost")])
    assert (await socket.connect())[0] == is_live
    await socket.disconnect()
