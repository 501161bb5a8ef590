"""Two people, two languages, one board: each reads their own, on pages, in answers and in what is pushed."""

import re

import pytest
from playwright.sync_api import expect

from .board_page import BREAKING

GERMAN = {"locale": "de-DE"}
CARD = "Refund a ticket by its number"
OTHER = "Boarding pass as PDF"


@pytest.fixture
def board(sprint, add_tasks):
    """A sprint with a card in three of its columns; returns its id."""
    add_tasks(OTHER)
    add_tasks(CARD, status=2)
    add_tasks("Seat map", status=3)
    return sprint


def log_in(german):
    """Log in with a German browser through the form."""
    page = german.go("/login/").page
    expect(page).to_have_title("Anmelden · Lightboard")
    page.get_by_label("Benutzername").fill("guest")
    page.get_by_label("Passwort").fill("guest")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    return german


def toast(person, text):
    return person.page.locator(".toast", has_text=text)


def test_each_reads_edits_and_hears_in_their_own_language_on_one_board(someone, board):
    english, german = someone("demo").open_board(board), log_in(someone(None, **GERMAN)).open_board(board)
    expect(german.page.locator("html")).to_have_attribute("lang", "de")
    expect(german.column("active").get_by_role("heading")).to_contain_text("In Entwicklung")
    expect(german.page.locator("[data-live]")).to_have_text("Live")
    expect(english.page.locator(".board-head dt").first).to_have_text("Ends")
    expect(german.page.locator(".board-head dt").first).to_have_text("Endet")
    german.drag(CARD, "testing")
    german.hear(re.compile(f"^{CARD}: Im Test, 2 von 2$"))
    english.hear(f"Gus Lindqvist moved “{CARD}” to In Testing, 2 of 2")
    expect(german.card(CARD).locator(".move")).to_have_text("Verschieben")
    expect(english.card(CARD).locator(".move")).to_have_text("Move")
    toast(german, f"„{CARD}“ nach „Im Test“ verschoben").get_by_role("button", name="Rückgängig").click()
    expect(toast(german, f"„{CARD}“ zurück nach „In Entwicklung“ verschoben")).to_be_visible()
    english.hear(f"Gus Lindqvist moved “{CARD}” back to In Development")
    english.edit(CARD)
    english.page.get_by_label("Name").fill("Refund by number")
    english.page.get_by_role("button", name="Save").click()
    german.hear(f"Dana Moreau hat „{CARD}“ in „Refund by number“ umbenannt")

    english.lift(OTHER)
    held = german.card(OTHER)
    expect(held).to_have_attribute("data-held", "Dana Moreau")
    words = held.evaluate("(card) => getComputedStyle(card, '::after').content")
    assert words == '"Dana Moreau verschiebt das gerade"'
    english.page.keyboard.press("Escape")
    english.page.mouse.up()
    expect(german.page.locator(".held")).to_have_count(0)

    held.locator("> .name").press("e")
    form = german.page.get_by_role("form", name=re.compile("^Aufgabe #[0-9]+ bearbeiten$"))
    expect(form.get_by_label("Zugewiesen an")).to_be_visible()
    form.get_by_label("Fällig am").fill("2031-03-07")
    form.get_by_label("Name").fill("")
    form.get_by_role("button", name="Speichern").click()
    expect(form.locator(".error")).to_have_text("Dieses Feld ist zwingend erforderlich.")
    form.get_by_label("Name").fill(OTHER)
    form.get_by_role("button", name="Speichern").click()
    expect(german.card(OTHER).locator("time")).to_have_text("Fr, 7. März 2031")
    expect(english.card(OTHER).locator("time")).to_have_text("Fri 7 Mar 2031")
    expect(toast(german, f"Fälligkeitsdatum von „{OTHER}“ auf den 7. März 2031 gesetzt")).to_be_visible()
    german.page.keyboard.press("Control+z")
    expect(toast(german, f"Fälligkeitsdatum von „{OTHER}“ entfernt")).to_be_visible()
    german.expected = BREAKING
    german.page.context.set_offline(True)
    german.drag(OTHER, "done")
    expect(toast(german, "Keine Verbindung. Es wurde nichts gespeichert.")).to_be_visible()
    expect(german.page.get_by_role("button", name="Erneut versuchen")).to_be_visible()
    german.page.context.set_offline(False)
    german.page.get_by_role("searchbox").fill("pdf")
    expect(german.column("testing").locator("h2 [data-count]")).to_have_text("0 von 1")


@pytest.fixture
def choose(someone):
    """Choose the language of `demo` on the profile's page; in the end it is the browser's again."""
    people = []

    def choose(person, label, language, button):
        people.append(person)
        page = person.go("/profile/").page
        page.get_by_label(label).select_option(language)
        page.get_by_role("button", name=button, exact=True).click()

    yield choose
    page = people[0].go("/profile/").page
    page.locator("select[name=language]").select_option("")
    page.locator("form.panel .primary").click()
    expect(page.locator(".toast")).to_be_visible()


def test_the_profile_wins_over_the_browser_and_a_page_keeps_its_language(someone, board, choose):
    german, person = someone("guest", **GERMAN).open_board(board), someone("demo")
    choose(person, "Language", "de", "Save")
    expect(toast(person, "Profil gespeichert.")).to_be_visible()
    person.open_board(board)
    second = type(person)(person.page.context.new_page(), person.base_url)
    choose(second, "Sprache", "en", "Speichern")
    expect(toast(second, "Profile saved.")).to_be_visible()
    second.open_board(board)
    german.drag(CARD, "testing")
    for page, words in ((person, "hat „"), (second, "Gus Lindqvist moved “")):
        page.hear(words)
