"""Helpers for all views with a form, including the API's pages."""

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

UNPROCESSABLE = 422
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the submitted data, which may be empty, or None if the form is only requested."""
    return request.POST if request.method == "POST" else None


def status_of(form: BaseForm) -> int:
    return UNPROCESSABLE if form.is_bound else 200
