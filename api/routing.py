from django.urls import path

from .consumers import EventConsumer

websocket_urlpatterns = [path("socket", EventConsumer.as_asgi())]
