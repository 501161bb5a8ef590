"""The address of this installation, for links that leave it."""

from django.conf import settings


def site_url(request):
    """Return the address for links in mails, invitations and webhooks, without a slash at its end.

    That is `SITE_URL`, which no client can influence; only without it the host that the request asked for.
    """
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
