"""/profile/tokens/: a person makes tokens, sees what they are for, and revokes them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from api.models import Token, log_in
from board.tests.html_page import Page

URL = "/profile/tokens/"


@pytest.fixture
def browser(ada):
    """Django's test client, logged in as ada."""
    browser = Client()
    browser.force_login(ada)
    return browser


def make(browser, name="Nightly report", scope="read", days="90", **data):
    return browser.post(URL, {"name": name, "scope": scope, "days": days, **data})


@pytest.mark.parametrize(
    ("scope", "days", "lasts"),
    [("read", "30", 30), ("write", "90", 90), ("read", "365", 365), ("write", "", None)],
)
def test_a_person_makes_a_token_and_sees_its_key_once(browser, ada, scope, days, lasts):
    password = {} if lasts else {"password": "a long password"}
    answer = make(browser, scope=scope, days=days, **password)
    key = Page(answer).one(id="secret").text
    token = Token.objects.get_by_key(key)
    assert (token.owner, token.name, token.scope) == (ada, "Nightly report", scope)
    until = lasts and timezone.now() + timedelta(days=lasts)
    assert token.expires_at == until or abs(token.expires_at - until) < timedelta(minutes=1)
    again = browser.get(URL).content.decode()
    assert "Nightly report" in again
    assert key not in again
    assert token.digest not in again
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("Name", {"name": ""}),
        ("Name", {"name": "x" * 101}),
        ("Access", {"scope": "everything"}),
        ("Expiration", {"days": "31"}),
        ("Expiration", {"days": "-1"}),
    ],
)
def test_what_is_wrong_is_said_beside_it(browser, field, data):
    answer = make(browser, **data)
    assert answer.status_code == 422
    assert Page(answer).error(field)
    assert not Token.objects.exists()


def test_the_list_says_what_a_token_may_and_when_it_was_used(browser, ada, issue, client):
    issue("write", last_used_at=timezone.now(), expires_at=timezone.now() + timedelta(days=3))
    row = Page(browser.get(URL)).one("li", data_token=True)
    facts = dict(zip(row.texts("dt"), row.texts("dd"), strict=True))
    assert list(facts) == ["Access", "Created", "Last used", "Expires"]
    assert facts["Access"] == "Read and write"
    assert facts["Last used"] != "Never"


def test_a_person_revokes_a_token_after_a_question(browser, issue, stranger):
    key = issue()
    token = Token.objects.get()
    row = Page(browser.get(URL)).one("li", data_token=str(token.pk))
    question = row.one("a", class_="button danger")["href"]
    assert "Revoke token" in Page(browser.get(question)).buttons
    assert Token.objects.valid().exists()
    assert browser.post(question, follow=True).redirect_chain[-1][0] == URL
    assert stranger.get("/api/users", headers={"authorization": f"Token {key}"}).status_code == 401
    assert Page(browser.get(URL)).one("li", data_token=True).texts("dt")[-1] == "Revoked"


def test_the_tokens_of_others_are_not_there(browser, issue, django_user_model):
    other = django_user_model.objects.create_user("bob", password="a long password")
    issue(owner=other)
    pk = Token.objects.get().pk
    assert not Page(browser.get(URL)).all("li", data_token=True)
    assert browser.get(f"{URL}{pk}/revoke/").status_code == 404
    assert browser.post(f"{URL}{pk}/revoke/").status_code == 404
    assert Token.objects.valid().exists()


def test_the_page_needs_a_log_in_and_the_profile_leads_to_it(browser, db):
    assert Client().get(URL)["Location"] == f"/login/?next={URL}"
    header = Page(browser.get("/")).one("header")
    assert "Ada Lovelace" in [link.text for link in header.all("a", href="/profile/")]
    assert Page(browser.get("/profile/")).all("a", href=URL)


def test_a_key_does_not_open_the_page(issue):
    assert Client().get(URL, headers={"authorization": f"Token {issue()}"}).status_code == 302


def test_a_person_has_at_most_fifty_tokens_that_open_something(browser, ada):
    Token.objects.bulk_create(Token(owner=ada, name=f"Token {n}", digest=str(n)) for n in range(49))
    assert [make(browser).status_code for _ in range(2)] == [200, 422]
    Token.objects.first().revoke()
    assert make(browser).status_code == 200


@pytest.mark.parametrize("password", [{}, {"password": ""}, {"password": "a wrong password"}])
def test_a_token_without_an_end_needs_the_password(browser, password):
    answer = make(browser, days="", **password)
    assert answer.status_code == 422
    assert (
        Page(answer).error("Current password (only for a token that never expires)")
        == "That password is incorrect."
    )
    assert not Token.objects.exists()


def test_wrong_passwords_for_a_token_count_like_log_ins(browser):
    errors = [
        Page(make(browser, days="", password=f"wrong {n}")).error(
            "Current password (only for a token that never expires)"
        )
        for n in range(11)
    ]
    assert set(errors[:10]) == {"That password is incorrect."}
    assert errors[10].startswith("Too many attempts.")
    # Not even with the right one; and a token with an end asks for none.
    assert make(browser, days="", password="a long password").status_code == 422
    assert make(browser).status_code == 200


def test_the_token_of_a_login_has_a_name_in_the_persons_language(browser, ada):
    log_in(ada)
    english, german = (
        Page(browser.get(URL, headers={"Accept-Language": code})).all("li", data_token=True)
        for code in ("en", "de")
    )
    assert [one.one("h2").text for (one,) in (english, german)] == [
        "Login with password",
        "Anmeldung mit Passwort",
    ]
