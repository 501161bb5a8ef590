"""Pages about other people: who is here, invitations and roles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from board.accounts import actions, users
from board.accounts.form_views import UNPROCESSABLE, get_or_post, posted, status_of
from board.accounts.forms import (
    InviteForm,
    RoleForm,
)
from board.accounts.users import UserRequest
from board.ops.site_url import site_url
from board.templatetags.people import by_name

ROLE_GIVEN = {
    users.Role.MEMBER: _("%(name)s is now a member."),
    users.Role.READER: _("%(name)s is now a viewer."),
    users.Role.STAFF: _("%(name)s is now an admin."),
}


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a page to all who are not of staff."""

    @wraps(view)
    def guarded(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied(gettext("Only admins can open this page."))
        return view(request, *args, **kwargs)

    return guarded


@require_safe
def people(request: UserRequest) -> HttpResponse:
    everybody = sorted(
        User.objects.select_related("profile"), key=lambda person: (not person.is_active, by_name(person))
    )
    return render(request, "board/people.html", {"people": map(_facts, everybody), "nav": "people"})


@staff_only
@get_or_post
def invite(request: UserRequest) -> HttpResponse:
    form = InviteForm(posted(request), auto_id="invite-%s")
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.invite(request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _show_link(request, user)
    return render(request, "board/invite.html", {"form": form, "nav": "people"}, status=status_of(form))


@staff_only
@get_or_post
def person(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    form = RoleForm(posted(request), initial={"role": users.role_of(user)}, auto_id="role-%s")
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_role(request.user, user, form.cleaned_data["role"])
        except ValidationError as error:
            form.add_error("role", error)
        else:
            text = ROLE_GIVEN[users.role_of(user)] % {"name": _facts(user)["name"]}
            messages.success(request, text)
            return redirect("person", pk)
    return _show_person(request, user, form=form)


@staff_only
@require_POST
def make_link(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    if not user.is_active:
        problem = gettext("Reactivate the account before you create a link for it.")
        return _show_person(request, user, problem=problem)
    return _show_link(request, user)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete_invitation(request: UserRequest, pk: int) -> HttpResponse:
    """Ask, then delete the account of an invitation that nobody used."""
    user = _person(pk)
    name = _facts(user)["name"]
    if request.method == "POST":
        try:
            actions.delete_invitation(request.user, user)
        except ValidationError as error:
            return _show_person(request, user, problem=" ".join(error.messages))
        messages.success(request, gettext("Invitation for %(name)s deleted.") % {"name": name})
        return redirect("people")
    return render(request, "board/delete_invitation.html", {"person": user, "name": name, "nav": "people"})


@staff_only
@require_POST
def deactivate(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    try:
        actions.deactivate(request.user, user)
    except ValidationError as error:
        return _show_person(request, user, problem=" ".join(error.messages))
    messages.success(request, gettext("%(name)s has been deactivated.") % {"name": _facts(user)["name"]})
    return redirect("person", pk)


@staff_only
@require_POST
def reactivate(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    actions.reactivate(request.user, user)
    messages.success(request, gettext("%(name)s has been reactivated.") % {"name": _facts(user)["name"]})
    return redirect("person", pk)


def _person(pk: int) -> User:
    return get_object_or_404(User.objects.select_related("profile"), pk=pk)


def _facts(user: User) -> dict[str, Any]:
    return {
        "person": user,
        "name": user.get_full_name() or user.username,
        "role": users.role_of(user),
        "seen": users.last_seen(user),
        "is_invited": users.is_invited(user),
    }


def _show_link(request: UserRequest, user: User) -> HttpResponse:
    token, lasts = actions.new_link(request.user, user)
    link = site_url(request) + reverse("welcome", args=[token])
    return _show_person(request, user, link=link, link_ends=timezone.now() + lasts)


def _show_person(request: UserRequest, user: User, **context: Any) -> HttpResponse:
    form = context.setdefault("form", RoleForm(initial={"role": users.role_of(user)}, auto_id="role-%s"))
    status = UNPROCESSABLE if context.get("problem") else status_of(form)
    context = {**_facts(user), "can_delete": actions.can_delete(user), "nav": "people", **context}
    response = render(request, "board/person.html", context, status=status)
    # It may show a link.
    add_never_cache_headers(response)
    return response
