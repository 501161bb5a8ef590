"""The board under a thumb: real touches, sent through the browser's own protocol."""

import pytest
from playwright.sync_api import expect

from .touch import Finger, middle, show


@pytest.fixture
def phone(someone, sprint):
    def open_board():
        person = someone("demo", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        return person.open_board(sprint), Finger(person.page)

    return open_board


def test_a_card_is_carried_to_another_column_over_its_tab(phone, someone, sprint, add_tasks):
    add_tasks("Thumb", "Other")
    add_tasks("There", status=3)
    other = someone("guest").open_board(sprint)
    person, finger = phone()
    show(person, "todo")
    start = middle(person.card("Thumb"))
    finger.down(start)
    expect(person.page.locator(".slot")).to_be_visible()
    tab = person.page.locator('.tabs a[href="#testing"]')
    where = middle(tab)
    assert where[1] > 844 * 0.8, "the tabs lie where the thumb is"
    box = tab.bounding_box()
    assert box["height"] >= 48
    assert box["width"] >= 48
    finger.move(start, where)
    expect(tab).to_have_class("target")
    expect(person.column("testing")).to_be_in_viewport(ratio=0.5)
    finger.up()
    for each in (person, other):
        each.see("testing", ["There", "Thumb"])
    expect(person.page.locator(".slot, .lifted")).to_have_count(0)
    assert middle(person.page.locator(".tabs"))[1] < 844 / 2


def test_from_the_tab_it_can_be_carried_on_to_its_place(phone, sprint, add_tasks):
    add_tasks("Thumb")
    add_tasks("First", "Second", status=3)
    person, finger = phone()
    show(person, "todo")
    start = middle(person.card("Thumb"))
    finger.down(start)
    expect(person.page.locator(".slot")).to_be_visible()
    tab = middle(person.page.locator('.tabs a[href="#testing"]'))
    finger.move(start, tab)
    expect(person.column("testing")).to_be_in_viewport(ratio=0.9)
    finger.move(tab, middle(person.card("First")))
    box = person.card("First").bounding_box()
    finger.move(tab, (box["x"] + 60, box["y"] + 3))
    finger.up()
    person.see("testing", ["Thumb", "First", "Second"])


def test_a_swipe_scrolls_and_lifts_nothing(phone, sprint, add_tasks):
    add_tasks(*[f"Task {n}" for n in range(20)])
    person, finger = phone()
    show(person, "todo")
    cards = person.column("todo").locator(".cards")
    start = middle(person.card("Task 4"))
    finger.down(start)
    finger.move(start, (start[0], start[1] - 250))
    expect(person.page.locator(".slot")).to_have_count(0)
    finger.up()
    person.page.wait_for_function("(list) => list.scrollTop > 50", arg=cards.element_handle())
    person.see("todo", [f"Task {n}" for n in range(20)])


def test_a_second_finger_puts_the_card_back(phone, sprint, add_tasks):
    add_tasks("Pinched", "Other")
    person, finger = phone()
    show(person, "todo")
    start = middle(person.card("Pinched"))
    finger.down(start)
    expect(person.page.locator(".slot")).to_be_visible()
    finger.move(start, (start[0], start[1] + 120))
    finger.down((start[0], start[1] + 120), (300, 300))
    expect(person.page.locator(".slot, .lifted")).to_have_count(0)
    finger.up()
    person.see("todo", ["Pinched", "Other"])


def test_a_tap_opens_the_card(phone, sprint, add_tasks):
    add_tasks("Tapped")
    person, finger = phone()
    show(person, "todo")
    person.page.touchscreen.tap(*middle(person.card("Tapped")))
    expect(person.page.locator("#panel").get_by_role("heading", name="Tapped")).to_be_focused()
    assert person.page.locator("#panel").bounding_box()["width"] == person.page.viewport_size["width"]
    person.page.get_by_role("button", name="Close task").tap()
    expect(person.card("Tapped")).to_be_visible()


def test_the_move_form_moves_with_a_few_taps(phone, sprint, add_tasks):
    add_tasks("Thumb")
    add_tasks("There", "Then", status=3)
    person, _ = phone()
    show(person, "todo")
    person.card("Thumb").get_by_role("link", name="Move").tap()
    form = person.page.get_by_role("form")
    form.get_by_label("Move to").select_option(f"{sprint}-testing")
    before = form.get_by_label("Position")
    expect(before.locator("optgroup")).to_have_count(1)
    before.select_option("Then")
    form.get_by_role("button", name="Move").tap()
    person.see("testing", ["There", "Thumb", "Then"])
