"""Closing and reopening sprints, and their reports."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from board.actions import Choice, Outcome
from board.actions.closing import NOTE_LENGTH
from board.history.burndown import Day, Unit
from board.history.report import Report
from board.models import SprintState

from .base import LARGEST_ID, KnownFields, TextField
from .sprints import SprintSerializer

LONGEST_ID = len(str(LARGEST_ID)) - 1


class NoFields(KnownFields):
    """A request without fields."""


@extend_schema_field({"oneOf": [{"type": "integer", "minimum": 1}, {"enum": ["backlog", "dropped"]}]})
class ChoiceField(serializers.Field[Choice, Any, Choice, Any]):
    """Where an unfinished task goes: the id of a sprint, "backlog" or "dropped"."""

    default_error_messages = {"invalid": "Use the id of a sprint, “backlog” or “dropped”."}

    def to_internal_value(self, data: Any) -> Choice:
        if not (type(data) is int and 0 < data <= LARGEST_ID) and data not in ("backlog", "dropped"):
            self.fail("invalid")
        choice: Choice = data
        return choice

    def to_representation(self, value: Choice) -> Choice:
        return value


class CloseSerializer(KnownFields):
    """The outcome of a sprint, and where its unfinished tasks go."""

    outcome = serializers.ChoiceField(Outcome.values, help_text="Whether the goal was met.")
    note = TextField(required=False, allow_blank=True, max_length=NOTE_LENGTH)
    choices = serializers.DictField(
        child=ChoiceField(),
        required=False,
        help_text="{task id: choice}. A choice is the id of a sprint, `backlog`, or `dropped`, which deletes the task. "
        "Tasks that are done or not in the sprint are ignored.",
    )
    others = ChoiceField(required=False, help_text="The choice for unfinished tasks that `choices` doesn't name.")

    def validate_choices(self, choices: dict[str, Choice]) -> dict[int, Choice]:
        unknown = [pk for pk in choices if not (pk.isascii() and pk.isdecimal() and len(pk) <= LONGEST_ID)]
        if unknown:
            raise serializers.ValidationError({pk: ["This is not the id of a task."] for pk in unknown})
        return {int(pk): choice for pk, choice in choices.items()}


class KeptSerializer(serializers.Serializer[Any]):
    """A task that stays where it is, because it has changed since the sprint closed."""

    task = serializers.IntegerField()
    name = serializers.CharField()
    reason = serializers.CharField()


class ReopenedSerializer(serializers.Serializer[Any]):
    """A reopened sprint, and the tasks that did not come back."""

    sprint = SprintSerializer()
    kept = KeptSerializer(many=True)


class ReportTaskSerializer(serializers.Serializer[Any]):
    """A task as it was then."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    points = serializers.IntegerField(allow_null=True)


class LeftoverSerializer(ReportTaskSerializer):
    """A task that was not done."""

    went = serializers.ChoiceField(
        ["sprint", "backlog", "dropped", "nowhere"], help_text="Where it went when the sprint closed."
    )
    sprint = serializers.IntegerField(allow_null=True, help_text="The id of the sprint that it went to.")


class PartSerializer(serializers.Serializer[Any]):
    """Tasks and their sums."""

    count = serializers.IntegerField()
    points = serializers.IntegerField()
    tasks = ReportTaskSerializer(many=True)


class LeftoversSerializer(serializers.Serializer[Any]):
    """Tasks that were not done, and their sums."""

    count = serializers.IntegerField()
    points = serializers.IntegerField()
    tasks = LeftoverSerializer(many=True)


class ScopeChangeSerializer(serializers.Serializer[Any]):
    """A change of the scope after the start."""

    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="The name of the person, or an empty string for the system.")
    kind = serializers.ChoiceField(["added", "removed", "estimated"])
    task = ReportTaskSerializer()
    tasks = serializers.IntegerField(help_text="By how much the number of tasks changed.")
    points = serializers.IntegerField(help_text="By how much the sum of the points changed.")


class FiguresSerializer(serializers.Serializer[Any]):
    """The numbers at the end of a day."""

    ideal = serializers.FloatField(help_text="The ideal remaining work. It stays the same on days off.")
    remaining = serializers.IntegerField(allow_null=True)
    scope = serializers.IntegerField(allow_null=True)
    flow = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="By status, from Not Started to Done."
    )


class DaySerializer(serializers.Serializer[Any]):
    """A day of the sprint. The numbers of days to come are null."""

    day = serializers.DateField()
    is_working_day = serializers.BooleanField()
    tasks = FiguresSerializer()
    points = FiguresSerializer()


class ReportSerializer(serializers.Serializer[Any]):
    """The report of a sprint, in which committed + added - removed = done + unfinished."""

    sprint = serializers.IntegerField(source="sprint.pk")
    name = serializers.CharField(source="sprint.name")
    goal = serializers.CharField(source="sprint.goal")
    state = serializers.ChoiceField(SprintState.values, source="sprint.state")
    start = serializers.DateField(help_text="The first day.")
    end = serializers.DateField(source="sprint.end")
    closed_at = serializers.DateTimeField(source="sprint.closed_at", allow_null=True)
    outcome = serializers.ChoiceField(
        Outcome.values, allow_null=True, help_text="Null until the sprint is closed."
    )
    note = serializers.CharField()
    unit = serializers.ChoiceField(["tasks", "points"], help_text="`points` if most tasks have them.")
    committed = PartSerializer(help_text="What was in the sprint when it started.")
    added = PartSerializer(help_text="What was added after the start.")
    removed = PartSerializer(help_text="Tasks that left the sprint after it started.")
    done = PartSerializer()
    unfinished = LeftoversSerializer()
    estimated = serializers.IntegerField(help_text="By how much later estimates changed the sum of the points.")
    changes = ScopeChangeSerializer(many=True, help_text="The changes of the scope after the start.")
    days = serializers.SerializerMethodField(help_text="The days from the start to the end.")

    @extend_schema_field(DaySerializer(many=True))
    def get_days(self, report: Report) -> list[dict[str, Any]]:
        pairs = zip(report.burndowns["tasks"].days, report.burndowns["points"].days, strict=True)
        return [
            {
                "day": tasks.day.isoformat(),
                "is_working_day": tasks.is_working_day,
                "tasks": _figures(tasks, "tasks"),
                "points": _figures(points, "points"),
            }
            for tasks, points in pairs
        ]


def _figures(day: Day, unit: Unit) -> dict[str, Any]:
    is_known = day.totals is not None
    return {
        "ideal": round(day.ideal, 2),
        "remaining": day.remaining(unit) if is_known else None,
        "scope": day.scope(unit) if is_known else None,
        "flow": list(day.counts(unit)) if is_known else None,
    }
