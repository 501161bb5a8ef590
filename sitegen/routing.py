from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from .live import Changes

# Below the address of the preview: live.js looks for its socket there.
websocket_urlpatterns = [path("live/", AllowedHostsOriginValidator(Changes.as_asgi()))]
