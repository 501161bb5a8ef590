from django.urls import path

from .consumers import BoardConsumer

websocket_urlpatterns = [path("sprints/<id:sprint_id>/live", BoardConsumer.as_asgi())]
