"""The pages on which a person lets programs in and looks after them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .forms import TokenForm

UNPROCESSABLE = 422
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


# Tokens


@never_cache
@get_or_post
def tokens(request):
    """List a person's tokens and make new ones. The answer to the form is the only place where a key shows."""
    form = TokenForm(request.POST if request.method == "POST" else None, auto_id="token-%s")
    key = form.issue(request.user) if form.is_valid() else None
    context = {
        "form": TokenForm(auto_id="token-%s") if key else form,
        "key": key,
        "tokens": request.user.tokens.order_by("-made_at", "-pk"),
        "nav": "tokens",
    }
    status = UNPROCESSABLE if form.is_bound and not key else 200
    return render(request, "api/tokens.html", context, status=status)


@get_or_post
def revoke_token(request, pk):
    token = get_object_or_404(request.user.tokens, pk=pk)
    if request.method == "POST":
        token.revoke()
        messages.success(request, f"“{token}” opens nothing any more.")
        return redirect("tokens")
    return render(request, "api/revoke_token.html", {"token": token, "nav": "tokens"})
