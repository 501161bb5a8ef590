"""What all views with a form share, those of the board and the API's pages included."""

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

UNPROCESSABLE = 422
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the fields that a form was sent with, which may be none; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def status_of(form: BaseForm) -> int:
    return UNPROCESSABLE if form.is_bound else 200
