from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import DescriptionField
from .task import Task


class Comment(models.Model):
    """A comment on a task, in Markdown. Its id is the number of the event that created it.

    A deleted task leaves its comments behind, so that they are there when it is restored.
    """

    id = models.BigIntegerField(primary_key=True)
    task = models.ForeignKey(Task, models.DO_NOTHING, db_constraint=False, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = DescriptionField(_("comment"))
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    # The number of the event that changed it last.
    version = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["task", "id"], name="comment_of_task")]

    def __str__(self) -> str:
        return f"#{self.task_id}: {self.pk}"
