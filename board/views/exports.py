"""Downloads."""

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from board.models import Task

from . import csv_export
from .shortcuts import get_sprint_or_404


@require_safe
def export_sprint(request: HttpRequest, pk: int) -> HttpResponse:
    tasks = Task.objects.filter(sprint=get_sprint_or_404(pk)).order_by("status", "order", "pk")
    return _sheet(tasks, f"sprint-{pk}.csv")


@require_safe
def export_tasks(request: HttpRequest) -> HttpResponse:
    tasks = Task.objects.order_by(F("sprint__end").asc(nulls_first=True), "status", "order", "pk")
    return _sheet(tasks, "tasks.csv")


def _sheet(tasks: QuerySet[Task], filename: str) -> HttpResponse:
    text = csv_export.sheet(tasks.select_related("sprint", "assigned"))
    headers = {"Content-Disposition": content_disposition_header(True, filename)}
    return HttpResponse(text, "text/csv; charset=utf-8", headers=headers)
