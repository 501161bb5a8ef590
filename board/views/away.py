"""What happened on a board since a person last saw it, as a fragment that the board loads."""

import json
from datetime import datetime

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from board import actions
from board.accounts.middleware import allow_viewers, in_background
from board.accounts.users import UserRequest, profile_of
from board.actions import AWAY, Look
from board.history import log, unseen
from board.history.activity import activity
from board.models import LastSeen
from board.text import dates
from board.views.forms.away import SeenForm

from .activity import by_day
from .shortcuts import NO_CONTENT


@allow_viewers
@in_background
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: UserRequest, pk: int) -> HttpResponse:
    """Return the strip about what others changed, or 204 if there is none. A POST dismisses it."""
    if request.method == "POST":
        return _dismiss(request, pk)
    last = LastSeen.objects.filter(person=request.user, board=pk).first()
    if last is None or timezone.now() - last.at < AWAY:
        return HttpResponse(status=NO_CONTENT)
    newest = log.newest_number()
    count = unseen.count(request.user.pk, pk, last.seq)
    if not count:
        return HttpResponse(status=NO_CONTENT)
    found = activity(pk, unseen.condition(request.user.pk, last.seq))
    context = {
        "board": pk,
        "seq": newest,
        "count": count,
        "marks": json.dumps(unseen.marks(request.user.pk, pk, last.seq)),
    }
    with timezone.override(profile_of(request.user).time_zone or None):
        context |= {"days": list(by_day(found.lines)), "since": _moment(last.at)}
        return render(request, "board/away.html", context)


def _dismiss(request: UserRequest, pk: int) -> HttpResponse:
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise BadRequest("seq has to be a sequence number")
    actions.catch_up(Look(request.user.pk, pk, form.cleaned_data["seq"], timezone.now()))
    return HttpResponse()


def _moment(at: datetime) -> str:
    """Return a moment in words, in the active time zone: "17:05", "yesterday 17:05", "Fri 27 Nov, 17:05"."""
    time = date_format(timezone.localtime(at), "CLOCK")
    days_ago = (timezone.localdate() - timezone.localdate(at)).days
    if days_ago > 1:
        return dates.format_date(at, "LATELY")
    return gettext("yesterday %(time)s") % {"time": time} if days_ago == 1 else time
