"""Mails about notifications: their content, and how to have no more of them."""

import logging
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from board.accounts import languages, users
from board.models import Mail, Profile
from board.ops.site_url import server_urls

from . import inbox, outbox

logger = logging.getLogger(__name__)

MOST_LINES = 50
RESPONSE_LENGTH = 500
_signer = signing.Signer(salt="board.notify.mails")


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt to send a mail, with an error message if it failed."""

    response: str
    is_success: bool


def find_due_people() -> list[tuple[int, int]]:
    """Return [(person's id, person's id)] of those with due mails, as the outbox wants recipients and owners."""
    due = Mail.objects.filter(due_at__lte=timezone.now()).values_list("person_id", flat=True)
    return [(person, person) for person in due.order_by("person_id").distinct()]


def claim(person: int) -> Mail | None:
    """Claim the oldest due mail to a person. Return None if there is none."""
    return outbox.claim_first(Mail.objects.filter(person=person).select_related("person__profile"))


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """Return the message, or None if everything has been read or the person wants no mails now."""
    person = mail.person
    profile = users.profile_of(person)
    unread = mail.notifications.unread().order_by("-seq")
    if profile.mails == Profile.Mails.NONE or not (person.is_active and person.email and unread):
        return None
    zone = ZoneInfo(profile.time_zone or settings.TIME_ZONE)
    with (
        override(languages.supported_language(profile.language) or settings.LANGUAGE_CODE),
        timezone.override(zone),
    ):
        lines = inbox.grouped(unread)
        return _message(mail, lines)


def _message(mail: Mail, lines: list[inbox.Line]) -> EmailMultiAlternatives:
    site = server_urls()[0]
    host = urlsplit(site).hostname
    unsubscribe = site + reverse("unsubscribe", args=[unsubscribe_token(mail.person)])
    context: dict[str, Any] = {
        "lines": lines[:MOST_LINES],
        "more": len(lines) - len(lines[:MOST_LINES]),
        "site": site,
        "unsubscribe": unsubscribe,
    }
    headers = {
        "Message-ID": f"<{mail.key}@{host}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if mail.thread != "day":
        # Mail programs show mails with the same ancestor together, though nobody ever got that one.
        headers["References"] = headers["In-Reply-To"] = f"<{mail.thread}.{mail.person_id}@{host}>"
    message = EmailMultiAlternatives(
        subject=_subject(mail, lines),
        body=render_to_string("board/mail/notifications.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.person.email],
        headers=headers,
    )
    message.attach_alternative(render_to_string("board/mail/notifications.html", context), "text/html")
    return message


def _subject(mail: Mail, lines: list[inbox.Line]) -> str:
    newest = lines[0]
    if mail.thread == "day":
        count = len(lines)
        return ngettext(
            "%(count)s unread notification on Lightboard", "%(count)s unread notifications on Lightboard", count
        ) % {"count": count}
    task = f" (#{newest.notification.task})" if newest.notification.task else ""
    return one_line(newest.text) + task


def one_line(text: str) -> str:
    """Return a text without line breaks and other control characters, for a header."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def send(message: EmailMultiAlternatives | None) -> Outcome:
    """Send a message once. Errors become an `Outcome`, too."""
    if message is None:
        return Outcome("", is_success=True)
    try:
        message.send()
    except Exception as error:
        logger.warning("A mail was not sent and will be tried again. Check EMAIL_URL and MAIL_FROM: %s", error)
        return Outcome(f"{type(error).__name__}: {error}"[:RESPONSE_LENGTH], is_success=False)
    return Outcome("", is_success=True)


def unsubscribe_token(person: User) -> str:
    """Return the token of the address at which a person ends all mails. It doesn't expire."""
    return _signer.sign_object(person.pk)


def person_of_token(token: str) -> User | None:
    """Return the person who got a mail with this token, or None if it is invalid."""
    try:
        return User.objects.filter(pk=_signer.unsign_object(token)).first()
    except signing.BadSignature:
        return None
