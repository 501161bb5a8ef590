from typing import Any, cast

from django.urls import path

from .consumers import BoardConsumer

websocket_urlpatterns: list[Any] = [path("sprints/<id:sprint_id>/live", cast(Any, BoardConsumer.as_asgi()))]
