"""The report of a sprint: what was planned, what happened, and the charts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from board.accounts.users import UserRequest
from board.history.report import report as read_report
from board.history.report import velocity

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
        "chart": BurndownChart.of(burndown, report.changes),
        "velocity": velocity(),
        "nav": "past" if report.sprint.is_closed else "home",
    }
    return render(request, "board/report.html", context)
