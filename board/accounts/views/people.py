"""Views for managing accounts: people, invitations and roles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
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
from board.templatetags.people import by_name, full_name

ROLE_MESSAGES = {
    users.Role.MEMBER: _("%(name)s is now a member."),
    users.Role.VIEWER: _("%(name)s is now a viewer."),
    users.Role.ADMIN: _("%(name)s is now an admin."),
}


def admin_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view to return 403 unless the user is an admin."""

    @wraps(view)
    def wrapped(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied(gettext("Only admins can open this page."))
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
def people(request: UserRequest) -> HttpResponse:
    everyone = sorted(
        User.objects.select_related("profile"), key=lambda person: (not person.is_active, by_name(person))
    )
    return render(request, "board/people.html", {"people": map(_person_context, everyone), "nav": "people"})


@require_safe
def names(request: UserRequest) -> HttpResponse:
    """Return [username, display name] of everyone with an active account, for the list that "@" opens (mentions.js)."""
    everyone = sorted(User.objects.filter(is_active=True), key=by_name)
    return JsonResponse([[person.username, full_name(person)] for person in everyone], safe=False)


@admin_required
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


@admin_required
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
            text = ROLE_MESSAGES[users.role_of(user)] % {"name": _person_context(user)["name"]}
            messages.success(request, text)
            return redirect("person", pk)
    return _show_person(request, user, form=form)


@admin_required
@require_POST
def make_link(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    if not user.is_active:
        error = gettext("Reactivate the account before you create a link for it.")
        return _show_person(request, user, error=error)
    return _show_link(request, user)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_invitation(request: UserRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then delete the account of an unused invitation."""
    user = _person(pk)
    name = _person_context(user)["name"]
    if request.method == "POST":
        try:
            actions.delete_invitation(request.user, user)
        except ValidationError as error:
            return _show_person(request, user, error=" ".join(error.messages))
        messages.success(request, gettext("Invitation for %(name)s deleted.") % {"name": name})
        return redirect("people")
    return render(request, "board/delete_invitation.html", {"person": user, "name": name, "nav": "people"})


@admin_required
@require_POST
def deactivate(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    try:
        actions.deactivate(request.user, user)
    except ValidationError as error:
        return _show_person(request, user, error=" ".join(error.messages))
    messages.success(request, gettext("%(name)s has been deactivated.") % {"name": _person_context(user)["name"]})
    return redirect("person", pk)


@admin_required
@require_POST
def reactivate(request: UserRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    actions.reactivate(request.user, user)
    messages.success(request, gettext("%(name)s has been reactivated.") % {"name": _person_context(user)["name"]})
    return redirect("person", pk)


def _person(pk: int) -> User:
    return get_object_or_404(User.objects.select_related("profile"), pk=pk)


def _person_context(user: User) -> dict[str, Any]:
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
    status = UNPROCESSABLE if context.get("error") else status_of(form)
    context = {**_person_context(user), "can_delete": actions.can_delete(user), "nav": "people", **context}
    response = render(request, "board/person.html", context, status=status)
    # The page may contain a link.
    add_never_cache_headers(response)
    return response
