"""The pages about people: logging in, the own profile, and who else is there.

As in views.py: find, one action of `accounts` or one query, render.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import connection
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import accounts, languages, logins
from .middleware import open_to_readers
from .people_forms import (
    ChangePasswordForm,
    ForgottenForm,
    InviteForm,
    LogInForm,
    PasswordForm,
    ProfileForm,
    RoleForm,
    WelcomeForm,
)
from .site_url import site_url
from .templatetags.people import by_name

logger = logging.getLogger(__name__)

GONE = 410
UNPROCESSABLE = 422
TOO_MANY = 429
User = get_user_model()
ROLE_GIVEN = {
    accounts.Role.MEMBER: _("%(name)s is member now."),
    accounts.Role.READER: _("%(name)s is reader now."),
    accounts.Role.STAFF: _("%(name)s is staff now."),
}
# How the first person gets in, as in README.md.
FIRST_INVITATION = "make invite NAME=ada"
get_or_post = require_http_methods(["GET", "HEAD", "POST"])
# Mail is sent beside the request: how long it takes tells nobody whether there is such an account.
_post_office = ThreadPoolExecutor(1, "mail")


# Logging in


class LogIn(LoginView):
    http_method_names = ["get", "head", "post", "options"]
    form_class = LogInForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request=None):
        url = super().get_redirect_url(request)
        return "" if url == self.request.path else url

    def get_context_data(self, **kwargs):
        command = "" if accounts.has_accounts() else FIRST_INVITATION
        return super().get_context_data(**kwargs, first_invitation=command)

    def form_valid(self, form):
        return logins.know_device(super().form_valid(form), form.get_user())

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if isinstance(form.refusal, logins.TooManyTries):
            response.status_code = TOO_MANY
            response["Retry-After"] = _seconds_until(form.refusal.until)
        return response


class LogOut(LogoutView):
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        # Not "storage" nor "cookies": drafts wait for the next log-in, and the browser stays known.
        response["Clear-Site-Data"] = '"cache"'
        return response


def _seconds_until(moment):
    return max(1, round((moment - timezone.now()).total_seconds()))


@login_not_required
@get_or_post
def forgot_password(request):
    """Mail a link for a new password. The answer is the same whether there is such a person or not."""
    form = ForgottenForm(_sent(request))
    if not settings.SENDS_MAIL:
        return render(request, "board/forgot_password.html")
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "board/forgot_password.html", {"form": form})
    try:
        # Asking counts and is never given back: it sends mail to somebody.
        logins.take_tries(logins.tries_of(request, f"mail to {form.cleaned_data['who']}"))
    except logins.TooManyTries as refusal:
        form.add_error(None, str(refusal))
        answer = render(request, "board/forgot_password.html", {"form": form}, status=TOO_MANY)
        answer["Retry-After"] = _seconds_until(refusal.until)
        return answer
    who = form.cleaned_data["who"]
    _post_office.submit(_work, _mail_link, who, site_url(request), get_language())
    return render(request, "board/forgot_password.html", {"sent": True})


def _work(work, *args):
    """Work in a thread without a request: nobody else closes its connection or hears of what failed."""
    try:
        work(*args)
    except Exception:
        logger.exception("A link for a new password was not mailed: look at EMAIL_URL and MAIL_FROM.")
    finally:
        connection.close()


def _mail_link(who, site, language):
    """Mail a link to everybody whom `who`, a user name or an address, means: in their language, else in this one."""
    named = accounts.user_named(who)
    people = User.objects.filter(Q(pk=named and named.pk) | Q(email__iexact=who), is_active=True).exclude(email="")
    for person in people.select_related("profile").order_by("pk"):
        token = accounts.link_for(person, accounts.MAILED_LINK_LASTS)
        link = site + reverse("welcome", args=[token])
        with override(languages.known(accounts.profile_of(person).language) or language):
            subject = gettext("A new password for Lightboard")
            text = render_to_string("board/forgot_password.txt", {"person": person, "link": link})
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])


@login_not_required
@never_cache
@sensitive_post_parameters()
@get_or_post
def welcome(request, token):
    """Where an invitation and a link for a new password lead: whoever has it sets the password and is in."""
    try:
        user = accounts.user_of_link(token)
        is_new = accounts.is_invited(user)
        form = (WelcomeForm if is_new else PasswordForm)(user, _sent(request))
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            with_tokens = data.get("revoke_tokens", False)
            user = accounts.use_link(token, data["new_password1"], data.get("name"), with_tokens)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return logins.know_device(redirect("home"), user)
    except ValidationError as error:
        form.add_error("new_password2", error)
    except accounts.InvalidLink:
        return render(request, "board/link_over.html", status=GONE)
    context = {"form": form, "person": user, "is_new": is_new}
    return render(request, "board/welcome.html", context, status=_status(form))


# The own profile


@open_to_readers
@get_or_post
def profile(request):
    form = ProfileForm(request, _sent(request), auto_id="profile-%s")
    if request.method == "POST" and form.is_valid():
        accounts.change_profile(request.user, **form.cleaned_data)
        languages.speak(request)
        messages.success(request, gettext("Your profile is saved."))
        return redirect("profile")
    context = {"form": form, "has_tokens": accounts.has_tokens(request.user), "nav": "profile"}
    return render(request, "board/profile.html", context, status=_status(form))


@open_to_readers
@sensitive_post_parameters()
@get_or_post
def change_password(request):
    form = ChangePasswordForm(request, _sent(request), auto_id="password-%s")
    if request.method == "POST" and form.is_valid():
        data, session = form.cleaned_data, request.session.session_key
        with_tokens = data.get("revoke_tokens", False)
        accounts.change_password(request.user, data["new_password1"], session, with_tokens)
        update_session_auth_hash(request, request.user)
        messages.success(request, gettext("Your password is changed, and you are signed out everywhere else."))
        return logins.know_device(redirect("profile"), request.user)
    return render(request, "board/change_password.html", {"form": form, "nav": "password"}, status=_status(form))


@open_to_readers
@require_POST
def sign_out(request):
    with_tokens = "revoke_tokens" in request.POST
    accounts.sign_out(request.user, but=request.session.session_key, with_tokens=with_tokens)
    messages.success(request, gettext("You are signed out everywhere else."))
    return logins.know_device(redirect("profile"), request.user)


# Who else is there


def staff_only(view):
    """Refuse a page to all who are not of staff."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_staff:
            raise PermissionDenied(gettext("This page is for staff."))
        return view(request, *args, **kwargs)

    return guarded


