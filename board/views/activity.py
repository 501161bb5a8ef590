"""The activity of the team and of a sprint."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from board.accounts.users import UserRequest, profile_of
from board.history.activity import Line, activity
from board.models import Sprint
from board.text import dates
from board.views.forms.activity import ActivityForm

from .shortcuts import get_sprint_or_404


@require_safe
def team_activity(request: UserRequest) -> HttpResponse:
    return _page(request, None)


@require_safe
def sprint_activity(request: UserRequest, pk: int) -> HttpResponse:
    return _page(request, get_sprint_or_404(pk))


def _page(request: UserRequest, sprint: Sprint | None) -> HttpResponse:
    form = ActivityForm(request.GET, auto_id="activity-%s")
    if not form.is_valid():
        raise Http404(gettext("This page doesn't exist."))
    person, before = form.cleaned_data["person"], form.cleaned_data["before"]
    condition = Q(actor=person) if person else Q()
    if before:
        condition &= Q(seq__lt=before)
    found = activity(sprint.pk if sprint else None, condition)
    context = {"older": found.before, "sprint": sprint, "form": form, **form.cleaned_data}
    with timezone.override(profile_of(request.user).time_zone or None):
        context["days"] = list(by_day(found.lines))
        return render(request, "board/activity.html", context)


def by_day(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Yield the lines of each day with its name, in the active time zone."""
    for day, of_day in groupby(lines, lambda line: timezone.localdate(line.at)):
        yield _name_of(day), list(of_day)


def _name_of(day: date) -> str:
    days_ago = (timezone.localdate() - day).days
    if days_ago > 1:
        return dates.format_date(day, "DAY")
    return gettext("Yesterday") if days_ago == 1 else gettext("Today")
