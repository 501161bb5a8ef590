"""Storage of messages in a cookie with a name of our own, to avoid conflicts with other Django sites on the host."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OwnCookieStorage(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Storage(FallbackStorage):
    storage_classes = (OwnCookieStorage, SessionStorage)
