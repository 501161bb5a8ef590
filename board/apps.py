import atexit
from typing import Any, cast

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_migrate, post_save
from django.urls import register_converter

from board.live import notifications


def ensure_counter(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the one row of the counter, which also a flushed database needs."""
    counter: Any = sender.get_model("Counter")
    counter.objects.using(using).get_or_create(pk=1)


def revoke(**kwargs: Any) -> None:
    """Have all sockets looked at: after a log-out, a changed password or role, a deactivated person."""
    transaction.on_commit(lambda: notifications.publish(notifications.REVOKE), robust=True)


class BoardConfig(AppConfig):
    name = "board"

    def ready(self) -> None:
        from board.accounts import backends  # models can be imported from now on
        from board.history import log
        from board.views import converters

        register_converter(converters.IdConverter, "id")

        if connection.vendor == "postgresql":
            # Before Python takes the pool's threads away, for which it would wait half a minute.
            atexit.register(cast(Any, connection).close_pool)
        post_migrate.connect(ensure_counter, sender=self)
        # Not `user_logged_out`: when that is sent, the session is still there.
        post_delete.connect(revoke, sender="sessions.Session")
        post_save.connect(revoke, sender=get_user_model())
        post_save.connect(log.note_people, sender=get_user_model())
        post_delete.connect(log.note_people, sender=get_user_model())
        post_save.connect(revoke, sender=self.get_model("Profile"))
        user_logged_in.connect(backends.begin)
        user_logged_out.connect(backends.end)