@require_safe
def people(request):
    everybody = User.objects.select_related("profile").order_by("pk")
    everybody = sorted(everybody, key=lambda person: (not person.is_active, by_name(person)))
    return render(request, "board/people.html", {"people": map(_facts, everybody), "nav": "people"})


@staff_only
@get_or_post
def invite(request):
    form = InviteForm(_sent(request), auto_id="invite-%s")
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.invite(request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _show_link(request, user)
    return render(request, "board/invite.html", {"form": form, "nav": "people"}, status=_status(form))


@staff_only
@get_or_post
def person(request, pk):
    user = _person(pk)
    form = RoleForm(_sent(request), initial={"role": accounts.role_of(user)}, auto_id="role-%s")
    if request.method == "POST" and form.is_valid():
        try:
            accounts.set_role(request.user, user, form.cleaned_data["role"])
        except ValidationError as error:
            form.add_error("role", error)
        else:
            text = ROLE_GIVEN[accounts.role_of(user)] % {"name": _facts(user)["name"]}
            messages.success(request, text)
            return redirect("person", pk)
    return _show_person(request, user, form=form)


@staff_only
@require_POST
def make_link(request, pk):
    user = _person(pk)
    if not user.is_active:
        problem = gettext("Activate the account first: nobody can use a link to it now.")
        return _show_person(request, user, problem=problem)
    return _show_link(request, user)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete_invitation(request, pk):
    """Ask, then delete the account of an invitation that nobody used."""
    user = _person(pk)
    name = _facts(user)["name"]
    if request.method == "POST":
        try:
            accounts.delete_invitation(request.user, user)
        except ValidationError as error:
            return _show_person(request, user, problem=" ".join(error.messages))
        messages.success(request, gettext("The invitation for %(name)s has been deleted.") % {"name": name})
        return redirect("people")
    return render(request, "board/delete_invitation.html", {"person": user, "name": name, "nav": "people"})


@staff_only
@require_POST
def deactivate(request, pk):
    user = _person(pk)
    try:
        accounts.deactivate(request.user, user)
    except ValidationError as error:
        return _show_person(request, user, problem=" ".join(error.messages))
    messages.success(request, gettext("%(name)s is shut out.") % {"name": _facts(user)["name"]})
    return redirect("person", pk)


@staff_only
@require_POST
def reactivate(request, pk):
    user = _person(pk)
    accounts.reactivate(request.user, user)
    messages.success(request, gettext("%(name)s may log in again.") % {"name": _facts(user)["name"]})
    return redirect("person", pk)


def _person(pk):
    return get_object_or_404(User.objects.select_related("profile"), pk=pk)


def _facts(user):
    return {
        "person": user,
        "name": user.get_full_name() or user.username,
        "role": accounts.role_of(user),
        "seen": accounts.last_seen(user),
        "is_invited": accounts.is_invited(user),
    }


def _show_link(request, user):
    token, lasts = accounts.new_link(request.user, user)
    link = site_url(request) + reverse("welcome", args=[token])
    return _show_person(request, user, link=link, link_ends=timezone.now() + lasts)


def _show_person(request, user, **context):
    form = context.setdefault("form", RoleForm(initial={"role": accounts.role_of(user)}, auto_id="role-%s"))
    status = UNPROCESSABLE if context.get("problem") else _status(form)
    context = {**_facts(user), "can_delete": accounts.can_delete(user), "nav": "people", **context}
    answer = render(request, "board/person.html", context, status=status)
    # It may show a link.
    add_never_cache_headers(answer)
    return answer


def _sent(request):
    return request.POST if request.method == "POST" else None


def _status(form):
    return UNPROCESSABLE if form.is_bound else 200
