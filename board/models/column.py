from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.IntegerChoices):
    """The progress of a task. The labels are those of the API, which are not translated."""

    TODO = 1, "Not Started"
    ACTIVE = 2, "In Progress"
    TESTING = 3, "Testing"
    DONE = 4, "Done"


class Column(models.TextChoices):
    """A column of the board: the backlog, or a status in a sprint."""

    BACKLOG = "backlog", _("Backlog")
    TODO = "todo", _("Not Started")
    ACTIVE = "active", _("In Development")
    TESTING = "testing", _("In Testing")
    DONE = "done", _("Completed")

    @classmethod
    def of(cls, sprint_id: int | None, status: int) -> "Column":
        return cls.BACKLOG if sprint_id is None else cls[Status(status).name]

    @property
    def status(self) -> Status:
        return Status.TODO if self is Column.BACKLOG else Status[self.name]
