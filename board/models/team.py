from collections.abc import Iterator
from datetime import date, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .fields import NAME_LENGTH, NameField

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
POINTS_SCALE = (0, 1, 2, 3, 5, 8, 13, 21)
LONGEST_SPRINT = 366
HIGHEST_POINTS = 999


def default_working_days() -> list[int]:
    return list(MONDAY_TO_FRIDAY)


def default_points_scale() -> list[int]:
    return list(POINTS_SCALE)


class Team(models.Model):
    """The settings of the team: a single row. Without the row, the defaults hold."""

    name = NameField(_("name"), max_length=NAME_LENGTH, blank=True, default="")
    # Weekdays as in `date.weekday()`: Monday is 0.
    working_days = models.JSONField(_("working days"), default=default_working_days)
    sprint_length = models.PositiveSmallIntegerField(
        _("length of a sprint in days"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SPRINT)],
    )
    points_scale = models.JSONField(_("points scale"), default=default_points_scale)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> Self:
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def clean(self) -> None:
        errors: dict[str, str] = {}
        if not _is_set(self.working_days, 6):
            errors["working_days"] = gettext("Choose at least one day of the week.")
        if not _is_set(self.points_scale, HIGHEST_POINTS):
            highest = {"highest": HIGHEST_POINTS}
            errors["points_scale"] = (
                gettext("Enter different whole numbers from 0 to %(highest)s, the smallest first.") % highest
            )
        if errors:
            raise ValidationError(errors)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.working_days

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day."""
        return next(later for later in _days_after(day) if self.is_working_day(later))

    def working_days_between(self, first: date, last: date) -> int:
        """Return the number of working days from `first` to `last`, both included; 0 if `last` is earlier."""
        weeks, rest = divmod(max((last - first).days + 1, 0), 7)
        days = (first + timedelta(n) for n in range(rest))
        return weeks * len(self.working_days) + sum(map(self.is_working_day, days))


def _is_set(numbers: object, highest: int) -> bool:
    """Return whether a JSON value is an ascending list of different numbers from 0 to `highest`."""
    return (
        isinstance(numbers, list)
        and bool(numbers)
        and all(type(number) is int and 0 <= number <= highest for number in numbers)
        and numbers == sorted(set(numbers))
    )


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(1)
        yield day
