"""A column owns its whole lane: wherever in it a card is let go, it lands there, at every zoom and scroll position."""

import pytest
from playwright.sync_api import expect

from .board_page import Person
from .browser import launch
from .touch import Finger, middle, show

WIDTH, HEIGHT = 1440, 900
LONG = 30


@pytest.fixture
def crowded(add_tasks):
    """One long column beside short and empty ones."""
    add_tasks(*(f"Task {number}" for number in range(LONG)))
    add_tasks("Under test", status=3)


def slot_in(person):
    """Return the column in which the slot shows, and whether it shows at its end."""
    return person.page.locator(".slot").evaluate(
        """(slot) => {
            let next = slot.nextElementSibling;
            while (next?.matches(".lifted")) next = next.nextElementSibling;
            return [slot.closest("[data-column]").dataset.column, !next];
        }"""
    )


@pytest.mark.parametrize(("zoom", "last"), [(0.8, "testing"), (1.5, "done")])
def test_a_column_takes_a_card_in_its_whole_lane_at_every_zoom(someone, sprint, crowded, zoom, last):
    size = {"width": round(WIDTH / zoom), "height": round(HEIGHT / zoom)}
    person = someone("demo", viewport=size, device_scale_factor=zoom).open_board(sprint)
    move = person.page.mouse.move
    person.column("todo").locator(".cards").evaluate("(list) => (list.scrollTop = 40)")
    person.lift("Task 3")
    for column in ("todo", "active", "testing", "done", last):
        lane = person.column(column).bounding_box()
        for x in (lane["x"] + 3, lane["x"] + lane["width"] / 2, lane["x"] + lane["width"] - 3, lane["x"] - 3):
            move(x, size["height"] - 4, steps=2)
            assert slot_in(person)[0] == column
        for y in (2, lane["y"] - 8, lane["y"] + 4):
            move(lane["x"] + 20, y, steps=2)
            assert slot_in(person)[0] == column
        move(lane["x"] + lane["width"] / 2, size["height"] - 60, steps=2)
        if column != "todo":
            assert slot_in(person) == [column, True]
    person.page.mouse.up()
    expect(person.cards(last).last).to_have_text("Task 3")
    expect(person.page.locator(".saving, .flying")).to_have_count(0)


@pytest.mark.engines
def test_a_card_dragged_straight_to_the_right_lands_under_the_short_column(someone, sprint, crowded, api):
    person = someone("demo").open_board(sprint)
    target = middle(person.column("testing"))[0]
    person.lift("Task 8")
    y = middle(person.page.locator(".slot"))[1]
    assert y > sum(person.column("testing").bounding_box()[side] for side in ("y", "height")), (
        "below its last card"
    )
    person.page.mouse.move(target, y, steps=20)
    person.page.mouse.up()
    person.see("testing", ["Under test", "Task 8"])
    expect(person.page.locator(".saving")).to_have_count(0)
    tasks = api.get("/tasks", params={"sprint": sprint, "status": 3, "ordering": "order"}).json()["results"]
    assert [task["name"] for task in tasks] == ["Under test", "Task 8"]


def test_a_card_lands_at_the_end_of_a_column_below_its_last_card(someone, sprint, crowded, add_tasks):
    """Of a long one, as a filter shows it, from a pen, and where no move told of the place."""
    add_tasks("Guest", status=2)
    person = someone("demo").open_board(sprint)
    drop_with_a_pen(person, "Task 1", (middle(person.column("done"))[0], 800))
    person.see("done", ["Task 1"])

    lane = person.column("todo").bounding_box()
    person.lift("Guest")
    person.page.mouse.move(lane["x"] + lane["width"] / 2, lane["y"] + lane["height"] + 10)
    assert slot_in(person) == ["todo", True]
    person.page.mouse.up()
    expect(person.card("Guest")).to_be_in_viewport()
    expect(person.page.locator(".saving")).to_have_count(0)
    person.see("todo", [*(f"Task {number}" for number in range(LONG) if number != 1), "Guest"])

    person.page.get_by_role("searchbox").fill("task 1")
    person.lift("Task 11")
    person.page.mouse.move(middle(person.column("active"))[0], HEIGHT - 10, steps=4)
    assert slot_in(person) == ["active", True]
    person.page.mouse.up()
    expect(person.cards("active")).to_have_text(["Task 11"])

    person.lift("Task 12")
    person.page.evaluate(
        """([clientX, clientY]) => dispatchEvent(
            new PointerEvent("pointerup", { pointerId: 1, pointerType: "mouse", isPrimary: true, clientX, clientY }))""",
        [middle(person.column("active"))[0], 700],
    )
    expect(person.cards("active")).to_have_text(["Task 11", "Task 12"])
    person.page.mouse.up()


