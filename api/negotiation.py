from rest_framework.negotiation import DefaultContentNegotiation

from .errors import PROBLEM_JSON


class ContentNegotiation(DefaultContentNegotiation):
    """REST framework's own. `application/problem+json` chooses the shape of errors alone: it excludes no other answer."""

    def get_accept_list(self, request):
        tokens = super().get_accept_list(request)
        return [token for token in tokens if token.partition(";")[0].strip() != PROBLEM_JSON] or ["*/*"]
