from django.apps import AppConfig
from django.db.models.signals import post_migrate


def ensure_counter(sender, using, **kwargs):
    """Make the one row of the counter, which also a flushed database needs."""
    counter = sender.get_model("Counter")
    counter.objects.using(using).get_or_create(pk=1)


class BoardConfig(AppConfig):
    name = "board"

    def ready(self):
        post_migrate.connect(ensure_counter, sender=self)
