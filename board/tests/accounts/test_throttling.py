"""Limits on wrong passwords, the demo accounts, and what is shown and logged."""

import base64
import io
import json
import logging
import os
import subprocess
import sys
from contextlib import nullcontext
from datetime import timedelta
from importlib import import_module
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher, identify_hasher, make_password
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from board.accounts import devices, throttling
from board.management import starting
from board.models import LoginThrottle
from board.ops import instance_lock, integrity
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db
SHIPPED = throttling.ATTEMPTS_PER_ACCOUNT, throttling.ATTEMPTS_PER_ADDRESS


@pytest.fixture(autouse=True)
def limit_to(monkeypatch):
    """Allow three wrong passwords for an account and six from an address, which is quicker, or others."""

    def limit(for_account, for_address):
        monkeypatch.setattr(throttling, "ATTEMPTS_PER_ACCOUNT", for_account)
        monkeypatch.setattr(throttling, "ATTEMPTS_PER_ADDRESS", for_address)

    limit(3, 6)
    return limit


@pytest.fixture
def log_in(user, client):
    """Try to log in on the page, by default in a new browser: `log_in("wrong", REMOTE_ADDR="10.0.0.1")`."""
    user.set_password("right")
    user.save()

    def post(password, username="ana", browser=None, **environment):
        if browser is None:
            client.cookies.clear()
        return (browser or client).post("/login/", {"username": username, "password": password}, **environment)

    return post


def is_in(response):
    return response.status_code == 302


# Limits


def test_the_eleventh_wrong_password_in_an_hour_is_not_checked(log_in, limit_to):
    limit_to(*SHIPPED)
    for _ in range(10):
        assert log_in("wrong").status_code == 200
    response = log_in("right")
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3600
    assert "Too many attempts. Try again in" in Page(response).one("p", role="alert").text


def test_attempts_are_possible_again_after_an_hour(log_in):
    for _ in range(3):
        log_in("wrong")
    LoginThrottle.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert log_in("wrong").status_code == 200
    assert is_in(log_in("right"))


