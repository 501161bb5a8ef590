"""Views for logging in and out, and for setting a password with a link."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from board.accounts import actions, devices, languages, links, throttling, users
from board.accounts.form_views import get_or_post, posted, status_of
from board.accounts.forms import (
    ForgottenForm,
    LogInForm,
    PasswordForm,
    WelcomeForm,
)
from board.ops.site_url import set_script_name, site_url

logger = logging.getLogger(__name__)

GONE = 410
TOO_MANY = 429
# The command that creates the first account, as in README.md.
FIRST_INVITATION = "make invite NAME=ada"
# Mail is sent in the background, so that the response time doesn't reveal whether an account exists.
_mail_executor = ThreadPoolExecutor(1, "mail", initializer=set_script_name)


class LogIn(LoginView):
    http_method_names = ["get", "head", "post", "options"]
    form_class = LogInForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        url = super().get_redirect_url(request)
        return "" if url == self.request.path else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        command = "" if users.has_accounts() else FIRST_INVITATION
        return super().get_context_data(**kwargs, first_invitation=command)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        return devices.remember_device(super().form_valid(form), form.get_user())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        refusal = cast(LogInForm, form).refusal
        response = super().form_invalid(form)
        if isinstance(refusal, throttling.TooManyAttempts):
            response.status_code = TOO_MANY
            response["Retry-After"] = str(_seconds_until(refusal.until))
        return response


class LogOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        # Not "storage" or "cookies", so that drafts and the known device remain.
        response["Clear-Site-Data"] = '"cache"'
        return response


def _seconds_until(moment: datetime) -> int:
    return max(1, round((moment - timezone.now()).total_seconds()))


@login_not_required
@get_or_post
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Mail a link for a new password. The response doesn't reveal whether the account exists."""
    form = ForgottenForm(posted(request))
    if not settings.SENDS_MAIL:
        return render(request, "board/forgot_password.html")
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "board/forgot_password.html", {"form": form})
    try:
        # Each request counts and is never subtracted, because it may send mail to someone.
        throttling.count_attempts(throttling.attempt_limits(request, f"mail to {form.cleaned_data['who']}"))
    except throttling.TooManyAttempts as refusal:
        form.add_error(None, str(refusal))
        response = render(request, "board/forgot_password.html", {"form": form}, status=TOO_MANY)
        response["Retry-After"] = str(_seconds_until(refusal.until))
        return response
    who = form.cleaned_data["who"]
    _mail_executor.submit(_run, _mail_link, who, site_url(request), get_language())
    return render(request, "board/forgot_password.html", {"sent": True})


def _run(work: Callable[..., None], *args: object) -> None:
    """Call `work` in a thread without a request. Logs errors and closes the thread's database connection."""
    try:
        work(*args)
    except Exception:
        logger.exception("A link for a new password was not mailed. Check EMAIL_URL and MAIL_FROM.")
    finally:
        connection.close()


def _mail_link(who: str, site: str, language: str) -> None:
    """Mail a link to all active users with the username or email `who`, in their language or else in `language`."""
    named = users.user_named(who)
    people = User.objects.filter(Q(pk=named and named.pk) | Q(email__iexact=who), is_active=True).exclude(email="")
    for person in people.select_related("profile").order_by("pk"):
        token = links.link_for(person, links.MAILED_LINK_LASTS)
        link = site + reverse("welcome", args=[token])
        with override(languages.supported_language(users.profile_of(person).language) or language):
            subject = gettext("Reset your Lightboard password")
            text = render_to_string("board/forgot_password.txt", {"person": person, "link": link})
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])


@login_not_required
@never_cache
@sensitive_post_parameters()
@get_or_post
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password with the link of an invitation or reset, and log in."""
    try:
        user = links.user_of_link(token)
        is_new = users.is_invited(user)
        form = (WelcomeForm if is_new else PasswordForm)(user, posted(request))
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            with_tokens = data.get("revoke_tokens", False)
            user = actions.use_link(token, data["new_password1"], data.get("name"), with_tokens)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return devices.remember_device(redirect("home"), user)
    except ValidationError as error:
        form.add_error("new_password2", error)
    except links.InvalidLink:
        return render(request, "board/link_over.html", status=GONE)
    context = {"form": form, "person": user, "is_new": is_new}
    return render(request, "board/welcome.html", context, status=status_of(form))
