import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import is_valid_path
from django.utils.cache import patch_vary_headers

from board.views.error_views import unknown_host

from .errors import INVALID_REQUEST, problem
from .negotiation import PROBLEM_JSON, wants_problem

PREFIX = "/api/"
# The parameter that jQuery adds to bypass caches.
CACHE_BUSTER = "_"
DETAILS = {
    HTTPStatus.BAD_REQUEST: INVALID_REQUEST,
    HTTPStatus.NOT_FOUND: "This URL doesn't exist.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong. The error is in the server log.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The server is temporarily unavailable. Try again in a moment.",
}

type GetResponse = Callable[[HttpRequest], HttpResponse]


class ApiMiddleware:
    """Turns error pages into API errors: unknown paths and hosts, crashes, an unavailable database.

    The headers stay as they are. It has to be the first middleware, to see the responses of all others.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not f"{request.path_info}/".startswith(PREFIX):
            return self.get_response(request)
        _set_known_path(request)
        _drop_cache_buster(request)
        # Django's compression adds random padding, which rules out strong ETags. A proxy may compress.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        response = self.get_response(request)
        if self._is_a_page(response):
            return as_api_error(request, response)
        if response.status_code == HTTPStatus.MOVED_PERMANENTLY:
            # A redirect to HTTPS. After a 301, clients would repeat a POST as a GET.
            response.status_code = HTTPStatus.PERMANENT_REDIRECT
        return response

    def _is_a_page(self, response: HttpResponse) -> bool:
        # In development, the page about a crash shows more.
        if response.status_code < 400 or (settings.DEBUG and response.status_code == 500):
            return False
        return not hasattr(response, "accepted_renderer")


def _set_known_path(request: HttpRequest) -> None:
    """Add or remove a slash at the end of the path if only the other path exists.

    A redirect would not do, because many clients follow it with GET.
    """
    path = request.path_info
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    if not path.endswith("//") and not is_valid_path(path) and is_valid_path(other):
        request.path = request.path.removesuffix(path) + other
        request.path_info = other


def _drop_cache_buster(request: HttpRequest) -> None:
    query = request.META.get("QUERY_STRING", "")
    if CACHE_BUSTER in query:
        parts = [part for part in query.split("&") if unquote(part.partition("=")[0]) != CACHE_BUSTER]
        request.META["QUERY_STRING"] = "&".join(parts)


class QueryMiddleware:
    """Rejects a query string that cannot be parsed. REST framework would parse it again to render the error.

    Placed below the middleware that adds headers to all responses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            try:
                request.GET  # noqa: B018
            except SuspiciousOperation:
                return HttpResponseBadRequest()
        return self.get_response(request)


def as_api_error(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response with its status and headers, and an API error as its body."""
    status = HTTPStatus(response.status_code)
    data = {"detail": unknown_host(request) or DETAILS.get(status, status.description)}
    is_problem = wants_problem(request)
    response.content = json.dumps(problem(status, data) if is_problem else data)
    response.headers["Content-Type"] = PROBLEM_JSON if is_problem else "application/json"
    response.headers["Content-Language"] = settings.LANGUAGE_CODE
    response.headers["Content-Length"] = str(len(response.content))
    patch_vary_headers(response, ["Accept"])
    return response
