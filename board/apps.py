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
    """Create the only row of the counter, also after the database was flushed."""
    counter: Any = sender.get_model("Counter")
    counter.objects.using(using).get_or_create(pk=1)


def revoke(**kwargs: Any) -> None:
    """Have the credentials of all sockets checked, after a log-out, a new password or role, or a deactivation."""
    transaction.on_commit(lambda: notifications.publish(notifications.REVOKE), robust=True)


class BoardConfig(AppConfig):
    name = "board"

    def ready(self) -> None:
        from board.accounts import backends  # Models can't be imported earlier.
        from board.history import log
        from board.views import converters

        register_converter(converters.IdConverter, "id")

        if connection.vendor == "postgresql":
            # At exit, Python would wait half a minute for the pool's threads.
            atexit.register(cast(Any, connection).close_pool)
        post_migrate.connect(ensure_counter, sender=self)
        # Not `user_logged_out`, which is sent before the session is deleted.
        post_delete.connect(revoke, sender="sessions.Session")
        post_save.connect(revoke, sender=get_user_model())
        post_save.connect(log.count_people_change, sender=get_user_model())
        post_delete.connect(log.count_people_change, sender=get_user_model())
        post_save.connect(log.count_people_change, sender=self.get_model("Team"))
        post_save.connect(revoke, sender=self.get_model("Profile"))
        user_logged_in.connect(backends.begin)
        user_logged_out.connect(backends.end)
