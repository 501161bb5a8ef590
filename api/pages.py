"""Pages to manage tokens and webhooks, and the API reference."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from board.accounts.form_views import UNPROCESSABLE, get_or_post, posted
from board.accounts.middleware import allow_viewers, changes
from board.accounts.users import UserRequest
from board.ops.site_url import site_url
from board.templatetags.people import full_name

from .forms import TokenForm, WebhookForm
from .models import Delivery, Webhook
from .webhooks import worker as webhook_worker

DELIVERIES_SHOWN = 100
# Swagger UI sanitizes HTML with DOMPurify, which has a policy for Trusted Types.
REFERENCE_CSP: dict[str, Any] = {**settings.SECURE_CSP, "trusted-types": ["default", "dompurify"]}


# Tokens


@allow_viewers
@never_cache
@sensitive_post_parameters()
@get_or_post
def tokens(request: UserRequest) -> HttpResponse:
    """List a user's tokens and create new ones. Only the response to the form shows the key."""
    form = TokenForm(request, posted(request), auto_id="token-%s")
    key = None
    if form.is_valid():
        try:
            key = form.issue()
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "form": TokenForm(request, auto_id="token-%s") if key else form,
        "key": key,
        "tokens": request.user.tokens.order_by("-created_at", "-pk"),
        "nav": "tokens",
    }
    status = UNPROCESSABLE if form.is_bound and not key else 200
    return render(request, "api/tokens.html", context, status=status)


@allow_viewers
@get_or_post
def revoke_token(request: UserRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(request.user.tokens, pk=pk)
    if request.method == "POST":
        token.revoke()
        messages.success(request, gettext("Token “%(token)s” revoked.") % {"token": token})
        return redirect("tokens")
    return render(request, "api/revoke_token.html", {"token": token, "nav": "tokens"})


# Webhooks


@changes
@never_cache
@get_or_post
def webhooks(request: UserRequest) -> HttpResponse:
    """List webhooks and create new ones. Only the response to the form shows the secret."""
    site = site_url(request)
    form = WebhookForm(request.user, site, posted(request), auto_id="webhook-%s")
    secret = form.register() if form.is_valid() else None
    context = {
        "form": WebhookForm(request.user, site, auto_id="webhook-%s") if secret else form,
        "secret": secret,
        "webhooks": Webhook.objects.visible_to(request.user)
        .select_related("owner")
        .order_by("-created_at", "-pk"),
        "nav": "webhooks",
    }
    status = UNPROCESSABLE if form.is_bound and not secret else 200
    return render(request, "api/webhooks.html", context, status=status)


@changes
@require_safe
def webhook(request: UserRequest, pk: int) -> HttpResponse:
    webhook = get_webhook(request, pk)
    deliveries = webhook.deliveries.order_by("-pk")[:DELIVERIES_SHOWN]
    return render(request, "api/webhook.html", {"webhook": webhook, "deliveries": deliveries, "nav": "webhooks"})


@require_POST
def switch_webhook(request: UserRequest, pk: int) -> HttpResponse:
    """Turn a webhook on if the field `on` is set, otherwise off."""
    webhook = get_webhook(request, pk)
    if request.POST.get("on"):
        webhook.enable()
        webhook_worker.wake()
    else:
        webhook.disable("by", full_name(request.user))
    return redirect("webhook", pk)


@require_POST
def redeliver(request: UserRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery, pk=pk, webhook__in=Webhook.objects.visible_to(request.user))
    delivery.redeliver()
    webhook_worker.wake()
    messages.success(request, gettext("Delivery queued."))
    return redirect("webhook", delivery.webhook_id)


@changes
@get_or_post
def delete_webhook(request: UserRequest, pk: int) -> HttpResponse:
    webhook = get_webhook(request, pk)
    if request.method == "POST":
        webhook.delete()
        messages.success(request, gettext("Webhook %(address)s deleted.") % {"address": webhook})
        return redirect("webhooks")
    return render(request, "api/delete_webhook.html", {"webhook": webhook, "nav": "webhooks"})


def get_webhook(request: UserRequest, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.visible_to(request.user).select_related("owner"), pk=pk)


# The reference


@csp_override(REFERENCE_CSP)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the API with Swagger UI, which reads its schema."""
    return render(request, "api/reference.html", {"nav": "docs"})
