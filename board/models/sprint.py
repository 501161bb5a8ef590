from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .column import Status
from .event import Event
from .fields import NAME_LENGTH, DescriptionField, NameField
from .search import Searchable

RECENTLY = timedelta(days=7)


class SprintQuerySet(models.QuerySet["Sprint"]):
    def current(self) -> Self:
        """Return the sprints that end later than a week ago, by end date."""
        return self.filter(end__gt=timezone.localdate() - RECENTLY).order_by("end", "pk")

    def past(self) -> Self:
        """Return the sprints that ended a week ago or earlier, the latest first."""
        return self.filter(end__lte=timezone.localdate() - RECENTLY).order_by("-end", "pk")

    def with_counts(self) -> Self:
        """Add `task_count` and `done_count` to each sprint."""
        done = Q(task__status=Status.DONE)
        return self.annotate(task_count=models.Count("task"), done_count=models.Count("task", filter=done))


class Sprint(Searchable):
    # Set by an action on the row it returns: the event of the change, or None if nothing changed (board.actions).
    event: Event | None = None
    # Set by SprintQuerySet.with_counts.
    task_count: int
    done_count: int

    name = NameField(_("name"), max_length=NAME_LENGTH, blank=True, default="")
    description = DescriptionField(_("description"))
    end = models.DateField(
        _("end date"), unique=True, error_messages={"unique": _("Another sprint ends on that day.")}
    )
    version = models.BigIntegerField(editable=False)

    objects = SprintQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or gettext("Sprint ending %(date)s") % {"date": date_format(self.end, "LONG_DAY")}

    def get_absolute_url(self) -> str:
        return reverse("sprint", args=[self.pk])

    @property
    def is_past(self) -> bool:
        return self.end < timezone.localdate()

    @property
    def days_left(self) -> int:
        """Return the whole days until the sprint ends: 0 on its last day, negative afterwards."""
        return (self.end - timezone.localdate()).days
