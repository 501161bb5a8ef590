"""What the page's own scripts say, in the language of the page: a block of data, read by static/board/words.js."""

from django import template
from django.utils.html import json_script
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
    "blocked": _("No live connection gets through. The board checks for changes every few seconds."),
    "crowded": _("Too many tabs are open for live updates. This one checks for changes every few seconds."),
    "morePeople": _("%(count)s more"),
    "everybody": lambda n: ngettext("%(count)s person on this board", "%(count)s people on this board", n),
    # On cards
    "somebody": _("somebody"),
    "saving": _("saving"),
    "draft": _("Draft"),
    "held": _("%(name)s is moving this"),
    "changed": _("changed by %(name)s"),
    "unmatched": _("does not match the filter"),
    "someOf": _("%(shown)s of %(total)s"),
    # For the ear
    "where": _("%(task)s: %(column)s, %(place)s of %(total)s"),
    "whereHere": _("%(column)s, %(place)s of %(total)s"),
    "movedWhere": _("%(news)s, %(place)s of %(total)s"),
    "manyChanges": lambda n: ngettext("%(count)s change by %(names)s", "%(count)s changes by %(names)s", n),
    "carrying": _("Moving %(task)s. Arrows choose the place, Enter drops, Escape puts it back."),
    "putBack": _("%(task)s stays where it was"),
    # Finding somebody in a list of people
    "find": _("Find a person"),
    "found": _("%(name)s, 1 of %(total)s"),
    "notFound": _("Nobody has this name"),
    # Fields that get long
    "nearLimit": _("%(count)s of %(limit)s characters"),
    "overLimit": _("%(count)s of %(limit)s characters: %(over)s too many"),
    # Toasts
    "retry": _("Retry"),
    "nothingToUndo": _("Nothing to undo"),
    "deleted": _("It was deleted meanwhile."),
    # What a person reads when a request failed and the server said nothing: what the status means
    "late": _("The server did not answer in time. Whether it was saved shows when it does."),
    "error": _("That did not work (error %(status)s): nothing was saved."),
    "0": _("No connection: nothing was saved."),
    "400": _("The server could not read that: nothing was saved."),
    "401": _("You are not logged in any more: reload the page."),
    "403": _("You may not do that. If you logged in again in another tab, reload the page."),
    "409": _("Somebody else changed it meanwhile: nothing was saved."),
    "422": _("That was not accepted: nothing was saved."),
    "429": _("Too many requests at once: nothing was saved."),
    "500": _("Something broke in the server: nothing was saved."),
    "503": _("The server is busy or restarting: nothing was saved."),
    "againIn": lambda n: ngettext("Try again in %(count)s second.", "Try again in %(count)s seconds.", n),
    "againSoon": _("Try again in a moment."),
}


@register.simple_tag
def words():
    """Return the words as JSON: {key: text}, or {key: {plural category: text}} where a number decides."""
    return json_script({key: _text(words) for key, words in WORDS.items()}, "words")


def _text(words):
    if not callable(words):
        return str(words)
    forms = {category: words(number) for category, number in NUMBERS.items()}
    return {name: form for name, form in forms.items() if name == "other" or form != forms["other"]}
