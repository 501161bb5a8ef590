import json
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponseBadRequest

from .errors import MEDIA_TYPE, NOT_UNDERSTOOD, problem

PREFIX = "/api/"
DETAILS = {
    HTTPStatus.BAD_REQUEST: NOT_UNDERSTOOD,
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here. It is in the server's log.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The board is away for a moment. Try again shortly.",
}


class ApiMiddleware:
    """Answers a client of the API in its own way where no view of the API did: an unknown address or host, a crash,
    a database that is away. The headers stay. Comes first, so that it sees what the others answer.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        # Compressed by Django, with random padding, no tag would be strong and no two answers the same; a proxy may do it.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        response = self.get_response(request)
        if self._is_a_page(response):
            return as_problem(response)
        return response

    def _is_a_page(self, response):
        # Of a crash, a developer's own server shows more.
        if response.status_code < 400 or (settings.DEBUG and response.status_code == 500):
            return False
        return not hasattr(response, "accepted_renderer")


class QueryMiddleware:
    """Refuses a query that cannot be read: REST framework reads it even to say what is wrong with it.

    Stands below those that give each answer its headers.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith(PREFIX):
            try:
                request.GET  # noqa: B018
            except SuspiciousOperation:
                return HttpResponseBadRequest()
        return self.get_response(request)


def as_problem(response):
    """Return the response with its status and headers, and a body that a client of the API can read."""
    status = HTTPStatus(response.status_code)
    response.content = json.dumps(problem(status, DETAILS.get(status, status.description)))
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Language"] = settings.LANGUAGE_CODE
    response.headers["Content-Length"] = str(len(response.content))
    return response
