"""The browsable API, for development."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.csp import CSP, build_policy
from rest_framework import renderers, status
from rest_framework.authentication import TokenAuthentication

# Sources that the pages of REST framework need in addition: inline styles and an icon font.
EXTRA_SOURCES = {"style-src": [CSP.SELF, CSP.UNSAFE_INLINE], "font-src": [CSP.SELF]}
# Its scripts write whole documents, which Trusted Types forbid.
TRUSTED_TYPES = {"require-trusted-types-for", "trusted-types"}


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """REST framework's renderer, with a Content-Security-Policy and the log-in of the board."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        response = (renderer_context or {})["response"]
        response.headers[CSP.HEADER_ENFORCE.value] = build_policy(browsable_policy())
        # A page shows the user, which its ETag does not depend on.
        response.headers["Cache-Control"] = "no-store"
        if response.status_code == status.HTTP_401_UNAUTHORIZED:
            # With “Basic”, the browser would ask for a password instead of showing the link to the log-in.
            response.headers["WWW-Authenticate"] = TokenAuthentication.keyword
        return super().render(data, accepted_media_type, renderer_context)


def browsable_policy() -> dict[str, Any]:
    """Return the Content-Security-Policy of the browsable API, as in `SECURE_CSP`."""
    policy = {name: sources for name, sources in settings.SECURE_CSP.items() if name not in TRUSTED_TYPES}
    return policy | EXTRA_SOURCES
