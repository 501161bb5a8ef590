"""The API as pages, for work on the code."""

from django.conf import settings
from django.utils.csp import CSP, build_policy
from rest_framework import renderers

# What the pages of REST framework have beside what ours may: inline styles, and a font with its icons.
POLICY = {"style-src": [CSP.SELF, CSP.UNSAFE_INLINE], "font-src": [CSP.SELF]}


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """REST framework's own, whose pages look as they should under a Content-Security-Policy."""

    def render(self, data, accepted_media_type=None, renderer_context=None):
        response = renderer_context["response"]
        response.headers[CSP.HEADER_ENFORCE.value] = build_policy(settings.SECURE_CSP | POLICY)
        return super().render(data, accepted_media_type, renderer_context)
