"""Helpers that the pages about accounts share."""

from django.contrib.auth import get_user_model
from django.views.decorators.http import require_http_methods

UNPROCESSABLE = 422
User = get_user_model()
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def posted(request):
    return request.POST if request.method == "POST" else None


def status_of(form):
    return UNPROCESSABLE if form.is_bound else 200
