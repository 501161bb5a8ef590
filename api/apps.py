from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save

from board.apps import revoke


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        # The sockets of a token close when it changes or is deleted.
        token = self.get_model("Token")
        post_save.connect(revoke, sender=token)
        post_delete.connect(revoke, sender=token)
