from typing import Any, cast

from django.urls import path

from board.components import BACKLOG

from .consumers import BoardConsumer

consumer = cast(Any, BoardConsumer.as_asgi())
websocket_urlpatterns: list[Any] = [
    path("sprints/<id:sprint_id>/live", consumer),
    path("backlog/live", consumer, {"sprint_id": BACKLOG}),
]
