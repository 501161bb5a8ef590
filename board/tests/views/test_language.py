"""Pages are in the user's language: the profile's, else the browser's. Everything else is English."""

from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from board import actions
from board.accounts import actions as account_actions
from board.accounts.views import login
from board.history import log
from board.live import batches, consumers
from board.models import Event, Status
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def choose(user):
    """Choose a language in the profile: `choose("de")`."""

    def choose_language(language):
        account_actions.change_profile(user, name="Ana Lind", email="", time_zone="", language=language)

    return choose_language


def language_of(response):
    return Page(response).one("html")["lang"]


# Choice of the language


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de", "de"),
        ("de-CH", "de"),
        ("fr, de;q=0.5", "de"),
        ("fr", "en"),
        ("en-GB,de", "en"),
        ("", "en"),
        ("%", "en"),
    ],
)
def test_without_a_log_in_pages_use_the_browsers_language(client, asked, language):
    response = client.get("/login/", headers={"Accept-Language": asked})
    assert language_of(response) == response["Content-Language"] == language
    assert Page(response).buttons == ["Anmelden" if language == "de" else "Log in"]


@pytest.mark.parametrize(
    ("chosen", "asked", "language"),
    [("", "de", "de"), ("en", "de", "en"), ("de", "en", "de"), ("de", "fr", "de"), ("tlh", "de", "de")],
)
def test_the_profiles_choice_wins_over_the_browsers(browser, choose, chosen, asked, language):
    choose(chosen)
    assert language_of(browser.get("/", headers={"Accept-Language": asked})) == language


def test_a_new_choice_is_spoken_at_once(browser):
    response = browser.post("/profile/", {"name": "Ana", "language": "de"}, follow=True)
    assert language_of(response) == "de"
    assert "Profil gespeichert." in Page(response).text