def drop_with_a_pen(person, name, end):
    session = person.page.context.new_cdp_session(person.page)

    def pen(kind, point, buttons):
        event = {"type": kind, "x": point[0], "y": point[1], "button": "left", "buttons": buttons, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", {**event, "pointerType": "pen"})

    start = middle(person.card(name))
    pen("mouseMoved", start, 0)
    pen("mousePressed", start, 1)
    expect(person.page.locator(".slot")).to_be_visible()
    pen("mouseMoved", end, 1)
    pen("mouseReleased", end, 0)


def test_a_wheel_scrolls_under_a_card_in_hand_and_escape_puts_it_back_without_opening_it(someone, sprint, crowded):
    person = someone("demo").open_board(sprint)
    requests = []
    person.page.on("request", lambda request: requests.append(request.url))
    person.lift("Task 3")
    next_card = (
        "(slot) => slot.nextElementSibling.matches('.lifted') ? 'lifted' : slot.nextElementSibling.innerText"
    )
    slot = person.page.locator(".slot")
    before = slot.evaluate(next_card)
    person.page.mouse.wheel(0, 400)
    person.page.wait_for_function("() => document.querySelector('[data-column=todo] .cards').scrollTop > 200")
    expect(slot).to_be_in_viewport(ratio=0.9)
    assert slot.evaluate(next_card) != before
    person.page.keyboard.press("Escape")
    expect(person.page.locator(".slot, .lifted, .flying")).to_have_count(0)
    person.page.mouse.up()
    person.drag("Task 2", "testing")
    person.see("testing", ["Under test", "Task 2"])
    assert not [url for url in requests if "/edit/" in url]


# Scrolling over cards


def test_a_finger_drops_into_lanes_and_tabs_and_scrolls_what_it_swipes(someone, sprint, add_tasks):
    add_tasks("Thumb", *(f"Card {number}" for number in range(9)))
    size = {"width": 1024, "height": 768}
    person = someone("demo", viewport=size, has_touch=True, is_mobile=True).open_board(sprint)
    finger = Finger(person.page)
    start = hold(person, finger, "Card 2")
    finger.move(start, (middle(person.column("done"))[0], 740))
    assert slot_in(person) == ["done", True]
    finger.up()
    person.see("done", ["Card 2"])

    # Between two tabs the nearest takes the card.
    person.page.set_viewport_size({"width": 390, "height": 844})
    show(person, "todo")
    start = hold(person, finger, "Thumb")
    box = person.page.locator('.tabs a[href="#testing"]').bounding_box()
    finger.move(start, (box["x"] + box["width"] + 2, box["y"] + box["height"] + 4))
    assert slot_in(person) == ["testing", True]
    finger.up()
    person.see("testing", ["Thumb"])

    show(person, "todo")
    finger.swipe((350, middle(person.card("Card 0"))[1]), across=-300)
    expect(person.column("active")).to_be_in_viewport(ratio=0.9)
    expect(person.page.locator(".slot")).to_have_count(0)
    assert person.cards("todo").count() == 8

    person.page.set_viewport_size({"width": 844, "height": 390})
    card = person.card("Card 1")
    card.scroll_into_view_if_needed()
    before = person.page.evaluate("() => scrollY")
    finger.swipe(middle(card), down=-150)
    person.page.wait_for_function(f"() => scrollY > {before} + 50")


def hold(person, finger, name):
    """Rest a finger on a card until it is lifted; returns where."""
    start = middle(person.card(name))
    finger.down(start)
    expect(person.page.locator(".slot")).to_be_visible()
    return start


def test_at_400_percent_the_wheel_over_a_card_scrolls_the_page(someone, sprint, add_tasks):
    add_tasks(*(f"Card {number}" for number in range(9)))
    add_tasks("Alone", status=2)
    size = {"width": 320, "height": 256}
    person = someone("demo", viewport=size, device_scale_factor=4).open_board(sprint)
    for name in ("Card 0", "Alone"):
        card = person.card(name)
        card.scroll_into_view_if_needed()
        before = person.page.evaluate("() => scrollY")
        person.page.mouse.move(*middle(card))
        person.page.mouse.wheel(0, -before or 200)
        person.page.wait_for_function(f"() => Math.abs(scrollY - {before}) > 20")


@pytest.fixture
def someone_with_scroll_bars(driver, base_url, logged_in):
    """Return a person whose browser shows scroll bars that take room; else a headless one hides them."""
    browser = launch(driver, ignore_default_args=["--hide-scrollbars"])
    page = browser.new_page(storage_state=logged_in("demo"), viewport={"width": WIDTH, "height": HEIGHT})
    yield Person(page, base_url)
    browser.close()


def test_cards_keep_their_width_when_a_scroll_bar_comes(someone_with_scroll_bars, sprint, add_tasks):
    add_tasks("First")
    person = someone_with_scroll_bars.open_board(sprint)
    cards = person.column("todo").locator(".cards")
    before = person.card("First").bounding_box()["width"]
    add_tasks(*(f"Task {number}" for number in range(12)))
    expect(person.card("Task 11")).to_be_attached()
    assert cards.evaluate("(list) => list.scrollHeight > list.clientHeight"), "the column scrolls"
    assert cards.evaluate("(list) => list.offsetWidth > list.clientWidth"), "its scroll bar takes room"
    assert person.card("First").bounding_box()["width"] == before
    list_box, card = cards.bounding_box(), person.card("First").bounding_box()
    left, right = card["x"] - list_box["x"], list_box["x"] + list_box["width"] - card["x"] - card["width"]
    assert abs(left - right) <= 2, "the room for the scroll bar is part of the column's edge"


NAMED = {
    "/sprints/{sprint}/": {
        "a card": "[data-task]:last-child > .name",
        "a card that someone holds": "[data-task]:last-child",
        "the head of a sprint": ".board-head h1",
    },
    "/": {"the list of sprints": ".sprints strong"},
    "/tasks/{task}/": {"a task": "h1", "the history of a task": ".line span"},
}


def test_stacked_accents_stay_where_they_stand(someone, sprint, add_tasks):
    task = add_tasks("Above", "Marked")[1]
    person = someone("demo", reduced_motion="reduce")
    for path, places in NAMED.items():
        person.go(path.format(sprint=sprint, task=task))
        for place, selector in places.items():
            text = person.page.locator(selector).last
            if "holds" in place:
                text.evaluate("(card) => (card.classList.add('held'), (card.dataset.says = ''))")
            looks = [picture_above(person, text, "z" + "\u0301" * count) for count in (0, 60)]
            assert looks[0] == looks[1], f"{place}: what stands above it is covered"


def picture_above(person, locator, words):
    """Write words into an element; returns a picture of what stands above it."""
    write = "(it, words) => (it.matches('.held') ? (it.dataset.says = words) : (it.textContent = words))"
    locator.evaluate(write, words)
    locator.evaluate("(it) => it.scrollIntoView({ block: 'center' })")
    box = locator.bounding_box()
    height = min(box["y"] - 4, 60)
    clip = {"x": box["x"], "y": box["y"] - 4 - height, "width": 80, "height": height}
    return person.page.screenshot(clip=clip, caret="hide", animations="disabled")


def test_back_from_a_task_shows_the_board_where_it_was_left(someone, sprint, crowded):
    person = someone("demo").open_board(sprint)
    column = person.column("todo").locator(".cards")
    column.evaluate("(list) => (list.scrollTop = 500)")
    for leave_and_return in (
        lambda: (person.go("/sprints/past/"), person.page.go_back()),
        person.page.reload,
    ):
        leave_and_return()
        person.see_live()
        assert column.evaluate("(list) => list.scrollTop") == 500
