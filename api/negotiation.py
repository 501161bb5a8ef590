from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

PROBLEM_JSON = "application/problem+json"


class ContentNegotiation(DefaultContentNegotiation):
    """REST framework's negotiation, except that `application/problem+json` concerns errors only."""

    def get_accept_list(self, request: Request) -> list[str]:
        tokens = super().get_accept_list(request)
        return [token for token in tokens if token.partition(";")[0].strip() != PROBLEM_JSON] or ["*/*"]


def wants_problem(request: HttpRequest | Request) -> bool:
    """Return whether `Accept` contains application/problem+json. A wildcard does not count."""
    return any(
        f"{accepted.main_type}/{accepted.sub_type}" == PROBLEM_JSON and accepted.quality
        for accepted in request.accepted_types
    )
