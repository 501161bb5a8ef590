from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from .live import Changes

# Below the address of the preview: live.js looks for its socket there. The stubs of Channels demand routes of a class
# that only they have.
websocket_urlpatterns: list[Any] = [path("live/", AllowedHostsOriginValidator(Changes.as_asgi()))]
