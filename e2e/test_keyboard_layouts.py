"""Keys work with Caps Lock, on other layouts and beside input methods; with a modifier, a mouse does what the browser does."""

import pytest
from playwright.sync_api import expect

from .touch import middle

PRESS = """([target, key, code, more]) => {
    const element = target ? document.querySelector(target) : document.activeElement;
    element.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }));
}"""


@pytest.fixture
def person(someone, sprint, add_tasks):
    add_tasks("One", "Two")
    return someone("demo").open_board(sprint)


def press(person, key, code="", target=None, **more):
    person.page.evaluate(PRESS, [target, key, code, more])


def test_a_shortcut_follows_the_letter_whatever_caps_lock_and_the_layout_say(person):
    """With Caps Lock on, and in Cyrillic; keyboard.test.js has the rule. A key beside them opens nothing."""
    link = person.card("One").get_by_role("link", name="One")
    requests = []
    person.page.on("request", lambda request: requests.append(request.url))
    for key, more in (("E", {"shiftKey": True}), (".", {}), ("ğ", {})):
        link.focus()
        press(person, key, "KeyE", **more)
    link.focus()
    press(person, "d", "KeyH")
    expect(person.page.locator(".card.open").get_by_label("Due")).to_be_visible()
    assert not [url for url in requests if url.endswith("/edit/")]
    person.page.keyboard.press("Escape")
    for key, code in (("E", "KeyE"), ("\u0443", "KeyE")):
        link.focus()
        press(person, key, code)
        expect(person.page.locator(".card.open").get_by_label("Name")).to_have_value("One")
        person.page.keyboard.press("Escape")
        expect(link).to_be_focused()
    person.drag("One", "active")
    person.see("active", ["One"])
    expect(person.page.locator(".saving")).to_have_count(0)
    press(person, "я", "KeyZ", "body", ctrlKey=True)
    person.see("todo", ["One", "Two"])
    press(person, "N", "KeyN", "body")
    expect(person.page.get_by_role("form", name="Add task").get_by_label("Name")).to_be_focused()


def test_a_key_of_an_input_method_closes_nothing(person):
    person.edit("One")
    name = person.page.locator(".card.open").get_by_label("Name")
    name.fill("ひと")
    search = person.page.get_by_role("searchbox", name="Filter cards")
    search.fill("two")
    for composing in ({"keyCode": 229}, {"isComposing": True}):
        press(person, "Escape", "Escape", ".card.open input[name=name]", **composing)
        press(person, "Escape", "Escape", "input[type=search]", **composing)
    expect(search).to_have_value("two")
    expect(name).to_have_value("ひと")
    press(person, "Escape", "Escape", ".card.open input[name=name]")
    expect(person.page.locator(".card.open")).to_have_count(0)


def test_with_a_modifier_the_right_button_or_a_menu_no_drag_begins(person):
    nothing = person.page.locator(".slot, .lifted")
    x, y = middle(person.card("One"))
    for modifier in ("Control", "Meta", "Shift", "Alt", None):
        if modifier:
            person.page.keyboard.down(modifier)
        button = "left" if modifier else "right"
        person.page.mouse.move(x, y)
        person.page.mouse.down(button=button)
        person.page.mouse.move(x + 600, y + 90, steps=2)
        expect(nothing).to_have_count(0)
        person.page.mouse.up(button=button)
        if modifier:
            person.page.keyboard.up(modifier)
        person.see("todo", ["One", "Two"])
    for ctrl in (True, False):
        came = person.page.locator('[data-task] >> text="One"').evaluate(
            """(link, ctrlKey) => {
                const options = { bubbles: true, cancelable: true, ctrlKey: true, pointerId: 1, isPrimary: true, pointerType: "mouse" };
                link.dispatchEvent(new PointerEvent("pointerdown", { ...options, ctrlKey }));
                return link.dispatchEvent(new MouseEvent("contextmenu", options));
            }""",
            ctrl,
        )
        assert came, "nobody prevented it"
        person.page.evaluate(
            """() => dispatchEvent(new PointerEvent("pointermove",
                { pointerId: 1, pointerType: "mouse", buttons: 1, clientX: 700, clientY: 500 }))"""
        )
        expect(nothing).to_have_count(0)


@pytest.mark.engines
def test_with_alt_held_the_focus_shows_and_a_mouse_selects_all_that_stands_on_a_card(person, api):
    task = person.card("One").get_attribute("data-task")
    api.patch(f"/tasks/{task}", json={"description": "Its first line"}).raise_for_status()
    text = person.card("One").locator("p")
    expect(text).to_have_text("Its first line")
    link = person.card("One").get_by_role("link", name="One")
    link.focus()
    person.page.keyboard.down("Alt")
    assert link.evaluate("(link) => getComputedStyle(link, '::after').content") != "none"
    person.page.keyboard.up("Alt")
    select(person, text)
    # As a viewer, too, who cannot drag.
    person.page.route("**/sprints/*/", lambda route: route.fulfill(body=as_reader(route.fetch().text())))
    person.page.reload()
    select(person, text)


def select(person, text):
    """Select a text with Alt and the mouse, and click elsewhere."""
    box, address = text.bounding_box(), person.page.url
    y = box["y"] + box["height"] / 2
    person.page.keyboard.down("Alt")
    expect(person.page.locator("html.selecting")).to_be_attached()
    person.page.mouse.move(box["x"] + 1, y)
    person.page.mouse.down()
    person.page.mouse.move(box["x"] + box["width"] - 2, y, steps=6)
    person.page.mouse.up()
    person.page.keyboard.up("Alt")
    assert "Its first line" in person.page.evaluate("() => getSelection().toString()")
    person.page.mouse.move(5, 5)
    person.page.mouse.down()
    person.page.mouse.up()
    expect(person.page.locator(".selecting, .card.open")).to_have_count(0)
    assert person.page.url == address


def as_reader(html):
    """Return a board's page as a viewer gets it."""
    return html.replace("<body", "<body data-reads", 1)
