from django.urls import path

from . import pages

urlpatterns = [
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/<id:pk>/revoke/", pages.revoke_token, name="revoke_token"),
    path("webhooks/", pages.webhooks, name="webhooks"),
    path("webhooks/<id:pk>/", pages.webhook, name="webhook"),
    path("webhooks/<id:pk>/switch/", pages.switch_webhook, name="switch_webhook"),
    path("webhooks/<id:pk>/delete/", pages.delete_webhook, name="delete_webhook"),
    path("webhooks/deliveries/<id:pk>/redeliver/", pages.redeliver, name="redeliver"),
]
