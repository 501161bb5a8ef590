"""Mails about notifications: their content, the person's language and time, and a real mail server that gets them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from smtplib import SMTPRecipientsRefused

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.utils import timezone

from board import actions
from board.accounts import actions as account_actions
from board.models import Mail, Notification, Profile
from board.notify import actions as own_actions
from board.notify import mails, making, outbox
from board.notify.worker import NotificationWorker
from board.tests.html_page import Page
from e2e.payloads import PAYLOADS
from e2e.server import free_port

from .hostile import mention_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sends_mail(settings):
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://board.example.org"


@pytest.fixture
def ben(ben):
    ben.email = "ben@example.org"
    ben.save()
    return ben


def make():
    while making.make_notifications():
        pass


def pass_time():
    Mail.objects.exclude(due_at=None).update(due_at=timezone.now())


def attempt(person):
    """Send the due mail to a person and record the outcome; returns (message or None, the mail as it is then)."""
    mail = mails.claim(person.pk)
    message = mails.compose(mail)
    NotificationWorker().record(mail, mails.send(message))
    mail.refresh_from_db()
    return message, mail


def mail_to(person):
    make()
    pass_time()
    return attempt(person)[0]


def html_of(message):
    ((html, _),) = message.alternatives
    return Page(HttpResponse(html))


def test_a_mention_is_mailed_with_a_link_to_its_task(user, ben, add):
    task = add("Draw")
    actions.add_comment(user, task.pk, "Please look, @ben: **now**")
    message = mail_to(ben)
    assert message.to == ["ben@example.org"]
    assert message.subject == f"Ana Lind mentioned you in a comment on “Draw” (#{task.pk})"
    address = f"https://board.example.org/tasks/{task.pk}/"
    assert address in message.body
    assert "> Please look, @ben: now" in message.body
    page = html_of(message)
    assert page.one("a", href=address).text == "Ana Lind mentioned you in a comment on “Draw”"
    assert page.one("blockquote").text == "Please look, @ben: now"


def test_a_deleted_comment_is_not_quoted(user, ben, add):
    comment = actions.add_comment(user, add("Draw").pk, "@ben Secret")
    actions.remove_comment(user, comment.pk)
    message = mail_to(ben)
    assert "Secret" not in message.body
    assert "Secret" not in html_of(message).text


def test_it_can_be_ended_with_one_click(client, user, ben, add):
    add("Draw", assigned=ben)
    headers = mail_to(ben).extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    path = headers["List-Unsubscribe"].strip("<>").removeprefix("https://board.example.org")
    client.handler.enforce_csrf_checks = True
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Profile.objects.get(user=ben).mails == "none"


def test_opening_the_address_asks_first(client, user, ben, add):
    path = f"/notifications/unsubscribe/{mails.unsubscribe_token(ben)}/"
    assert Page(client.get(path)).buttons == ["Stop emails"]
    assert not Profile.objects.filter(user=ben, mails="none").exists()
    assert "ben gets no more notifications by email." in Page(client.post(path)).text


@pytest.mark.parametrize("change", [lambda token: f"{token}x", lambda token: token[1:], lambda token: "1"])
def test_an_invalid_address_ends_nobodys_mails(client, ben, change):
    path = f"/notifications/unsubscribe/{change(mails.unsubscribe_token(ben))}/"
    assert client.post(path).status_code == 404


def test_mails_of_one_task_are_one_thread(user, ben, add):
    task = add("Draw", assigned=ben)
    first = mail_to(ben).extra_headers
    actions.add_comment(user, task.pk, "@ben")
    second = mail_to(ben).extra_headers
    assert first["References"] == first["In-Reply-To"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]


def test_what_was_read_meanwhile_is_not_mailed(user, ben, add):
    task = add("Draw", assigned=ben)
    make()
    own_actions.mark_task_read(ben, task.pk)
    assert mail_to(ben) is None
    assert mails.find_due_people() == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}, {"mails": "none"}])
def test_who_left_or_wants_no_more_mails_gets_none(ben, add, change):
    add("Draw", assigned=ben)
    make()
    if "mails" in change:
        account_actions.stop_mails(ben)
    else:
        User.objects.filter(pk=ben.pk).update(**change)
    assert mail_to(ben) is None


def test_the_daily_mail_has_a_line_for_each_task_in_the_persons_language_and_time(user, ben, add):
    account_actions.change_profile(
        ben, name="Ben", email=ben.email, mails="daily", language="de", time_zone="Asia/Tokyo"
    )
    tasks = [add(name, assigned=ben) for name in ("Draw", "Paint")]
    actions.change_task(user, tasks[0].pk, name="Sketch")
    make()
    Notification.objects.update(created_at=datetime(timezone.now().year, 3, 2, 12, tzinfo=UTC))
    message = mail_to(ben)
    assert message.subject == "2 ungelesene Benachrichtigungen auf Lightboard"
    links = [link["href"] for link in html_of(message).all("a")][:2]
    assert links == [f"https://board.example.org/tasks/{task.pk}/" for task in tasks]
    assert "Ana Lind hat dir „Paint“ zugewiesen" in message.body
    assert "21:00" in message.body
    assert "In-Reply-To" not in message.extra_headers


def test_a_mail_needs_the_same_number_of_statements_for_one_task_and_for_many(
    user, ben, add, django_assert_num_queries
):
    account_actions.change_profile(ben, name="Ben", email=ben.email, mails="daily")
    for count in (1, 12):
        for number in range(count):
            actions.add_comment(user, add(f"Task {number}", assigned=ben).pk, "@ben")
        make()
        pass_time()
        mail = mails.claim(ben.pk)
        with django_assert_num_queries(4):
            mails.compose(mail)


def test_a_long_mail_ends_with_a_link_to_the_rest(user, ben, add, monkeypatch):
    monkeypatch.setattr(mails, "MOST_LINES", 2)
    account_actions.change_profile(ben, name="Ben", email=ben.email, mails="daily")
    for _ in range(5):
        add("Draw", assigned=ben)
    message = mail_to(ben)
    assert "3 more notifications on Lightboard: https://board.example.org/notifications/" in message.body


def test_names_and_comments_are_text_in_a_mail(ben, add):
    account_actions.change_profile(ben, name="Ben", email=ben.email, mails="daily")
    mention_everywhere(add)
    page = html_of(mail_to(ben))
    assert len(page.all("blockquote")) == mails.MOST_LINES < len(PAYLOADS)
    assert {element.name for element in page.all()} <= {"html", "body", "div", "a", "blockquote", "p"}
    assert not [name for element in page.all() for name in element.attrs if name.startswith("on")]


@pytest.mark.parametrize("name", ["Ana\r\nBcc: eve@example.org", "Ana\nX: y", "Ana\x00\u2028Bcc: x"])
def test_a_name_adds_no_header(user, ben, add, name):
    User.objects.filter(pk=user.pk).update(first_name=name, last_name="")
    add("Draw", assigned=ben)
    message = mail_to(ben)
    assert message.message().keys().count("Subject") == 1
    assert "Bcc" not in message.message()
    assert "\n" not in message.subject


def test_a_mail_that_fails_is_tried_again_until_the_schedule_is_over(ben, add, monkeypatch):
    def refuse(message):
        raise SMTPRecipientsRefused({"ben@example.org": (450, b"later")})

    monkeypatch.setattr(mails.EmailMultiAlternatives, "send", refuse)
    add("Draw", assigned=ben)
    make()
    for wait in outbox.RETRY_AFTER:
        pass_time()
        _, mail = attempt(ben)
        assert round((mail.due_at - mail.attempted_at).total_seconds()) == wait.total_seconds()
        assert "450" in mail.response
    pass_time()
    _, mail = attempt(ben)
    assert (mail.due_at, mail.delivered_at) == (None, None)


def test_a_claimed_mail_is_not_claimed_again_before_its_lease_ends(ben, add):
    add("Draw", assigned=ben)
    make()
    pass_time()
    assert mails.claim(ben.pk)
    assert mails.claim(ben.pk) is None
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert mails.claim(ben.pk).attempts == 2


class Inbox:
    """A mail server's messages."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        message = message_from_bytes(envelope.content, EmailMessage, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def mail_server(settings):
    """A real mail server on this machine."""
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    options = {"host": "127.0.0.1", "port": port, "timeout": 10}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    yield handler
    controller.stop()


def test_a_mail_server_gets_the_mail_as_text_and_html(mail_server, user, ben, add):
    task = add("Zeichne „Grün“", assigned=ben)
    mail_to(ben)
    ((recipients, message),) = mail_server.messages
    assert recipients == ["ben@example.org"]
    assert message["Subject"] == f"Ana Lind assigned “Zeichne „Grün“” to you (#{task.pk})"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part in message.iter_parts():
        assert f"https://board.example.org/tasks/{task.pk}/" in part.get_content()
    assert message["List-Unsubscribe"].startswith("<https://board.example.org/notifications/unsubscribe/")


async def test_the_worker_composes_and_sends(monkeypatch):
    monkeypatch.setattr(mails, "compose", lambda mail: f"about {mail.thread}")
    monkeypatch.setattr(mails, "send", lambda message: mails.Outcome(message, is_success=True))
    assert (await NotificationWorker().send(Mail(thread="day"))).response == "about day"
