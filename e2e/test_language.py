"""Two people, two languages, one board: each reads their own, on pages, in answers and in what is pushed."""

import re

import pytest
from playwright.sync_api import expect

from .board_page import BREAKING

GERMAN = {"locale": "de-DE"}
CARD = "Refund a ticket by its number"
OTHER = "Boarding pass as PDF"


@pytest.fixture
def english(someone, own_url):
    return someone("demo", own_url).open_demo_board()


@pytest.fixture
def german(someone, own_url):
    """A person with a German browser, on the board after logging in through the form."""
    person = someone(None, own_url, **GERMAN)
    page = person.go("/login/").page
    expect(page).to_have_title("Anmelden · Lightboard")
    page.get_by_label("Benutzername").fill("guest")
    page.get_by_label("Passwort").fill("guest")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    return person.open_demo_board()


def choose(person, label, language, button):
    """Choose a language on the profile's page."""
    page = person.go("/profile/").page
    page.get_by_label(label).select_option(language)
    page.get_by_role("button", name=button, exact=True).click()


def toast(person, text):
    return person.page.locator(".toast", has_text=text)


def test_each_reads_their_own_language_on_one_board(english, german):
    expect(german.page.locator("html")).to_have_attribute("lang", "de")
    expect(german.column("active").get_by_role("heading")).to_contain_text("In Entwicklung")
    expect(german.page.locator("[data-live]")).to_have_text("Live")
    german.drag(CARD, "testing")
    german.hear(re.compile(f"^{CARD}: Im Test, 4 von 4$"))
    english.hear(f"Gus Lindqvist moved “{CARD}” to In Testing, 4 of 4")
    expect(german.card(CARD).locator(".move")).to_have_text("Verschieben")
    expect(english.card(CARD).locator(".move")).to_have_text("Move")
    toast(german, f"„{CARD}“ nach „Im Test“ verschoben").get_by_role("button", name="Rückgängig").click()
    expect(toast(german, f"„{CARD}“ zurück nach „In Entwicklung“ verschoben")).to_be_visible()
    english.hear(f"Gus Lindqvist moved “{CARD}” back to In Development")
    expect(english.page.locator(".board-head dt").first).to_have_text("Ends")
    expect(german.page.locator(".board-head dt").first).to_have_text("Endet")
    english.card(CARD).click()
    english.page.get_by_label("Name").fill("Refund by number")
    english.page.get_by_role("button", name="Save").click()
    german.hear(f"Dana Moreau hat „{CARD}“ in „Refund by number“ umbenannt")


def test_a_german_edits_undoes_and_hears_what_was_wrong(english, german):
    page = german.page
    german.expected = BREAKING
    german.card(OTHER).click()
    form = page.get_by_role("form", name=re.compile("^Aufgabe #[0-9]+ bearbeiten$"))
    expect(form.get_by_label("Zugewiesen an")).to_be_visible()
    form.get_by_label("Fällig am").fill("2031-03-07")
    form.get_by_label("Name").fill("")
    form.get_by_role("button", name="Speichern").click()
    expect(form.locator(".error")).to_have_text("Dieses Feld ist zwingend erforderlich.")
    form.get_by_label("Name").fill(OTHER)
    form.get_by_role("button", name="Speichern").click()
    expect(german.card(OTHER).locator("time")).to_have_text("Fr, 7. März 2031")
    expect(english.card(OTHER).locator("time")).to_have_text("Fri 7 Mar 2031")
    page.keyboard.press("Control+z")
    expect(toast(german, f"Fälligkeitsdatum von „{OTHER}“ vom 7. März 2031")).to_be_visible()
    page.context.set_offline(True)
    german.drag(OTHER, "backlog")
    expect(toast(german, "Keine Verbindung. Es wurde nichts gespeichert.")).to_be_visible()
    expect(page.get_by_role("button", name="Erneut versuchen")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("searchbox").fill("pdf")
    expect(german.column("done").locator("h2 [data-count]")).to_have_text(re.compile("^[01] von [0-9]+$"))


def test_a_held_card_says_so_in_each_language(english, german):
    english.lift(OTHER)
    held = german.card(OTHER)
    expect(held).to_have_attribute("data-held", "Dana Moreau")
    words = held.evaluate("(card) => getComputedStyle(card, '::after').content")
    assert words == '"Dana Moreau verschiebt das gerade"'
    english.page.keyboard.press("Escape")
    english.page.mouse.up()


def test_the_profile_wins_over_the_browser_and_a_page_keeps_its_language(someone, own_url, german):
    person = someone("demo", own_url)
    choose(person, "Language", "de", "Save")
    expect(toast(person, "Profil gespeichert.")).to_be_visible()
    person.open_demo_board()
    second = type(person)(person.page.context.new_page(), own_url)
    choose(second, "Sprache", "en", "Speichern")
    expect(toast(second, "Profile saved.")).to_be_visible()
    second.open_demo_board()
    german.drag(CARD if german.card(CARD).count() else "Refund by number", "testing")
    for page, words in ((person, "hat „"), (second, "Gus Lindqvist moved “")):
        page.hear(words)
    choose(second, "Language", "", "Save")
