"""What went wrong, as a person reads it: a page, or for htmx the piece board/problem.html of at most 2 KB.

The handlers are named in config/urls.py and settings.CSRF_FAILURE_VIEW; board.middleware turns all other answers from 400
on into pieces.
"""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .languages import speak

TITLES = {400: _("Bad request"), 403: _("No access"), 404: _("Not found")}
REASONS = {
    400: _("The address or the form could not be read."),
    401: _("You are not logged in any more: reload the page."),
    403: _("You may not do that."),
    404: _("There is no page at this address."),
    405: _("That cannot be done here."),
    409: _("Somebody else changed it meanwhile. Nothing was saved."),
    412: _("Somebody else changed it meanwhile. Nothing was saved."),
    413: _("That is too much at once. Nothing was saved."),
    429: _("Too many requests at once. Nothing was saved: try again in a moment."),
    500: _(
        "Something broke. Nothing was half-saved: the fault is in the log of the server, try again in a moment."
    ),
    503: _("The server is busy or restarting. Nothing was saved: try again in a moment."),
}
EXPIRED = _("This page is older than your log-in. Reload it and try again.")
LONGEST = 500


def piece(status, reason=""):
    """Return an answer with this status for htmx: the reason, else what the status means."""
    other = gettext("That did not work: %(status)s.") % {"status": HTTPStatus(status).phrase.lower()}
    reason = reason or REASONS.get(status, other)
    html = render_to_string("board/problem.html", {"reason": Truncator(reason).chars(LONGEST)})
    return HttpResponse(html, status=status)


def bad_request(request, exception):
    return _problem(request, 400)


def no_access(request, exception):
    return _problem(request, 403, _words(exception))


def csrf_failed(request, reason=""):
    return _problem(request, 403, EXPIRED)


def not_found(request, exception):
    """Say what is not there: in the words of the view, if it had any."""
    return _problem(request, 404, _words(exception))


def _words(exception):
    """Return what the view said, "" when it said nothing."""
    return exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""


def _problem(request, status, reason=""):
    # An address that nothing has, or a form that came too late, has not come to a view, and so not to a language.
    if hasattr(request, "user"):
        speak(request)
    if _is_htmx(request):
        return piece(status, reason)
    context = {"status": status, "title": TITLES[status], "reason": reason or REASONS[status]}
    return render(request, "error.html", context, status=status)


def _is_htmx(request):
    # The error may come before the middleware that sets `request.htmx`.
    return "HX-Request" in request.headers
