"""Views for the user's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from board.accounts import actions, devices, languages, users
from board.accounts.form_views import get_or_post, posted, status_of
from board.accounts.forms import (
    ChangePasswordForm,
    ProfileForm,
)
from board.accounts.middleware import allow_viewers
from board.accounts.users import UserRequest


@allow_viewers
@get_or_post
def profile(request: UserRequest) -> HttpResponse:
    form = ProfileForm(request, posted(request), auto_id="profile-%s")
    if request.method == "POST" and form.is_valid():
        actions.change_profile(request.user, **form.cleaned_data)
        languages.activate_language(request)
        messages.success(request, gettext("Profile saved."))
        return redirect("profile")
    context = {"form": form, "has_tokens": users.has_tokens(request.user), "nav": "profile"}
    return render(request, "board/profile.html", context, status=status_of(form))


@allow_viewers
@sensitive_post_parameters()
@get_or_post
def change_password(request: UserRequest) -> HttpResponse:
    form = ChangePasswordForm(request, posted(request), auto_id="password-%s")
    if request.method == "POST" and form.is_valid():
        data, session = form.cleaned_data, request.session.session_key
        with_tokens = data.get("revoke_tokens", False)
        actions.change_password(request.user, data["new_password1"], session, with_tokens)
        update_session_auth_hash(request, request.user)
        messages.success(request, gettext("Password changed. You have been logged out on all other devices."))
        return devices.remember_device(redirect("profile"), request.user)
    return render(request, "board/change_password.html", {"form": form, "nav": "password"}, status=status_of(form))


@allow_viewers
@require_POST
def sign_out(request: UserRequest) -> HttpResponse:
    with_tokens = "revoke_tokens" in request.POST
    actions.sign_out(request.user, but=request.session.session_key, with_tokens=with_tokens)
    messages.success(request, gettext("You have been logged out on all other devices."))
    return devices.remember_device(redirect("profile"), request.user)
