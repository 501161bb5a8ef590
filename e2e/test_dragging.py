"""A drop never lies: it stands at once, says that it is being saved, and goes back with a reason when it is not."""

import re

from playwright.sync_api import expect

from .board_page import BREAKING
from .failures import PROBLEMS, SOME_PROBLEMS, answer_with
from .page_socket import PageSocket

PLACE = re.compile("/place/$")


def names(api, sprint, status=1):
    """Return the names in a column of the sprint, as the server has them."""
    tasks = api.get("/tasks", params={"sprint": sprint, "status": status, "ordering": "order"}).json()["results"]
    return [task["name"] for task in tasks]


def test_a_drop_stands_at_once_and_is_marked_until_the_server_answers(someone, sprint, add_tasks):
    add_tasks("Quick", "Other")
    one, other = someone("demo").open_board(sprint), someone("guest").open_board(sprint)
    waiting = []
    one.page.route(PLACE, lambda route: waiting.append(route))
    one.page.evaluate(
        """() => addEventListener("pointerup", () => requestAnimationFrame(() => {
            const card = document.querySelector(".card.saving");
            window.standing = card.closest("[data-column]").dataset.column;
        }))"""
    )
    one.drag("Quick", "active")
    one.see("active", ["Quick"])
    assert one.page.evaluate("() => window.standing") == "active"
    expect(one.card("Quick")).to_have_attribute("aria-busy", "true")
    mark = one.card("Quick").evaluate("(card) => getComputedStyle(card, '::before').content")
    assert "saving" in mark
    other.see("active", [])
    waiting[0].continue_()
    expect(one.card("Quick")).not_to_have_attribute("aria-busy", "true")
    other.see("active", ["Quick"])
    one.hear("Quick: In Development, 1 of 1")


