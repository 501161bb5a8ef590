"""What the page's own scripts say, in the language of the page: a block of data, read by static/board/i18n.js."""

from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

register = template.Library()
# For each of the browser's plural categories (Intl.PluralRules) a number that has it in every language that knows it.
NUMBERS = {"one": 1, "two": 2, "few": 3, "many": 11, "other": 100}
# Key → text, or a function of the number that decides about it.
WORDS = {
    # The live sign and who is here
    "live": _("Live"),
    "catching-up": _("Catching up"),
    "offline": _("Offline"),
    "slow": _("Live, delayed"),
    "blocked": _("Live updates aren't getting through. The board checks for changes every few seconds."),
    "crowded": _("You have too many tabs open for live updates. This tab checks for changes every few seconds."),
    "morePeople": _("%(count)s more"),
    "everybody": lambda n: ngettext("%(count)s person on this board", "%(count)s people on this board", n),
    # On cards
    "somebody": _("someone"),
    "saving": _("saving"),
    "draft": _("Draft"),
    "held": _("%(name)s is moving this"),
    "changed": _("changed by %(name)s"),
    "unmatched": _("doesn't match the filter"),
    "someOf": _("%(shown)s of %(total)s"),
    # For the ear
    "where": _("%(task)s: %(column)s, %(place)s of %(total)s"),
    "whereHere": _("%(column)s, %(place)s of %(total)s"),
    "movedWhere": _("%(news)s, %(place)s of %(total)s"),
    "manyChanges": lambda n: ngettext("%(count)s change by %(names)s", "%(count)s changes by %(names)s", n),
    "carrying": _("Moving %(task)s. Use the arrow keys to choose a position, Enter to drop, Escape to cancel."),
    "putBack": _("%(task)s stays where it was"),
    # Finding somebody in a list of people
    "find": _("Find a person"),
    "found": _("%(name)s, 1 of %(total)s"),
    "notFound": _("No matching people"),
    # Fields that get long
    "nearLimit": _("%(count)s of %(limit)s characters"),
    "overLimit": _("%(count)s of %(limit)s characters: %(over)s too many"),
    # Toasts
    "retry": _("Retry"),
    "nothingToUndo": _("Nothing to undo"),
    "deleted": _("This task has been deleted."),
    # What a person reads when a request failed and the server said nothing: what the status means
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
def words() -> SafeString:
    """Return the words as JSON: {key: text}, or {key: {plural category: text}} where a number decides."""
    return json_script({key: _text(words) for key, words in WORDS.items()}, "words")


def _text(words: Any) -> str | dict[str, str]:
    if not callable(words):
        return str(words)
    forms = {category: words(number) for category, number in NUMBERS.items()}
    return {name: form for name, form in forms.items() if name == "other" or form != forms["other"]}