@pytest.mark.parametrize("path", ["/nowhere/", "/tasks/99/", "/sprints/99/"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_404_page_is_in_the_users_language(browser, choose, path, headers):
    choose("de")
    response = browser.get(path, headers=headers)
    assert response.status_code == 404
    assert "gibt es" in Page(response).text


def test_an_expired_form_is_rejected_in_the_browsers_language(user):
    strict = Client(enforce_csrf_checks=True, headers=GERMAN)
    strict.force_login(user)
    assert "nachdem diese Seite geladen wurde" in Page(strict.post("/sprints/add/", {})).text


def test_a_500_page_is_in_the_users_language(browser, choose):
    choose("de")
    browser.raise_request_exception = False
    with mock.patch("board.views.sprints.Sprint.objects.current", side_effect=RuntimeError):
        response = browser.get("/")
    assert (response.status_code, language_of(response)) == (500, "de")
    assert Page(response).heading == "Etwas ist schiefgegangen"


def test_the_language_ends_with_the_request(browser, choose):
    choose("de")
    browser.get("/")
    assert translation.get_language() == "en"


def test_the_choice_costs_no_query(browser, choose, sprint, django_assert_num_queries):
    browser.get("/")
    # Session, person with profile, sprints, velocity, bell.
    with django_assert_num_queries(5):
        browser.get("/")
    choose("de")
    with django_assert_num_queries(5):
        assert language_of(browser.get("/")) == "de"


# Caching


def test_pages_vary_by_language(client, browser, sprint):
    for path in ("/login/", "/", f"/sprints/{sprint.pk}/", "/nowhere/"):
        assert "Accept-Language" in browser.get(path)["Vary"]


@pytest.mark.parametrize("path", ["/image/30x20/", "/placeholder/", "/site/", "/healthz", "/api/"])
def test_untranslated_responses_do_not_vary_by_language(client, path):
    english, german = (client.get(path, headers={"Accept-Language": code}) for code in ("en", "de"))
    assert english.content == german.content
    if path != "/healthz":
        assert "Accept-Language" not in german.get("Vary", "")
        assert german.get("Content-Language", "en") == "en"


def test_a_board_in_another_language_has_another_tag(browser, sprint, add):
    add("Draw", sprint)
    address = f"/sprints/{sprint.pk}/"
    browser.get(address)
    english = browser.get(address)
    german = browser.get(address, headers=GERMAN | {"If-None-Match": english["ETag"]})
    assert german.status_code == 200
    assert language_of(german) == "de"
    again = browser.get(address, headers=GERMAN | {"If-None-Match": german["ETag"]})
    assert again.status_code == 304
    assert "Accept-Language" in again["Vary"]
    assert Page(browser.get(address)).text == Page(english).text


# Translated messages


def test_the_board_is_german_in_every_piece(browser, sprint, add):
    add("Draw", sprint, due=timezone.localdate())
    page = Page(browser.get(f"/sprints/{sprint.pk}/?q=nothing", headers=GERMAN))
    assert page.one("section", data_column="active").one("h2").text == "In Entwicklung 0 von 0"
    assert page.one("section", data_column="todo").one("h2").text == "Nicht begonnen 0 von 1"
    page = Page(browser.get(f"/sprints/{sprint.pk}/", headers=GERMAN))
    (card,) = page.all("li", data_task=True)
    assert (card.one("time").text, card.all("a")[-1].text) == ("Heute", "Verschieben")
    assert "Arbeitstag" in page.one("dl").text


@pytest.mark.parametrize(
    ("days", "words"), [(0, "Heute"), (1, "Morgen"), (-1, "1 Tag überfällig"), (-12, "12 Tage überfällig")]
)
def test_the_due_date_is_formatted_in_german(add, days, words):
    with translation.override("de"):
        assert add(due=timezone.localdate() + timedelta(days=days)).due_text == words


def test_dates_are_written_as_the_language_has_it(browser, user, sprint, add):
    task = add("Draw", sprint, due="2031-03-07")
    address = f"/tasks/{task.pk}/"
    english, german = (Page(browser.get(address, headers=headers)) for headers in ({}, GERMAN))
    assert "Fri 7 Mar 2031" in english.text
    assert "Fr, 7. März 2031" in german.text
    form = Page(browser.get(f"{address}edit/", headers=GERMAN))
    assert form.value("Fällig am") == "2031-03-07"


def test_a_sprint_without_a_name_is_called_after_its_end(user):
    sprint = actions.add_sprint(user, end="2031-03-07")
    sprint.refresh_from_db()
    names = []
    for language in ("en", "de"):
        with translation.override(language):
            names.append(str(sprint))
    assert names == ["Sprint ending 07 March 2031", "Sprint bis 7. März 2031"]


def test_events_are_translated_when_they_are_shown(browser, user, sprint, add):
    task = add("Draw", sprint)
    response = browser.post(
        f"/tasks/{task.pk}/place/",
        {"sprint": sprint.pk, "column": "testing"},
        headers=HTMX | GERMAN,
    )
    assert Page(response).one("div", class_="toast").one("p").text == "„Draw“ nach „Im Test“ verschoben"
    event = Event.objects.get(pk=log.newest_number())
    assert event.changes["status"] == [Status.TODO, Status.TESTING]
    english, german = (Page(browser.get(f"/tasks/{task.pk}/", headers=headers)).text for headers in ({}, GERMAN))
    assert "Ana Lind moved this task from Not Started to In Testing" in english
    assert "Ana Lind hat diese Aufgabe von „Nicht begonnen“ nach „Im Test“ verschoben" in german


def test_validation_errors_are_in_german(browser, sprint):
    yesterday = timezone.localdate() - timedelta(days=1)
    response = browser.post("/sprints/add/", {"name": "Later", "end": yesterday.isoformat()}, headers=GERMAN)
    assert Page(response).error("Enddatum") == "Das Enddatum darf nicht in der Vergangenheit liegen."


def test_a_password_mail_is_in_the_recipients_language(user, choose):
    choose("de")
    get_user_model().objects.update(email="ana@example.org")
    get_user_model().objects.create_user("ben", email="ben@example.org")
    for who in ("ana", "ben"):
        login._mail_link(who, "https://board.example.org", "en")
    assert [letter.subject for letter in mail.outbox] == [
        "Dein Lightboard-Passwort zurücksetzen",
        "Reset your Lightboard password",
    ]
    assert "Hallo Ana Lind,\n\njemand" in mail.outbox[0].body
    assert mail.outbox[1].body.startswith("Hello ben,\n\nsomeone")
    assert "https://board.example.org/welcome/" in mail.outbox[0].body


# Sockets


def test_a_frame_is_in_the_language_of_its_page(user, sprint, add):
    task = add("Draw", sprint, due=timezone.localdate())
    since = log.newest_number()
    actions.change_task(user, task.pk, status=Status.DONE)
    english, german = (batches.batches(language)(sprint.pk, since, log.state()) for language in ("en", "de"))
    assert english["news"][0]["text"] == "Ana Lind moved “Draw” to Completed"
    assert german["news"][0]["text"] == "Ana Lind hat „Draw“ nach „Erledigt“ verschoben"
    assert [Page(frame["cards"]).all("a")[-1].text for frame in (english, german)] == ["Move", "Verschieben"]
    assert [Page(frame["head"]).texts("dt")[0] for frame in (english, german)] == ["Ends", "Endet"]


def test_pages_of_one_language_share_their_frames():
    german, other, english = (consumers.BoardFormat(language) for language in ("de", "de", "en"))
    assert german == other != english
    assert hash(german) == hash(other)


@pytest.mark.parametrize(
    ("query", "language"), [(b"language=de", "de"), (b"", "en"), (b"language=tlh", "en"), (b"language=%ff", "en")]
)
def test_a_socket_speaks_the_language_that_its_page_names(query, language):
    assert consumers.language_of({"query_string": query}) == language
