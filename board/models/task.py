from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, Self, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Left, StrIndex
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from board.text import dates
from board.text.checklists import Progress, progress

from .column import Column, Status
from .event import Event
from .fields import NAME_LENGTH, DayField, DescriptionField, NameField
from .search import Searchable
from .sprint import Sprint

# The number of characters of a description that the board's filter searches.
EXCERPT_LENGTH = 80


class TaskQuerySet(models.QuerySet["Task"]):
    def on_board(self, sprint_id: int) -> Self:
        """Return the tasks on a sprint's board: those of the sprint and the backlog."""
        return self.filter(Q(sprint=sprint_id) | Q(sprint=None)).select_related("assigned")

    def in_column(self, sprint_id: int | None, status: int) -> Self:
        """Return the tasks of a column, from top to bottom."""
        return self.filter(sprint=sprint_id, status=status).order_by("order", "pk")

    def with_sprint_closed_at(self) -> Self:
        """Add `sprint_closed_at` to each task, which is quicker than reading the sprint."""
        return self.annotate(sprint_closed_at=F("sprint__closed_at"))

    def with_added_at(self) -> Self:
        """Add `added_at` to each task, which saves a query per task."""
        first = Event.objects.filter(task=models.OuterRef("pk")).order_by("seq")
        return self.annotate(added_at=models.Subquery(first.values("created_at")[:1]))

    def matching(self, words: Iterable[str], names: dict[int, str]) -> Self:
        """Return the tasks that contain each word in their number, name, excerpt or assignee's name.

        Words and names (by user id) must be normalized. `matching.js` applies the same rule to cards.
        """
        name_and_excerpt = StrIndex("search_text", Value("\n")) + EXCERPT_LENGTH
        tasks = self.alias(
            number=Concat(Value("#"), Cast("pk", models.CharField())),
            excerpt=Left("search_text", name_and_excerpt),
        )
        for word in words:
            people = [pk for pk, name in names.items() if word in name]
            tasks = tasks.filter(Q(number__contains=word) | Q(excerpt__contains=word) | Q(assigned__in=people))
        return tasks


class Task(Searchable):
    event: Event | None = None
    # Set by TaskQuerySet.with_sprint_closed_at.
    sprint_closed_at: datetime | None
    search_fields = ("name", "description")

    name = NameField(_("name"), max_length=NAME_LENGTH)
    description = DescriptionField(_("description"))
    sprint = models.ForeignKey(Sprint, models.PROTECT, null=True, blank=True)
    status = models.SmallIntegerField(choices=Status, default=Status.TODO)
    order = models.BigIntegerField()
    assigned = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("assigned")
    )
    started = DayField(_("started"), null=True, blank=True)
    due = DayField(_("due"), null=True, blank=True)
    completed = DayField(_("completed"), null=True, blank=True)
    points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    # How many sprints closed with the task unfinished and moved it on. In the row, because a card is rendered from it.
    carried = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # In the row for the same reason.
    comment_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    version = models.BigIntegerField(editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sprint", "status", "order", "id"], name="task_place")]
        constraints = [
            models.CheckConstraint(
                name="backlog_is_not_started",
                condition=Q(sprint__isnull=False) | Q(status=Status.TODO),
            ),
            models.CheckConstraint(
                name="started_needs_work", condition=Q(started=None) | Q(status__gt=Status.TODO)
            ),
            models.CheckConstraint(
                name="completed_needs_done", condition=Q(completed=None) | Q(status=Status.DONE)
            ),
            models.CheckConstraint(name="status_is_known", condition=Q(status__in=Status.values)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("task", args=[self.pk])

    def clean(self) -> None:
        """Check the rules between the task's own fields. Raises `ValidationError` with a message per field."""
        errors: dict[str, str] = {}
        if self.sprint_id is None and self.status != Status.TODO:
            errors["status"] = gettext("Tasks in the backlog can't be started. Add the task to a sprint first.")
        if self.started and self.status == Status.TODO:
            errors["started"] = gettext("A task that isn't started can't have a start date.")
        if self.completed and self.status != Status.DONE:
            errors["completed"] = gettext("Only completed tasks can have a completion date.")
        if errors:
            raise ValidationError(errors)

    @property
    def column(self) -> Column:
        return Column.of(self.sprint_id, self.status)

    @cached_property
    def added_at(self) -> datetime | None:
        """Return when the task was created, or None if the log doesn't go back that far."""
        return Event.objects.filter(task=self.pk).order_by("seq").values_list("created_at", flat=True).first()

    @property
    def age(self) -> int:
        """Return the whole days since the task was created."""
        return (timezone.localdate() - timezone.localdate(self.added_at)).days if self.added_at else 0

    @property
    def excerpt(self) -> str:
        """Return the beginning of the normalized description, which the card carries for the filter."""
        _, _, description = (self.search_text or "").partition("\n")
        return description[:EXCERPT_LENGTH]

    @property
    def progress(self) -> Progress:
        """Return how many items of the description's checklists are checked, and how many there are."""
        return progress(self.description)

    @property
    def urgency(self) -> Literal["late", "soon", ""]:
        """Return "late", "soon" (due within two days) or ""."""
        if self.due is None or self.status == Status.DONE:
            return ""
        left = (self.due - timezone.localdate()).days
        return "late" if left < 0 else "soon" if left <= 2 else ""

    @property
    def due_text(self) -> str:
        """Return the due date as text: "Today", "2 days late", "Fri 27 Nov", "Fri 1 Jan 2027". It must be set."""
        due = cast(date, self.due)
        left = (due - timezone.localdate()).days
        if self.status == Status.DONE or left > 1:
            return dates.format_date(due, "DAY")
        if left >= 0:
            return gettext("Tomorrow") if left else gettext("Today")
        return ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}
