from django.urls import path

from . import pages

urlpatterns = [
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/<id:pk>/revoke/", pages.revoke_token, name="revoke_token"),
]
