"""The translated strings of the page's scripts, as a JSON block that static/board/i18n.js reads."""

from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

register = template.Library()
# A number of each plural category (Intl.PluralRules), in every language that has the category.
NUMBERS = {"one": 1, "two": 2, "few": 3, "many": 11, "other": 100}
# A key maps to a string, or to a function from a number to its plural form.
STRINGS = {
    # Connection state and presence
    "live": _("Live"),
    "catching-up": _("Catching up"),
    "offline": _("Offline"),
    "slow": _("Live, delayed"),
    "blocked": _("Live updates aren't getting through. The board checks for changes every few seconds."),
    "crowded": _("You have too many tabs open for live updates. This tab checks for changes every few seconds."),
    "morePeople": _("%(count)s more"),
    "everybody": lambda n: ngettext("%(count)s person on this board", "%(count)s people on this board", n),
    # Cards
    "someone": _("someone"),
    "saving": _("saving"),
    "draft": _("Draft"),
    "held": _("%(name)s is moving this"),
    "changed": _("changed by %(name)s"),
    "unmatched": _("doesn't match the filter"),
    "someOf": _("%(shown)s of %(total)s"),
    "points": _("%(points)s pts"),
    # The backlog page
    "selected": lambda n: ngettext("%(count)s selected", "%(count)s selected", n),
    # Announcements for screen readers
    "where": _("%(task)s: %(column)s, %(place)s of %(total)s"),
    "whereHere": _("%(column)s, %(place)s of %(total)s"),
    "movedWhere": _("%(news)s, %(place)s of %(total)s"),
    "manyChanges": lambda n: ngettext("%(count)s change by %(names)s", "%(count)s changes by %(names)s", n),
    "carrying": _("Moving %(task)s. Use the arrow keys to choose a position, Enter to drop, Escape to cancel."),
    "putBack": _("%(task)s stays where it was"),
    # Search in a list of people
    "find": _("Find a person"),
    "found": _("%(name)s, 1 of %(total)s"),
    "notFound": _("No matching people"),
    # Character counters
    "nearLimit": _("%(count)s of %(limit)s characters"),
    "overLimit": _("%(count)s of %(limit)s characters: %(over)s too many"),
    # Toasts
    "retry": _("Retry"),
    "nothingToUndo": _("Nothing to undo"),
    "deleted": _("This task has been deleted."),
    # Failed requests without a message from the server, by status
    "late": _("The server is taking too long to respond. When it does, you'll see whether your change was saved."),
    "error": _("That didn't work (error %(status)s). Nothing was saved."),
    "0": _("No connection. Nothing was saved."),
    "400": _("The server couldn't read the request. Nothing was saved."),
    "401": _("You are no longer logged in. Reload the page."),
    "403": _("You don't have permission to do that. If you logged in again in another tab, reload the page."),
    "409": _("Someone else changed this in the meantime. Nothing was saved."),
    "422": _("The change wasn't accepted. Nothing was saved."),
    "429": _("Too many requests. Nothing was saved."),
    "500": _("Something went wrong on the server. Nothing was saved."),
    "503": _("The server is busy or restarting. Nothing was saved."),
    "againIn": lambda n: ngettext("Try again in %(count)s second.", "Try again in %(count)s seconds.", n),
    "againSoon": _("Try again in a moment."),
}


@register.simple_tag
def i18n_strings() -> SafeString:
    """Render the strings as JSON: {key: string}, or {key: {plural category: string}} for plurals."""
    return json_script({key: _translate(value) for key, value in STRINGS.items()}, "i18n")


def _translate(value: Any) -> str | dict[str, str]:
    if not callable(value):
        return str(value)
    forms = {category: value(number) for category, number in NUMBERS.items()}
    return {name: form for name, form in forms.items() if name == "other" or form != forms["other"]}
