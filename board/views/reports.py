"""The report of a sprint: what was planned, what happened, and the charts."""

from collections.abc import Iterable
from functools import cache

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from board.accounts.users import UserRequest
from board.history.report import Leftover, ReportTask, velocity
from board.history.report import report as read_report

from .charts import BurndownChart
from .shortcuts import missing_as_404


@require_safe
def report(request: UserRequest, pk: int) -> HttpResponse:
    with missing_as_404():
        report = read_report(pk)
    units = {str(unit): burndown for unit, burndown in report.burndowns.items()}
    burndown = units.get(request.GET.get("unit", ""), report.burndown)
    context = {
        "report": report,
        "sprint": report.sprint,
        "unit": burndown.unit,
        "rows": {
            "committed": _rows(report.committed.tasks),
            "removed": _rows(report.removed.tasks),
            "done": _rows(report.done.tasks),
            "unfinished": _rows(report.unfinished.tasks),
        },
        "chart": BurndownChart.of(burndown, report.changes),
        "velocity": velocity(),
        "nav": "past" if report.sprint.is_closed else "home",
    }
    return render(request, "board/report.html", context)


def _rows(tasks: Iterable[ReportTask | Leftover]) -> SafeString:
    """Return a list item for each task. A template takes several times as long for thousands of them."""
    points, went = cache(_points), cache(_went)
    return format_html_join(
        "",
        '<li><span class="number">#{}</span> <bdi>{}</bdi>{}{}</li>',
        (
            (
                task.id,
                task.name,
                points(task.points),
                went(task.went, task.to) if isinstance(task, Leftover) else "",
            )
            for task in tasks
        ),
    )


def _points(points: int | None) -> str:
    return format_html(" <small>{}</small>", points) if points else ""


def _went(went: str, to: str) -> str:
    if went == "nowhere":
        return ""
    places = {
        "sprint": gettext("to %(sprint)s") % {"sprint": to},
        "backlog": gettext("to the backlog"),
        "dropped": gettext("dropped"),
    }
    return format_html(' <span class="went">{}</span>', places[went])
