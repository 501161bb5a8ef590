from drf_spectacular.utils import extend_schema
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..models import log_in
from ..serializers.users import LogInSerializer
from .base import Endpoint


class TokenView(Endpoint, ObtainAuthToken):
    """Create a token with read and write access from a username and a password."""

    # A browser that is logged in to the board also sends its cookie, which would require a CSRF token.
    authentication_classes = []
    serializer_class = LogInSerializer
    throttle_classes = APIView.throttle_classes

    @extend_schema(summary="Create a token with read and write access from a username and a password")
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"token": log_in(serializer.validated_data["user"])})
