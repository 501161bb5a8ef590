"""A drop never lies: it stands at once, says that it is being saved, and goes back with a reason when it is not."""

import re

from playwright.sync_api import expect

from .board_page import BREAKING
from .failures import SOME_PROBLEMS, answer_with
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


def test_a_drop_that_fails_goes_back_says_why_and_can_be_tried_again_unless_it_was_refused(
    someone, sprint, add_tasks, api
):
    """error-messages.test.js and requests.test.js know every status."""
    add_tasks("a", "b", "c")
    add_tasks("Finished", status=4)
    one = someone("demo").open_board(sprint)
    one.expected = BREAKING
    one.drag("Finished", "backlog")
    expect(one.page.locator(".toast p")).to_have_text("Completed tasks can't be moved to another sprint.")
    one.see("done", ["Finished"])
    retry = one.page.get_by_role("button", name="Retry")
    expect(retry).to_have_count(0)

    # Nobody answers.
    assert one.page.evaluate("() => htmx.config.timeout") == 10_000
    one.page.evaluate("() => (htmx.config.timeout = 200)")
    one.page.route(PLACE, lambda route: None)
    one.drag("a", "active")
    expect(one.page.locator(".toast p").last).to_contain_text("is taking too long to respond")
    one.see("todo", ["a", "b", "c"])
    one.page.evaluate("() => (htmx.config.timeout = 10_000)")

    for status, words in ((429, "Try again in 7 seconds."), (0, "No connection")):
        one.page.evaluate("() => document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
        one.page.unroute(PLACE)
        one.page.route(PLACE, answer_with(status))
        one.drag("b", "testing")
        expect(one.page.locator(".toast", has_text=words)).to_be_visible()
        one.see("todo", ["a", "b", "c"])
        one.hear(words)
        expect(one.page.get_by_role("heading", name="A whole page")).to_have_count(0)
    one.page.unroute(PLACE)
    assert names(api, sprint) == ["a", "b", "c"]
    retry.click()
    one.see("testing", ["b"])
    expect(one.page.locator(".saving")).to_have_count(0)
    assert names(api, sprint, 3) == ["b"]

    one.page.route(PLACE, answer_with(404))
    one.drag("c", "testing")
    expect(one.page.locator(".toast", has_text="This task has been deleted.")).to_be_visible()
    expect(one.card("c")).to_have_count(0)
    expect(retry).to_have_count(0)


def test_a_move_that_got_no_answer_is_not_called_lost_nor_made_twice_and_brings_nothing_deleted_back(
    someone, sprint, add_tasks, api
):
    gone, task = add_tasks("Gone", "Lost answer")
    one = someone("demo")
    socket = PageSocket(one)
    one.open_board(sprint)
    one.expected = BREAKING
    one.page.route(PLACE, lambda route: route.abort())
    one.lift("Gone")
    api.delete(f"/tasks/{gone}").raise_for_status()
    add_tasks("Seen after it")
    one.see("todo", ["Lost answer", "Seen after it"])
    one.carry("done")
    with one.page.expect_event("requestfailed"):
        one.page.mouse.up()
    one.see("done", [])

    keys = []

    def lose_the_answer(route):
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    socket.cut()
    one.page.unroute(PLACE)
    one.page.route(PLACE, lose_the_answer)
    one.drag("Lost answer", "active")
    expect(one.page.locator(".toast p").last).to_contain_text("No connection")
    # Someone else moves it on; retrying the move that was made changes nothing.
    api.patch(f"/tasks/{task}", json={"status": 4}).raise_for_status()
    one.page.unroute(PLACE)
    with one.page.expect_request(PLACE) as request:
        one.page.get_by_role("button", name="Retry").last.click()
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


def test_among_filtered_cards_a_drop_lands_beside_the_meant_one_and_later_cards_are_filtered(
    someone, sprint, add_tasks, api
):
    pear, *_ = add_tasks("pear 1", "plum 1", "pear 2", "plum 2", "pear 3")
    one, other = someone("demo").open_board(sprint), someone("guest").open_board(sprint)
    shown, count = one.page.locator("[data-task]:visible > .name"), one.column("todo").locator("small")
    one.page.get_by_role("searchbox").fill("pear")
    expect(one.page).to_have_url(re.compile(r"\?q=pear$"))
    expect(shown).to_have_count(3)
    expect(count).to_have_text("3 of 5")
    one.drag("pear 3", "todo", before="pear 2")
    other.see("todo", ["pear 1", "pear 3", "plum 1", "pear 2", "plum 2"])
    one.drag("pear 2", "todo", before="pear 1")
    other.see("todo", ["pear 2", "pear 1", "pear 3", "plum 1", "plum 2"])

    add_tasks("pear too", "plum too")
    expect(shown).to_have_text(["pear 2", "pear 1", "pear 3", "pear too"])
    api.patch(f"/tasks/{pear}", json={"name": "apple"}).raise_for_status()
    expect(shown).to_have_text(["pear 2", "pear 3", "pear too"])
    expect(count).to_have_text("3 of 7")
    one.page.reload()
    one.see_live()
    expect(shown).to_have_text(["pear 2", "pear 3", "pear too"])
    expect(count).to_have_text("3 of 7")
    one.page.get_by_role("searchbox").fill("nobody")
    expect(one.column("todo").get_by_text("No matching cards")).to_be_visible()
    one.page.get_by_role("heading", level=1).click()
    one.page.keyboard.press("/")
    one.page.keyboard.press("Escape")
    one.see("todo", ["pear 2", "apple", "pear 3", "plum 1", "plum 2", "pear too", "plum too"])
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


def test_a_drag_that_is_cancelled_puts_the_card_back_gliding_unless_motion_is_not_wanted(
    someone, sprint, add_tasks
):
    add_tasks("Stay", "Other")
    one = someone("demo").open_board(sprint)
    requests = []
    one.page.on("request", lambda request: requests.append(request.url))
    one.page.evaluate(
        """() => {
            window.flights = 0;
            new MutationObserver((records) => records.forEach(({ addedNodes }) =>
                (window.flights += [...addedNodes].filter((node) => node.matches?.(".flying")).length)
            )).observe(document.body, { childList: true });
        }"""
    )
    for end in ENDS.values():
        one.lift("Stay")
        one.carry("done")
        end(one.page)
        expect(one.page.locator(".slot, .lifted")).to_have_count(0)
        one.page.mouse.up()
        one.see("todo", ["Stay", "Other"])
        expect(one.page.locator(".flying")).to_have_count(0)
    assert one.page.evaluate("() => window.flights") == len(ENDS)
    one.page.emulate_media(reduced_motion="reduce")
    one.lift("Stay")
    one.carry("done")
    one.page.keyboard.press("Escape")
    one.page.mouse.up()
    one.see("todo", ["Stay", "Other"])
    assert one.page.evaluate("() => window.flights") == len(ENDS)
    assert not [url for url in requests if "/place/" in url]


# The same errors elsewhere


def test_no_error_page_gets_into_a_card_or_a_form(someone, sprint, add_tasks):
    add_tasks("Steady")
    one = someone("demo").open_board(sprint)
    one.expected = BREAKING
    one.edit("Steady")
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
