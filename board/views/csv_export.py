"""Tasks as a sheet: CSV that a spreadsheet opens as it is, and that none can be made to run."""

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
]
# Where spreadsheets take text for a formula (OWASP, https://owasp.org/www-community/attacks/CSV_Injection): at the beginning
# of a cell, and wherever one could begin when the file is split at another separator than ours.
FORMULA = re.compile(
    r"""\A(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])|(?<=[,;\t\r\n"])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)


def sheet(tasks: Iterable[Task]) -> str:
    """Return the CSV of tasks, which come with `sprint` and `assigned`: a line of titles, then one for each task.

    All cells are quoted, dates in ISO form, and text that would be a formula begins with an apostrophe. Between the
    cells stands what spreadsheets of the reader's language expect there.
    """
    text = StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, 2)
    writer = csv.writer(text, delimiter=get_format("CSV_SEPARATOR"), quoting=csv.QUOTE_ALL)
    writer.writerow(map(str, HEAD))
    writer.writerows(map(_cells, tasks))
    return text.getvalue()


def _cells(task: Task) -> list[object]:
    words = [
        task.name,
        task.description,
        task.sprint or "",
        task.column.label,
        full_name(task.assigned) if task.assigned else "",
    ]
    days = [day.isoformat() if day else "" for day in (task.due, task.started, task.completed)]
    return [task.pk, *map(_harmless, words), *days]


def _harmless(words: object) -> str:
    return FORMULA.sub("'", str(words))
