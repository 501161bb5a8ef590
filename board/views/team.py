"""The settings of the team, for admins."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from board import actions
from board.accounts.form_views import posted, status_of
from board.accounts.users import UserRequest
from board.models import Team
from board.views.forms.team import TeamForm

from .shortcuts import change_form, domain_errors


@change_form
def team(request: UserRequest) -> HttpResponse:
    if not request.user.is_staff:
        raise PermissionDenied(gettext("Only admins can change the team's settings."))
    form = TeamForm(posted(request), instance=Team.load())
    if form.is_valid():
        with domain_errors(form):
            actions.change_team(**form.cleaned_data)
            messages.success(request, gettext("Saved the team's settings"))
            return redirect("team")
    return render(request, "board/team.html", {"form": form, "nav": "people"}, status=status_of(form))
