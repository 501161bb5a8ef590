"""Export of tasks as CSV for spreadsheets, safe against formula injection."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from board.models import Task
from board.templatetags.people import full_name

# Tells spreadsheets that the text is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
HEAD = [
    _("Number"),
    _("Name"),
    _("Description"),
    _("Sprint"),
    _("Column"),
    _("Assigned to"),
    _("Due"),
    _("Started"),
    _("Completed"),
    _("Points"),
    _("Comments"),
]
# Where spreadsheets interpret text as a formula (https://owasp.org/www-community/attacks/CSV_Injection): at the beginning
# of a cell, and wherever a cell would begin with a different separator.
FORMULA = re.compile(
    r"""\A(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])|(?<=[,;\t\r\n"])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)


def sheet(tasks: Iterable[Task]) -> str:
    """Return tasks, loaded with `sprint` and `assigned`, as CSV: a header, then a line for each task.

    All cells are quoted, dates are in ISO format, and formulas are escaped with an apostrophe. The separator is the one
    that spreadsheets expect in the active language.
    """
    text = StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, 2)
    writer = csv.writer(text, delimiter=get_format("CSV_SEPARATOR"), quoting=csv.QUOTE_ALL)
    writer.writerow(map(str, HEAD))
    writer.writerows(map(_cells, tasks))
    return text.getvalue()


def _cells(task: Task) -> list[object]:
    texts = [
        task.name,
        task.description,
        task.sprint or "",
        task.column.label,
        full_name(task.assigned) if task.assigned else "",
    ]
    days = [day.isoformat() if day else "" for day in (task.due, task.started, task.completed)]
    points = "" if task.points is None else task.points
    return [task.pk, *map(_escape_formula, texts), *days, points, task.comment_count]


def _escape_formula(text: object) -> str:
    return FORMULA.sub("'", str(text))
