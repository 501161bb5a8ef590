"""Sprints, tasks and the log of what happened to them, and what one row knows by itself."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from . import dates
from .fields import DayField, DescriptionField, NameField
from .search import Searchable

RECENTLY = timedelta(days=7)
NAME_LENGTH = 255
DESCRIPTION_LENGTH = 10_000


class SprintQuerySet(models.QuerySet):
    def current(self):
        """Return the sprints that end later than a week ago, the next to end first."""
        return self.filter(end__gt=timezone.localdate() - RECENTLY).order_by("end", "pk")

    def past(self):
        """Return the sprints that ended a week ago or earlier, the last one first."""
        return self.filter(end__lte=timezone.localdate() - RECENTLY).order_by("-end", "pk")

    def with_counts(self):
        """Add `task_count` and `done_count` to each sprint."""
        done = Q(task__status=Status.DONE)
        return self.annotate(task_count=models.Count("task"), done_count=models.Count("task", filter=done))


class Sprint(Searchable):
    # The change that an action just made of this row, None when it changed nothing (board.actions).
    event = None

    name = NameField(_("name"), max_length=NAME_LENGTH, blank=True, default="")
    description = DescriptionField(
        _("description"),
        blank=True,
        default="",
        max_length=DESCRIPTION_LENGTH,
        validators=[MaxLengthValidator(DESCRIPTION_LENGTH)],
    )
    end = models.DateField(
        _("end date"), unique=True, error_messages={"unique": _("Another sprint ends on that day.")}
    )
    version = models.BigIntegerField(editable=False)

    objects = SprintQuerySet.as_manager()

    def __str__(self):
        return self.name or gettext("Sprint ending %(date)s") % {"date": date_format(self.end, "LONG_DAY")}

    def get_absolute_url(self):
        return reverse("sprint", args=[self.pk])

    @property
    def is_past(self):
        return self.end < timezone.localdate()

    @property
    def days_left(self):
        """Whole days until the sprint ends; 0 on its last day, negative afterwards."""
        return (self.end - timezone.localdate()).days


class Status(models.IntegerChoices):
    """How far the work is. The labels are the API's, whose words are the same for everybody."""

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
    def of(cls, sprint_id, status):
        """Return the column where a task of this sprint and status stands."""
        return cls.BACKLOG if sprint_id is None else cls[Status(status).name]

    @property
    def status(self):
        """The status of the tasks that stand in this column."""
        return Status.TODO if self is Column.BACKLOG else Status[self.name]


class TaskQuerySet(models.QuerySet):
    def on_board(self, sprint_id):
        """Return the tasks that the board of a sprint shows: its own and the backlog."""
        return self.filter(Q(sprint=sprint_id) | Q(sprint=None)).select_related("assigned")

    def in_column(self, sprint_id, status):
        """Return the tasks of one column, the topmost first."""
        return self.filter(sprint=sprint_id, status=status).order_by("order", "pk")


class Task(Searchable):
    event = None
    search_fields = ("name", "description")

    name = NameField(_("name"), max_length=NAME_LENGTH)
    description = DescriptionField(
        _("description"),
        blank=True,
        default="",
        max_length=DESCRIPTION_LENGTH,
        validators=[MaxLengthValidator(DESCRIPTION_LENGTH)],
    )
    sprint = models.ForeignKey(Sprint, models.PROTECT, null=True, blank=True)
    status = models.SmallIntegerField(choices=Status, default=Status.TODO)
    order = models.BigIntegerField()
    assigned = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("assigned")
    )
    started = DayField(_("started"), null=True, blank=True)
    due = DayField(_("due"), null=True, blank=True)
    completed = DayField(_("completed"), null=True, blank=True)
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

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("task", args=[self.pk])

    def clean(self):
        """Judge the row by itself. Raises `ValidationError` with a message per field."""
        errors = {}
        if self.sprint_id is None and self.status != Status.TODO:
            errors["status"] = gettext("A task in the backlog is not started: give it a sprint first.")
        if self.started and self.status == Status.TODO:
            errors["started"] = gettext("A task that is not started has no start date.")
        if self.completed and self.status != Status.DONE:
            errors["completed"] = gettext("Only a completed task has a completion date.")
        if errors:
            raise ValidationError(errors)

    @property
    def column(self):
        return Column.of(self.sprint_id, self.status)

    @property
    def urgency(self):
        """How the due date presses: "late", "soon" (within two days), or "" when it does not."""
        if self.due is None or self.status == Status.DONE:
            return ""
        left = (self.due - timezone.localdate()).days
        return "late" if left < 0 else "soon" if left <= 2 else ""

    @property
    def due_in_words(self):
        """The due date as a person says it: "Today", "2 days late", "Fri 27 Nov", "Fri 1 Jan 2027"."""
        left = (self.due - timezone.localdate()).days
        if self.status == Status.DONE or left > 1:
            return dates.in_words(self.due, "DAY")
        if left >= 0:
            return gettext("Tomorrow") if left else gettext("Today")
        return ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}


class Counter(models.Model):
    """One row: the newest sequence number. Who changes anything locks it first (board.actions).

    `people` counts the changes of people, which are not in the log, but shown on the cards.
    """

    value = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)

    def __str__(self):
        return str(self.value)


class Event(models.Model):
    """One change, written in its transaction and never altered: the only copy of the past.

    `changes` maps each changed field to [before, after], as JSON values (dates in ISO form, people
    and sprints by id). An added row has every field with null before; a removed one null after.
    """

    class Kind(models.TextChoices):
        ADD = "add"
        UPDATE = "update"
        REMOVE = "remove"

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    task = models.BigIntegerField(null=True)
    # The sprint after the change, and the one that the task left with it, if it left one.
    sprint = models.BigIntegerField(null=True)
    left = models.BigIntegerField(null=True)
    changes = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["task", "seq"], name="event_of_task"),
            models.Index(fields=["sprint", "seq"], name="event_of_sprint"),
        ]

    def __str__(self):
        return f"{self.seq}: {self.kind} {'sprint' if self.task is None else 'task'}"


class Answer(models.Model):
    """What somebody's request was answered, kept for a day under the key it came with (board.idempotency)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # The SHA-256 of what was asked, in hex.
    asked = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_answer_a_key", fields=["by", "key"])]

    def __str__(self):
        return f"{self.by_id}: {self.key}"


class Profile(models.Model):
    """What there is to say of a person beside Django's account. Who has none is as the defaults say."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    is_reader = models.BooleanField(default=False)
    # Empty: the team's time zone, the browser's language.
    time_zone = models.CharField(max_length=50, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    seen_at = models.DateTimeField(null=True, editable=False)
    # When all browsers but one were signed out; those known before are strange again (board.logins).
    signed_out_at = models.DateTimeField(null=True, editable=False)

    def __str__(self):
        return str(self.user)


class Tries(models.Model):
    """How many tries to log in failed, of one kind, within an hour of the first (board.logins).

    Under keys of their own also: that log-ins came by a proxy that TRUSTED_PROXIES does not count, and which secrets that
    work once were used.
    """

    # The SHA-256 of who tried from where, in hex: people type their passwords into the wrong field.
    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"{self.count} until {self.until}"
