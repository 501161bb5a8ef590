from typing import Any, cast

from django.urls import path

from .consumers import EventConsumer

websocket_urlpatterns: list[Any] = [path("socket", cast(Any, EventConsumer.as_asgi()))]