def test_a_drop_that_fails_goes_back_says_why_and_can_be_tried_again(someone, sprint, add_tasks, api):
    add_tasks("a", "b", "c")
    one = someone("demo").open_board(sprint)
    one.expected = BREAKING
    for status, words in PROBLEMS.items():
        one.page.route(PLACE, answer_with(status))
        one.drag("b", "testing")
        toast = one.page.locator(".toast", has_text=words)
        expect(toast).to_be_visible()
        one.see("todo", ["a", "b", "c"])
        one.hear(words)
        one.page.unroute(PLACE)
        expect(one.page.get_by_role("heading", name="A whole page")).to_have_count(0)
        if status:
            one.page.evaluate("() => document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
    assert names(api, sprint) == ["a", "b", "c"]
    one.page.get_by_role("button", name="Retry").click()
    one.see("testing", ["b"])
    expect(one.page.locator(".saving")).to_have_count(0)
    assert names(api, sprint, 3) == ["b"]


def test_the_servers_own_words_are_shown(someone, sprint, add_tasks):
    add_tasks("Finished", status=4)
    one = someone("demo").open_board(sprint)
    one.drag("Finished", "backlog")
    expect(one.page.locator(".toast p")).to_have_text("Completed tasks can't be moved to another sprint.")
    one.see("done", ["Finished"])


def test_a_drop_that_nobody_answers_goes_back_when_its_time_is_up(someone, sprint, add_tasks):
    add_tasks("Slow")
    one = someone("demo").open_board(sprint)
    one.expected = BREAKING
    assert one.page.evaluate("() => htmx.config.timeout") == 10_000
    one.page.evaluate("() => (htmx.config.timeout = 200)")
    one.page.route(PLACE, lambda route: None)
    one.drag("Slow", "active")
    expect(one.page.locator(".toast p")).to_contain_text("is taking too long to respond")
    one.see("todo", ["Slow"])


def test_a_card_that_was_deleted_while_in_hand_and_whose_move_fails_is_gone(someone, sprint, add_tasks, api):
    (task,) = add_tasks("Gone")
    one = someone("demo").open_board(sprint)
    one.expected = BREAKING
    one.page.route(PLACE, lambda route: route.abort())
    one.lift("Gone")
    api.delete(f"/tasks/{task}").raise_for_status()
    add_tasks("Seen after it")
    one.see("todo", ["Seen after it"])
    one.carry("done")
    with one.page.expect_event("requestfailed"):
        one.page.mouse.up()
    one.see("done", [])


def test_a_move_whose_answer_got_lost_is_not_called_lost_nor_made_twice(someone, sprint, add_tasks, api):
    (task,) = add_tasks("Lost answer")
    one = someone("demo")
    socket = PageSocket(one)
    one.open_board(sprint)
    one.expected = BREAKING
    keys = []

    def lose_the_answer(route):
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    socket.cut()
    one.page.route(PLACE, lose_the_answer)
    one.drag("Lost answer", "active")
    expect(one.page.locator(".toast p")).to_contain_text("No connection")
    # Someone else moves it on; retrying the move that was made changes nothing.
    api.patch(f"/tasks/{task}", json={"status": 4}).raise_for_status()
    one.page.unroute(PLACE)
    with one.page.expect_request(PLACE) as request:
        one.page.get_by_role("button", name="Retry").click()
    assert request.value.headers["idempotency-key"] == keys[0]
    one.see("done", ["Lost answer"])
    assert api.get(f"/tasks/{task}").json()["status"] == 4


def test_moves_of_one_card_wait_for_each_other_and_none_is_lost(someone, sprint, add_tasks, api):
    add_tasks("Hurried")
    one = someone("demo").open_board(sprint)
    waiting = []
    one.page.route(PLACE, lambda route: waiting.append(route))
    for column in ("active", "testing", "done"):
        one.drag("Hurried", column)
        one.see(column, ["Hurried"])
    assert len(waiting) == 1
    for number in range(2):
        with one.page.expect_request(PLACE):
            waiting[number].continue_()
        one.see("done", ["Hurried"])
    waiting[2].continue_()
    expect(one.page.locator(".saving")).to_have_count(0)
    one.see("done", ["Hurried"])
    assert names(api, sprint, 4) == ["Hurried"]


def test_a_drop_among_filtered_cards_lands_beside_the_card_that_was_meant(someone, sprint, add_tasks, api):
    add_tasks("pear 1", "plum 1", "pear 2", "plum 2", "pear 3")
    one, other = someone("demo").open_board(sprint), someone("guest").open_board(sprint)
    one.page.get_by_role("searchbox").fill("pear")
    expect(one.page.locator("[data-task]:visible")).to_have_count(3)
    expect(one.column("todo").locator("small")).to_have_text("3 of 5")
    one.drag("pear 3", "todo", before="pear 2")
    other.see("todo", ["pear 1", "pear 3", "plum 1", "pear 2", "plum 2"])
    one.drag("pear 2", "todo", before="pear 1")
    other.see("todo", ["pear 2", "pear 1", "pear 3", "plum 1", "plum 2"])
    one.page.keyboard.press("/")
    one.page.keyboard.press("Escape")
    one.see("todo", ["pear 2", "pear 1", "pear 3", "plum 1", "plum 2"])


def test_the_filter_holds_for_cards_that_come_later(someone, sprint, add_tasks, api):
    (pear,) = add_tasks("pear", "plum")[:1]
    one = someone("demo").open_board(sprint)
    one.page.get_by_role("searchbox").fill("pear")
    expect(one.page).to_have_url(re.compile(r"\?q=pear$"))
    add_tasks("pear too", "plum too")
    expect(one.page.locator("[data-task]:visible > .name")).to_have_text(["pear", "pear too"])
    api.patch(f"/tasks/{pear}", json={"name": "apple"}).raise_for_status()
    expect(one.page.locator("[data-task]:visible > .name")).to_have_text(["pear too"])
    expect(one.column("todo").locator("small")).to_have_text("1 of 4")
    one.page.reload()
    one.see_live()
    expect(one.page.locator("[data-task]:visible > .name")).to_have_text(["pear too"])
    expect(one.column("todo").locator("small")).to_have_text("1 of 4")
    one.page.get_by_role("searchbox").fill("nobody")
    expect(one.column("todo").get_by_text("No matching cards")).to_be_visible()
    one.page.get_by_role("searchbox").press("Escape")
    one.see("todo", ["apple", "plum", "pear too", "plum too"])
    expect(one.page).to_have_url(f"{one.base_url}/sprints/{sprint}/")


# Each ends a drag without a drop.
ENDS = {
    "the window loses the focus": lambda page: page.evaluate("() => dispatchEvent(new PointerEvent('blur'))"),
    "the browser takes the pointer": lambda page: page.evaluate(
        "() => dispatchEvent(new PointerEvent('pointercancel'))"
    ),
    "Escape": lambda page: page.keyboard.press("Escape"),
    "the button was released outside of the window": lambda page: page.evaluate(
        "() => dispatchEvent(new PointerEvent('pointermove', { pointerId: 1, pointerType: 'mouse', buttons: 0 }))"
    ),
}


def test_a_drag_that_is_cancelled_puts_the_card_back(someone, sprint, add_tasks):
    add_tasks("Stay", "Other")
    one = someone("demo").open_board(sprint)
    requests = []
    one.page.on("request", lambda request: requests.append(request.url))
    for end in ENDS.values():
        one.lift("Stay")
        one.carry("done")
        end(one.page)
        expect(one.page.locator(".slot, .lifted")).to_have_count(0)
        one.page.mouse.up()
        one.see("todo", ["Stay", "Other"])
        expect(one.page.locator(".flying")).to_have_count(0)
    assert not [url for url in requests if "/place/" in url]


def test_the_right_button_drags_nothing(someone, sprint, add_tasks):
    add_tasks("Stay")
    one = someone("demo").open_board(sprint)
    box = one.card("Stay").bounding_box()
    one.page.mouse.move(box["x"] + 20, box["y"] + 12)
    one.page.mouse.down(button="right")
    one.page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    expect(one.page.locator(".slot")).to_have_count(0)
    one.page.mouse.up(button="right")


def test_a_card_glides_home_unless_motion_is_not_wanted(someone, sprint, add_tasks):
    add_tasks("Boomerang")
    for motion, flights in (("no-preference", 1), ("reduce", 0)):
        one = someone("demo", reduced_motion=motion).open_board(sprint)
        one.page.evaluate(
            """() => {
                window.flights = 0;
                new MutationObserver((records) => records.forEach(({ addedNodes }) =>
                    (window.flights += [...addedNodes].filter((node) => node.matches?.(".flying")).length)
                )).observe(document.body, { childList: true });
            }"""
        )
        one.lift("Boomerang")
        one.carry("done")
        one.page.keyboard.press("Escape")
        one.page.mouse.up()
        one.see("todo", ["Boomerang"])
        expect(one.page.locator(".flying")).to_have_count(0)
        assert one.page.evaluate("() => window.flights") == flights


# The same errors elsewhere


def test_no_error_page_gets_into_a_card_or_a_form(someone, sprint, add_tasks):
    add_tasks("Steady")
    one = someone("demo").open_board(sprint)
    one.expected = BREAKING
    one.card("Steady").click()
    form = one.page.get_by_role("form", name=re.compile("Edit task"))
    form.get_by_label("Name").fill("What I typed")
    one.page.get_by_role("button", name="Add task").click()
    adding = one.page.get_by_role("form", name="Add task")
    adding.get_by_label("Name").fill("Also typed")
    for status, words in SOME_PROBLEMS.items():
        one.page.route(re.compile("/edit/$|/add/$"), answer_with(status))
        for filled, button in ((form, "Save"), (adding, "Create")):
            filled.get_by_role("button", name=button).click()
            expect(one.page.locator(".toast", has_text=words)).to_be_visible()
            one.page.evaluate("() => document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
        expect(form.get_by_label("Name")).to_have_value("What I typed")
        expect(adding.get_by_label("Name")).to_have_value("Also typed")
        one.page.unroute(re.compile("/edit/$|/add/$"))
    assert one.page.get_by_role("heading", name="A whole page").count() == 0
    form.get_by_role("button", name="Save").click()
    one.see("todo", ["What I typed"])
