"""The profile, changing the password, signing out elsewhere, session lifetime, and forgotten passwords."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from board.accounts import actions, users
from board.accounts.views import login
from board.models import Event, Profile
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db
PASSWORD = "four ferries leave today"


@pytest.fixture
def elsewhere(user):
    """Another browser of the same user."""
    client = Client()
    client.force_login(user)
    return client


def is_in(browser):
    return browser.get("/profile/").status_code == 200


# The profile


def test_the_header_links_to_the_profile(browser):
    assert Page(browser.get("/")).one("a", href="/profile/").text == "Ana Lind"


def test_the_profile_shows_the_saved_values(browser):
    page = Page(browser.get("/profile/"))
    labels = ["Your name", "Time zone", "Language", "Email", "Current password (only to change the email)"]
    assert page.labels == labels
    assert [page.value(label) for label in labels] == [
        "Ana Lind",
        "Team default (UTC)",
        "Same as browser",
        "",
        "",
    ]


def test_the_profile_saves_all_fields(browser, user):
    data = {"name": " Ana  Maria Lind", "time_zone": "Asia/Kolkata", "language": "en"}
    assert browser.post("/profile/", data)["Location"] == "/profile/"
    page = Page(browser.get("/profile/"))
    assert (page.value("Your name"), page.value("Time zone")) == ("Ana Maria Lind", "Asia/Kolkata")
    assert page.value("Language") == "English"
    user.refresh_from_db()
    assert (user.first_name, user.last_name) == ("Ana Maria", "Lind")


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("Your name", {"name": "x" * 151}),
        ("Time zone", {"time_zone": "Mars/Olympus"}),
        ("Language", {"language": "tlh"}),
        ("Email", {"email": "nowhere"}),
    ],
)
def test_an_invalid_value_shows_an_error_at_its_field(browser, user, label, data):
    response = browser.post("/profile/", {"name": "Other", **data})
    assert response.status_code == 422
    assert Page(response).error(label)
    user.refresh_from_db()
    assert user.get_full_name() == "Ana Lind"


@pytest.mark.parametrize(("password", "email"), [("ana's own", "ana@example.org"), ("wrong", ""), ("", "")])
def test_a_new_address_needs_the_password(browser, user, password, email):
    response = browser.post("/profile/", {"name": "Ana", "email": "ana@example.org", "password": password})
    user.refresh_from_db()
    assert user.email == email
    if not email:
        assert Page(response).error("Current password (only to change the email)")


def test_moments_are_shown_in_the_own_time_zone(browser, user, sprint, add):
    task = add(sprint=sprint)
    Event.objects.update(created_at=datetime(2026, 1, 5, 20, tzinfo=UTC))
    assert Page(browser.get(f"/tasks/{task.pk}/")).one("ol").one("time").text == "Mon 5 Jan, 20:00"
    actions.change_profile(user, name="Ana", email="", time_zone="Asia/Kolkata", language="")
    assert Page(browser.get(f"/tasks/{task.pk}/")).one("ol").one("time").text == "Tue 6 Jan, 01:30"


# The password


def test_the_password_is_changed_with_the_old_one(browser, user):
    page = Page(browser.get("/profile/password/"))
    assert page.labels == ["Current password", "New password", "Confirm new password"]
    autocomplete = [page.field(label)["autocomplete"] for label in page.labels]
    assert autocomplete == ["current-password", "new-password", "new-password"]
    data = {"old_password": "ana's own", "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert browser.post("/profile/password/", data)["Location"] == "/profile/"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_new_password_ends_all_other_sessions(browser, elsewhere, user):
    data = {"old_password": "ana's own", "new_password1": PASSWORD, "new_password2": PASSWORD}
    browser.post("/profile/password/", data)
    assert is_in(browser)
    assert not is_in(elsewhere)
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "label"),
    [
        ({"old_password": "wrong"}, "Current password"),
        ({"old_password": ""}, "Current password"),
        ({"new_password1": "short", "new_password2": "short"}, "Confirm new password"),
        ({"new_password2": "another one here"}, "Confirm new password"),
    ],
)
def test_a_wrong_old_or_a_bad_new_password_changes_nothing(browser, user, data, label):
    good = {"old_password": "ana's own", "new_password1": PASSWORD, "new_password2": PASSWORD}
    response = browser.post("/profile/password/", good | data)
    assert response.status_code == 422
    assert Page(response).error(label)
    user.refresh_from_db()
    assert user.check_password("ana's own")


def test_the_old_password_cannot_be_guessed_faster_than_at_the_log_in(browser, user):
    for _ in range(10):
        browser.post("/profile/password/", {"old_password": "wrong"})
    good = {"old_password": "ana's own", "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "Too many attempts" in Page(browser.post("/profile/password/", good)).error("Current password")


# Sessions


def test_signing_out_everywhere_else_ends_only_the_users_other_sessions(browser, elsewhere, django_user_model):
    stranger = Client()
    stranger.force_login(django_user_model.objects.create_user("bob"))
    assert browser.post("/profile/sign-out/")["Location"] == "/profile/"
    assert is_in(browser)
    assert not is_in(elsewhere)
    assert is_in(stranger)


def test_logging_in_replaces_the_session(client, user):
    session = client.session
    session["anything"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    client.post("/login/", {"username": "ana", "password": "ana's own"})
    assert client.session.session_key != before
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not is_in(thief)


@pytest.fixture
def after(monkeypatch):
    """Advance the clock by so many days."""

    def wait(days):
        now = timezone.now() + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return wait


@pytest.mark.parametrize(("days", "stays"), [(13.9, True), (14.1, False)])
def test_an_unused_session_ends_after_14_days(browser, after, days, stays):
    after(days)
    assert is_in(browser) is stays


def test_a_used_session_ends_after_30_days(browser, after):
    for _ in range(3):
        after(9.9)
        assert is_in(browser)
    after(0.4)
    assert not is_in(browser)


def test_a_new_log_in_restarts_the_30_days(browser, user, after):
    after(13)
    browser.post("/logout/")
    browser.post("/login/", {"username": "ana", "password": "ana's own"})
    for _ in range(2):
        after(13)
        assert is_in(browser)


def test_use_is_written_down_once_an_hour(browser, user, after, django_assert_num_queries):
    reads = 4  # The session, the user, the tokens, and the bell.
    is_in(browser)
    with django_assert_num_queries(reads):
        is_in(browser)
    assert not Profile.objects.exists()
    after(1 / 20)
    is_in(browser)
    user.refresh_from_db()
    assert users.last_seen(user) == user.profile.seen_at == timezone.now()
    with django_assert_num_queries(reads):
        is_in(browser)


# A forgotten password


@pytest.fixture
def mailed(settings, monkeypatch, user):
    """Configure mail, which is sent before the response. `user` has an email address."""
    settings.SENDS_MAIL = True
    monkeypatch.setattr(login._mail_executor, "submit", lambda guard, work, *arguments: work(*arguments))
    user.email = "ana@example.org"
    user.save()


def ask(who, browser=None, **environment):
    return (browser or Client()).post("/password/", {"who": who}, **environment)


@pytest.mark.parametrize("who", ["ana", "ANA", "ana@example.org", "ANA@EXAMPLE.ORG"])
def test_a_password_link_is_mailed(mailed, client, user, who):
    ask(who)
    (message,) = mail.outbox
    assert message.to == ["ana@example.org"]
    assert "Hello Ana Lind" in message.body
    (link,) = re.findall(r"http://testserver(/welcome/\S+)", message.body)
    assert client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert client.session[SESSION_KEY] == str(user.pk)
    assert Client().get(link).status_code == 410


def test_a_mailed_link_uses_the_site_url_for_any_host_header(mailed, settings):
    settings.SITE_URL = "https://board.example.org"
    settings.ALLOWED_HOSTS = ["evil.example"]
    ask("ana", HTTP_HOST="evil.example")
    assert re.findall(r"(\S+)/welcome/\S+", mail.outbox[0].body) == ["https://board.example.org"]


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 410)])
def test_a_mailed_link_lasts_an_hour(mailed, client, after, minutes, status):
    ask("ana")
    (link,) = re.findall(r"http://testserver(/welcome/\S+)", mail.outbox[0].body)
    after(minutes / 24 / 60)
    assert client.get(link).status_code == status


def test_the_response_does_not_reveal_whether_an_account_exists(mailed, client, user, django_user_model):
    django_user_model.objects.create_user("gone", email="gone@example.org", is_active=False)
    django_user_model.objects.create_user("mute")
    responses = [ask(who, client).content for who in ("ana", "nobody", "gone", "mute", "x@example.org")]
    assert len({re.sub(rb"[A-Za-z0-9]{64}", b"csrf token", response) for response in responses}) == 1
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_at_most_ten_mails_are_sent_per_hour(mailed, client):
    statuses = [ask("ana", client).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert len(mail.outbox) == 10


def test_requesting_mail_does_not_count_as_a_log_in_attempt(mailed, client):
    for _ in range(11):
        ask("ana", client)
    response = Client().post("/login/", {"username": "ana", "password": "wrong"})
    assert response.status_code == 200


def test_without_mail_the_page_refers_to_an_admin(client, db):
    page = Page(client.get("/password/"))
    assert "Ask an admin" in page.text
    assert page.labels == []
    assert ask("ana", client).status_code == 200
    assert mail.outbox == []


def test_a_failed_mail_is_logged(caplog, monkeypatch):
    monkeypatch.setattr(login, "connection", type("Connection", (), {"close": staticmethod(lambda: None)}))
    login._run(lambda: 1 / 0)
    assert "Check EMAIL_URL and MAIL_FROM" in caplog.text


# Notifications by email


def test_without_mail_there_is_nothing_to_choose(browser, settings):
    settings.SENDS_MAIL = False
    assert not Page(browser.get("/profile/")).all("select", name="mails")
    browser.post("/profile/", {"mails": "none"})
    assert not Profile.objects.filter(mails="none").exists()


def test_mails_and_the_hour_of_the_daily_one_are_chosen(browser, user, settings):
    settings.SENDS_MAIL = True
    page = Page(browser.get("/profile/"))
    assert page.value("Notifications by email") == "Mentions and assignments at once"
    assert page.value("Time of the daily email") == "08:00"
    browser.post("/profile/", {"mails": "daily", "mail_hour": "17"})
    profile = Profile.objects.get(user=user)
    assert (profile.mails, profile.mail_hour) == ("daily", 17)
    browser.post("/profile/", {"name": "Ana"})
    profile.refresh_from_db()
    assert (profile.mails, profile.mail_hour) == ("daily", 17)


@pytest.mark.parametrize("choice", [{"mails": "hourly"}, {"mail_hour": "24"}, {"mail_hour": "x"}])
def test_other_choices_of_mails_are_refused(browser, settings, choice):
    settings.SENDS_MAIL = True
    assert browser.post("/profile/", choice).status_code == 422
