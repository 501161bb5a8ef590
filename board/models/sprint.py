from datetime import date, timedelta
from typing import Self, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .column import Status
from .event import Event
from .fields import NAME_LENGTH, DayField, DescriptionField, NameField
from .search import Searchable
from .team import Team, default_working_days

RECENTLY = timedelta(days=7)
GOAL_LENGTH = 200


class SprintState(models.TextChoices):
    """Where a sprint is in its life cycle. Derived from its dates, never stored."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    CLOSED = "closed", _("Closed")


class SprintQuerySet(models.QuerySet["Sprint"]):
    def current(self) -> Self:
        """Return the sprints that are planned, running or waiting to be closed, by end date."""
        return self.exclude(_is_past()).order_by("end", "pk")

    def running(self) -> Self:
        """Return the sprints that have begun and not ended, by end date."""
        return self.in_state(SprintState.RUNNING).filter(end__gte=timezone.localdate()).order_by("end", "pk")

    def waiting_to_be_closed(self) -> Self:
        """Return the sprints that `is_waiting_to_be_closed`, by end date."""
        return self.current().filter(end__lt=timezone.localdate())

    def planned(self) -> Self:
        """Return the sprints that have neither begun nor ended, by end date."""
        return self.in_state(SprintState.PLANNED).filter(end__gte=timezone.localdate()).order_by("end", "pk")

    def past(self) -> Self:
        """Return the closed sprints, and those that ended a week ago without ever having begun, the latest first."""
        return self.filter(_is_past()).order_by("-end", "pk")

    def open(self) -> Self:
        """Return the sprints that tasks can be added to, by end date."""
        return self.filter(closed_at=None, end__gte=timezone.localdate()).order_by("end", "pk")

    def in_state(self, *states: str) -> Self:
        """Return the sprints whose `state` is one of these."""
        condition = Q(pk__in=[])
        for state in states:
            condition |= _conditions()[state]
        return self.filter(condition)

    def overlapping(self, start: date | None, end: date) -> Self:
        """Return the sprints that share a day with a sprint of these dates, by end date.

        A sprint without a start date counts with its last day only.
        """
        first = models.functions.Coalesce("start", "end")
        return self.alias(first=first).filter(first__lte=end, end__gte=start or end).order_by("end", "pk")

    def with_working_days(self) -> Self:
        """Add the team's `working_days` to each sprint, which saves a query."""
        days = models.functions.Coalesce(
            models.Subquery(Team.objects.filter(pk=1).values("working_days")),
            Value(default_working_days(), models.JSONField()),
        )
        return self.annotate(working_days=days)

    def with_counts(self) -> Self:
        """Add `task_count` and `done_count` to each sprint, and the sums of their points."""
        done = Q(task__status=Status.DONE)
        points = models.functions.Coalesce(models.Sum("task__points"), 0)
        done_points = models.functions.Coalesce(models.Sum("task__points", filter=done), 0)
        return self.annotate(
            task_count=models.Count("task"),
            done_count=models.Count("task", filter=done),
            points=points,
            done_points=done_points,
        )


def _conditions() -> dict[str, Q]:
    has_begun = Q(started_at__isnull=False) | Q(start__lte=timezone.localdate(), start__isnull=False)
    is_open = Q(closed_at=None)
    return {
        SprintState.PLANNED: is_open & ~has_begun,
        SprintState.RUNNING: is_open & has_begun,
        SprintState.CLOSED: ~is_open,
    }


def _is_past() -> Q:
    is_over = Q(end__lte=timezone.localdate() - RECENTLY, started_at=None, start=None)
    return Q(closed_at__isnull=False) | is_over


class Sprint(Searchable):
    # Set by an action on the row it returns: the event of the change, or None if nothing changed (board.actions).
    event: Event | None = None
    # Set by SprintQuerySet.with_counts.
    task_count: int
    done_count: int
    points: int
    done_points: int
    # Set by SprintQuerySet.with_working_days.
    working_days: list[int]

    name = NameField(_("name"), max_length=NAME_LENGTH, blank=True, default="")
    goal = NameField(_("goal"), max_length=GOAL_LENGTH, blank=True, default="", db_default="")
    description = DescriptionField(_("description"))
    start = DayField(_("start date"), null=True, blank=True)
    end = models.DateField(
        _("end date"), unique=True, error_messages={"unique": _("Another sprint ends on that day.")}
    )
    started_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.BigIntegerField(editable=False)

    objects = SprintQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or gettext("Sprint ending %(date)s") % {"date": date_format(self.end, "LONG_DAY")}

    def get_absolute_url(self) -> str:
        return reverse("sprint", args=[self.pk])

    def clean(self) -> None:
        # None if it is missing, which is an error of its own.
        end = cast("date | None", self.end)
        if self.start and end and self.start > end:
            raise ValidationError({"start": gettext("The start date can't be after the end date.")})

    @property
    def state(self) -> SprintState:
        if self.closed_at:
            return SprintState.CLOSED
        has_begun = self.started_at or (self.start and self.start <= timezone.localdate())
        return SprintState.RUNNING if has_begun else SprintState.PLANNED

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_past(self) -> bool:
        return self.end < timezone.localdate()

    @property
    def is_waiting_to_be_closed(self) -> bool:
        """Return whether the sprint has ended without being closed. One that never began waits for a week."""
        has_begun = self.state == SprintState.RUNNING
        return self.is_past and not self.closed_at and (has_begun or self.days_left > -RECENTLY.days)

    @property
    def days_left(self) -> int:
        """Return the whole days until the sprint ends: 0 on its last day, negative afterwards."""
        return (self.end - timezone.localdate()).days
