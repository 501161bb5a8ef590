"""A proposal for the next sprint, in the rhythm of the last ones."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from .fields import LATEST
from .sprint import Sprint
from .team import Team

ONE_DAY = timedelta(days=1)


class Proposal(NamedTuple):
    name: str
    start: date
    end: date


def propose_sprint(team: Team) -> Proposal:
    """Return the name and dates of a sprint that follows the last one: from the next working day, as long as it was.

    After a long break, it starts today. Without an earlier sprint, its length is the team's. It ends on a working day.
    """
    last = list(Sprint.objects.filter(end__lte=LATEST).order_by("-end", "-pk")[:2])
    after = max([timezone.localdate() - ONE_DAY, *(sprint.end for sprint in last)])
    start = team.next_working_day(after)
    end = start + timedelta(days=_length(last, team) - 1)
    while end > start and not team.is_working_day(end):
        end -= ONE_DAY
    return Proposal(_next_name(last[0].name) if last else "", start, end)


def _length(last: list[Sprint], team: Team) -> int:
    """Return the number of days of the last sprint. Without a start date, it began after the end of the one before."""
    match last:
        case [Sprint(start=date() as start, end=end), *_]:
            return (end - start).days + 1
        case [newest, before]:
            return (newest.end - before.end).days - (team.next_working_day(before.end) - before.end).days + 1
    return team.sprint_length


def _next_name(name: str) -> str:
    """Return a name with its last number increased, or "" for a name without a number."""
    match = re.fullmatch(r"(.*?)(\d{1,9})(\D*)", name)
    return f"{match[1]}{int(match[2]) + 1}{match[3]}" if match else ""