def test_right_passwords_do_not_count(log_in):
    assert all(is_in(log_in("right")) for _ in range(7))
    assert all(log_in("wrong").status_code == 200 for _ in range(3))


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed to verify them."""
    passwords = []
    verify = MD5PasswordHasher.verify

    def note(hasher, password, encoded):
        passwords.append(password)
        return verify(hasher, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", note)
    return passwords


@pytest.fixture
def ask_by_password(client):
    """Ask the API with name and password; returns the status."""

    def ask(password, **environment):
        given = base64.b64encode(f"ana:{password}".encode()).decode()
        return client.get("/api/sprints", HTTP_AUTHORIZATION=f"Basic {given}", **environment).status_code

    return ask


def test_a_password_sent_with_each_request_is_hashed_once(log_in, ask_by_password, hashed):
    assert [ask_by_password("right") for _ in range(5)] == [200] * 5
    assert hashed == ["right"]
    assert ask_by_password("wrong") == 401
    assert hashed == ["right", "wrong"]


def test_a_new_password_ends_the_old_one_at_once(log_in, ask_by_password, user):
    assert ask_by_password("right") == 200
    user.set_password("another")
    user.save()
    assert [ask_by_password("right"), ask_by_password("another")] == [401, 200]


def test_a_deactivation_ends_a_password_at_once(log_in, ask_by_password, user):
    assert ask_by_password("right") == 200
    user.is_active = False
    user.save()
    assert ask_by_password("right") == 401


def test_a_recently_verified_password_has_the_same_limits(log_in, ask_by_password):
    assert ask_by_password("right") == 200
    assert [ask_by_password(f"guess {number}") for number in range(3)] == [401] * 3
    assert ask_by_password("right") == 429


def test_failed_attempts_of_others_do_not_lock_out_an_api_client(log_in, ask_by_password):
    assert ask_by_password("right") == 200
    for number in range(6):
        assert log_in("wrong", f"name{number}").status_code == 200
    assert log_in("wrong", "another").status_code == 429
    assert ask_by_password("right") == 200
    # Guesses of its password are still counted.
    assert [ask_by_password(f"guess {number}") for number in range(3)] == [429] * 3
    assert ask_by_password("right") == 429


def test_an_unknown_name_is_refused_like_a_known_one(log_in):
    for _ in range(4):
        known, unknown = log_in("wrong"), log_in("wrong", "nobody", REMOTE_ADDR="10.0.0.1")
    assert known.status_code == unknown.status_code == 429


@pytest.mark.parametrize("spelling", ["ANA", "Ana", "\uff41na"])
def test_another_spelling_of_the_name_is_no_new_account(log_in, spelling):
    for _ in range(3):
        log_in("wrong", spelling)
    assert log_in("right").status_code == 429


def test_an_address_has_twenty_attempts_for_all_accounts(log_in, limit_to):
    limit_to(*SHIPPED)
    for number in range(20):
        assert log_in("wrong", f"name{number}").status_code == 200
    assert log_in("right").status_code == 429


def test_the_owner_is_not_locked_out_at_another_address(log_in):
    for _ in range(4):
        log_in("wrong")
    assert is_in(log_in("right", REMOTE_ADDR="10.0.0.1"))


def test_the_owner_is_not_locked_out_on_a_known_device(log_in):
    own = Client()
    assert is_in(log_in("right", browser=own))
    own.post("/logout/")
    for _ in range(7):
        log_in("wrong")
    assert is_in(log_in("right", browser=own))


def test_a_known_device_has_separate_attempts(log_in):
    own = Client()
    log_in("right", browser=own)
    own.post("/logout/")
    for _ in range(3):
        assert log_in("wrong", browser=own).status_code == 200
    assert log_in("right", browser=own).status_code == 429
    assert is_in(log_in("right"))


def test_all_known_devices_at_an_address_share_their_attempts(log_in):
    first, second = Client(), Client()
    for own in (first, second):
        log_in("right", browser=own)
        own.post("/logout/")
    for own in (first, second, first):
        assert log_in("wrong", browser=own).status_code == 200
    assert log_in("right", browser=first).status_code == 429
    assert log_in("right", browser=second).status_code == 429


def test_attempts_on_a_known_device_count_for_the_address(log_in):
    own = Client()
    log_in("right", browser=own)
    own.post("/logout/")
    for number in range(3):
        log_in("wrong", browser=own)
        log_in("wrong", f"name{number}")
    assert log_in("wrong", "stranger").status_code == 429


@pytest.mark.parametrize("end", ["new password", "signed out everywhere"])
def test_a_browser_is_known_no_more_after_a(log_in, user, end):
    own, other = Client(), Client()
    for browser in (own, other):
        log_in("right", browser=browser)
    if end == "new password":
        passwords = {"old_password": "right", "new_password1": "a later secret", "new_password2": "a later secret"}
        own.post("/profile/password/", passwords)
    else:
        own.post("/profile/sign-out/")
    password = "a later secret" if end == "new password" else "right"
    for _ in range(3):
        log_in("wrong")
    own.post("/logout/")
    other.post("/logout/")
    assert is_in(log_in(password, browser=own))
    assert log_in(password, browser=other).status_code == 429


def test_a_browser_of_another_user_is_not_known_to_the_owner(log_in, django_user_model):
    django_user_model.objects.create_user("eve", password="eve")
    other = Client()
    log_in("eve", "eve", browser=other)
    other.post("/logout/")
    for _ in range(3):
        log_in("wrong", browser=other)
    assert log_in("right", browser=other).status_code == 429


def test_a_forged_cookie_does_not_make_a_known_device(log_in):
    browser = Client()
    browser.cookies[f"{settings.SESSION_COOKIE_NAME}_device"] = (
        devices._device_signer.sign_object(["ana", "x"]) + "x"
    )
    for _ in range(3):
        log_in("wrong", browser=browser)
    assert log_in("right", browser=browser).status_code == 429


@pytest.mark.parametrize("forwarded", ["10.0.0.{}", "10.0.0.{}, 10.1.1.{}"])
def test_a_forged_forwarded_for_header_gives_no_new_attempts(log_in, forwarded):
    statuses = [log_in("wrong", HTTP_X_FORWARDED_FOR=forwarded.format(n, n)).status_code for n in range(5)]
    assert statuses == [200] * 3 + [429] * 2


def test_only_the_trusted_proxys_forwarded_for_entry_counts(log_in, settings):
    settings.TRUSTED_PROXIES = 1
    made_up = [log_in("wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 192.0.2.7").status_code for n in range(4)]
    assert made_up == [200] * 3 + [429]
    assert is_in(log_in("right", HTTP_X_FORWARDED_FOR="192.0.2.7, 192.0.2.8"))


@pytest.mark.parametrize(
    ("peer", "is_noticed"), [("127.0.0.1", True), ("172.17.0.1", True), ("198.51.0.7", False)]
)
def test_a_proxy_that_no_setting_counts_is_noticed(log_in, lines, caplog, peer, is_noticed):
    for _ in range(2):
        log_in("right", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert throttling.passes_unknown_proxy() == is_noticed
    said = [record.message for record in caplog.records if "TRUSTED_PROXIES" in record.message]
    assert len(said) == is_noticed


def test_the_doctor_command_and_the_server_warn_about_it(log_in, monkeypatch, caplog):
    log_in("right", HTTP_X_FORWARDED_FOR="192.0.2.7")
    caplog.clear()
    said = io.StringIO()
    # The data of this test are only visible in this connection.
    monkeypatch.setattr(integrity, "snapshot", lambda: nullcontext("default"))
    call_command("doctor", stderr=said)
    assert "TRUSTED_PROXIES" in said.getvalue()
    monkeypatch.setattr(starting, "call_command", lambda *args, **options: None)
    monkeypatch.setattr(instance_lock, "acquire", lambda: False)
    starting.prepare_database(mock.Mock(), migrate=True)
    assert "TRUSTED_PROXIES" in caplog.text


def test_a_trusted_proxy_causes_no_warning(log_in, settings):
    log_in("right", HTTP_X_FORWARDED_FOR="192.0.2.7")
    settings.TRUSTED_PROXIES = 1
    assert not throttling.passes_unknown_proxy()


def test_an_ipv6_network_counts_as_one_address(log_in):
    statuses = [log_in("wrong", REMOTE_ADDR=f"2001:db8::{n:x}").status_code for n in range(4)]
    assert statuses == [200] * 3 + [429]
    assert is_in(log_in("right", REMOTE_ADDR="2001:db8:0:1::1"))


def test_counts_that_had_their_hour_are_forgotten_at_the_next_log_in(log_in):
    log_in("wrong", "nobody")
    LoginThrottle.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    log_in("right", REMOTE_ADDR="10.0.0.1")
    assert not LoginThrottle.objects.filter(expires_at__lt=timezone.now()).exists()


def test_sessions_that_are_over_are_forgotten_at_the_next_log_in(log_in):
    log_in("right", browser=Client())
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    log_in("right")
    assert Session.objects.count() == 1


def test_entered_names_are_not_stored(log_in):
    log_in("hunter2", "a password in the wrong field")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM board_loginthrottle")
        stored = str(cursor.fetchall())
    assert "password" not in stored
    assert "hunter2" not in stored


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_ten_of_forty_concurrent_guesses_are_checked(request, tmp_path, database):
    url = f"sqlite:///{tmp_path / 'own.sqlite3'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres").new_database("guesses")
    done = subprocess.run(
        [sys.executable, "-m", "board.tests.accounts.password_guesses"],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.returncode, done.stderr
    assert json.loads(done.stdout) == {"checked": 10, "refused": 30}


# Information in responses


@pytest.fixture
def gone(django_user_model):
    return django_user_model.objects.create_user("gone", password="gone for good", is_active=False)


@pytest.fixture
def invited(django_user_model):
    return django_user_model.objects.create_user("invited")


@pytest.mark.parametrize(
    ("username", "password"),
    [("ana", "wrong"), ("nobody", "wrong"), ("gone", "wrong"), ("gone", "gone for good"), ("invited", "wrong")],
)
def test_known_unknown_and_inactive_names_cost_one_hash_and_get_the_same_response(
    log_in, gone, invited, username, password
):
    with mock.patch.object(
        MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
    ) as hash_:
        response = log_in(password, username)
    assert hash_.call_count == 1
    assert response.status_code == 200
    assert list(response.cookies) == [settings.CSRF_COOKIE_NAME]
    assert Page(response).one("p", role="alert").text.startswith("Please enter a correct username and password.")


# Storage of passwords


@pytest.fixture
def _real_hashers(settings):
    settings.PASSWORD_HASHERS = import_module("config.settings").PASSWORD_HASHERS


@pytest.mark.usefixtures("_real_hashers")
def test_argon2_hashes_first():
    assert make_password("x").startswith("argon2$argon2id$")


@pytest.mark.usefixtures("_real_hashers")
def test_an_old_hash_is_accepted_and_upgraded(log_in, user):
    user.password = PBKDF2PasswordHasher().encode("right", "of old", iterations=1000)
    user.save()
    assert is_in(log_in("right"))
    user.refresh_from_db()
    assert identify_hasher(user.password).algorithm == "argon2"
    assert user.check_password("right")


# Log-ins of the demo accounts


@pytest.fixture
def demo(django_user_model, settings):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    return django_user_model.objects.create_user("demo", password="demo")


@pytest.fixture
def log_in_here(log_in):
    """Log in to the demo like a browser on this machine, except for the given values."""
    return lambda **environment: log_in("demo", "demo", **{"HTTP_HOST": "localhost", **environment})


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("127.0.0.1", "localhost"),
        ("127.0.0.5", "localhost:8000"),
        ("::1", "LocalHost:1"),
        ("::ffff:127.0.0.1", "127.0.0.1:8000"),
        ("127.0.0.1", "[::1]:8000"),
        ("::1", "[::1]"),
    ],
)
def test_the_demo_logs_in_on_this_machine(demo, log_in_here, address, host):
    assert is_in(log_in_here(REMOTE_ADDR=address, HTTP_HOST=host))


@pytest.mark.parametrize(
    "environment",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "localhost"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "localhost"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_CF_CONNECTING_IP": "192.0.2.1"},
        {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    ],
)
def test_the_demo_rejects_other_machines_and_explains_why(demo, log_in_here, environment):
    assert_refused(log_in_here(**environment))


def test_the_demo_rejects_log_ins_through_any_proxy(demo, log_in_here, settings):
    settings.TRUSTED_PROXIES = 1
    assert_refused(log_in_here(HTTP_X_FORWARDED_FOR="127.0.0.1"))
    assert_refused(log_in_here())


def test_where_a_proxy_passes_another_host_on_the_demo_does_not_log_in(demo, log_in_here, settings):
    settings.ALLOWED_HOSTS = ["board.example", "localhost"]
    assert_refused(log_in_here(HTTP_HOST="board.example"))
    assert_refused(log_in_here())


@pytest.mark.parametrize("site", ["http://board.example", "http://board.example:8000", "http://192.0.2.1"])
def test_an_installation_with_another_address_does_not_log_in_the_demo(demo, log_in_here, settings, site):
    settings.SITE_URL = site
    assert_refused(log_in_here())


def assert_refused(response):
    assert response.status_code == 200
    assert "only log in on the machine that runs Lightboard" in Page(response).one("p", role="alert").text


def test_a_setting_lets_the_demo_log_in_from_everywhere(demo, log_in, settings):
    settings.DEMO_ANYWHERE = True
    settings.ALLOWED_HOSTS = ["board.example"]
    assert is_in(log_in("demo", "demo", REMOTE_ADDR="192.0.2.1", HTTP_HOST="board.example"))


def test_a_demo_account_with_a_new_password_has_no_restrictions(demo, log_in):
    demo.set_password("four ferries leave today")
    demo.save()
    assert is_in(log_in("four ferries leave today", "demo", REMOTE_ADDR="192.0.2.1", HTTP_HOST="localhost"))


def test_from_elsewhere_a_wrong_password_of_the_demo_is_wrong_like_any(demo, log_in):
    response = log_in("wrong", "demo", REMOTE_ADDR="192.0.2.1", HTTP_HOST="localhost")
    assert "Please enter a correct username" in Page(response).text


# The log


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "board.accounts")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "board.accounts.audit_log"]


def test_log_ins_log_outs_and_failures_are_logged(log_in, lines):
    browser = Client()
    log_in("wrong", browser=browser)
    log_in("secret", "my password")
    log_in("right", browser=browser)
    browser.post("/logout/")
    assert lines() == [
        "log-in failed: 'ana' from '127.0.0.1'",
        "log-in failed: unknown name from '127.0.0.1'",
        "'ana' logged in from '127.0.0.1'",
        "'ana' logged out from '127.0.0.1'",
    ]


def test_a_refused_log_in_is_logged(log_in, lines):
    for _ in range(4):
        log_in("wrong")
    assert lines()[-1] == "log-in refused: too many attempts from '127.0.0.1'"


def test_a_name_cannot_fake_a_line(lines):
    get_user_model().objects.create_user("a\nb")
    authenticate(RequestFactory().post("/"), username="a\nb", password="x")
    assert lines() == ["log-in failed: 'a\\nb' from '127.0.0.1'"]


def test_an_address_cannot_fake_a_line(lines, settings):
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().post("/", HTTP_X_FORWARDED_FOR="1\n2")
    authenticate(request, username="x", password="x")
    assert "\n" not in lines()[0]
