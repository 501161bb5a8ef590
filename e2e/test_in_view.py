"""What just happened is in view: the new card, the saved one, the moved one, the form's buttons, the error."""

import pytest
from playwright.sync_api import expect

from .api_client import api_of

SIZES = {
    "desk": {"viewport": {"width": 1280, "height": 600}},
    # As much of a phone's window as the keyboard on the screen leaves.
    "phone": {"viewport": {"width": 390, "height": 420}, "has_touch": True},
}
LAST = "The last of many"
LONG = "A long description.\n" * 40


@pytest.fixture(scope="module")
def api(own_url):
    with api_of(own_url) as client:
        yield client


@pytest.fixture(scope="module")
def board(api):
    """The id of the demo's sprint, and a card at the end of a long column in it."""
    sprint = next(row["id"] for row in api.get("/sprints").json()["results"] if row["name"] == "Sprint 13")
    for number in range(8):
        api.post(
            "/tasks", json={"name": f"One of many {number}", "sprint": sprint, "status": 2}
        ).raise_for_status()
    return sprint


@pytest.fixture
def last(api, board):
    """The id of a task whose card is the last of a long column."""
    body = {"name": LAST, "sprint": board, "status": 2, "description": LONG}
    pk = api.post("/tasks", json=body).raise_for_status().json()["id"]
    yield pk
    api.delete(f"/tasks/{pk}")


def at_board(someone, own_url, board, **options):
    return someone("demo", own_url, **(SIZES["desk"] | options)).open_board(board)


def see_whole(locator):
    expect(locator).to_be_in_viewport(ratio=0.99)


def open_last(person, last):
    card = person.page.locator(f'[data-task="{last}"]')
    card.locator("> .name").press("e")
    expect(card.locator("form")).to_be_visible()
    return card


@pytest.mark.parametrize("options", SIZES.values(), ids=SIZES)
def test_cards_that_are_added_in_a_row_are_in_view_and_the_form_stays(someone, own_url, board, options):
    person = at_board(someone, own_url, board, **options)
    person.page.keyboard.press("n")
    name = person.page.get_by_role("form", name="Add task").get_by_label("Name")
    texts = [f"{text} on {options['viewport']['height']}" for text in ("First of a row", "Second of a row")]
    for text in texts:
        expect(name).to_be_focused()
        expect(name).to_have_value("")
        person.page.keyboard.type(text)
        person.page.keyboard.press("Enter")
        see_whole(person.card(text))
        see_whole(name)
    see_whole(person.page.get_by_role("form", name="Add task").get_by_role("button", name="Create"))
    person.hear(texts[1])


def test_a_new_and_a_saved_card_stand_until_the_filter_changes(someone, own_url, board, last):
    person = at_board(someone, own_url, board)
    filter_ = person.page.get_by_role("searchbox", name="Filter cards")
    filter_.fill(LAST)
    person.page.get_by_role("button", name="Add task").click()
    person.page.get_by_role("form", name="Add task").get_by_label("Name").fill("Not filtered")
    person.page.keyboard.press("Enter")
    see_whole(person.card("Not filtered"))
    expect(person.card("Not filtered")).to_have_attribute("data-unmatched", "doesn't match the filter")
    form = open_last(person, last)
    form.get_by_label("Name").fill("Renamed away")
    form.get_by_role("button", name="Save").click()
    see_whole(person.card("Renamed away"))
    filter_.fill("Not")
    expect(person.card("Renamed away")).to_be_hidden()
    expect(person.card("Not filtered")).not_to_have_attribute("data-unmatched", "doesn't match the filter")


@pytest.mark.parametrize("options", SIZES.values(), ids=SIZES)
def test_a_form_at_the_end_of_a_column_shows_its_buttons_and_its_card_after_saving(
    someone, own_url, board, last, options
):
    person = at_board(someone, own_url, board, **options)
    card = open_last(person, last)
    save = card.get_by_role("button", name="Save")
    see_whole(save)
    expect(card.get_by_label("Name")).to_be_focused()
    expect(card.get_by_label("Name")).to_be_in_viewport()
    card.get_by_label("Due").fill("2030-01-01")
    see_whole(save)
    save.click()
    expect(person.focused()).to_have_attribute("data-task", str(last))
    expect(card.locator("time")).to_be_visible()
    see_whole(card)


@pytest.mark.parametrize("options", SIZES.values(), ids=SIZES)
def test_a_clash_is_in_view_and_has_the_focus(someone, own_url, api, board, last, options):
    person = at_board(someone, own_url, board, **options)
    card = open_last(person, last)
    card.get_by_label("Name").fill("Mine")
    api.patch(f"/tasks/{last}", json={"name": "Theirs"}).raise_for_status()
    card.get_by_label("Due").focus()
    card.get_by_role("button", name="Save").click()
    mine = card.get_by_role("radio", name="Keep your version")
    expect(mine).to_be_focused()
    expect(card.locator(".clash legend")).to_be_in_viewport(ratio=0.9)
    see_whole(card.get_by_role("button", name="Save"))


def test_an_error_is_in_view_and_has_the_focus(someone, own_url, board, last):
    person = at_board(someone, own_url, board)
    card = open_last(person, last)
    card.get_by_label("Name").fill("")
    card.get_by_label("Due").focus()
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_label("Name")).to_be_focused()
    see_whole(card.get_by_label("Name"))
    expect(card.locator(".error")).to_be_in_viewport()


@pytest.mark.parametrize("options", SIZES.values(), ids=SIZES)
def test_a_card_that_is_moved_by_the_form_or_brought_back_is_in_view(someone, own_url, board, last, options):
    person = at_board(someone, own_url, board, **options)
    card = person.card(LAST)
    card.scroll_into_view_if_needed()
    card.get_by_role("link", name="Move").click()
    person.page.get_by_label("Move to").select_option(f"{board}-testing")
    card_form = person.page.locator(f'[data-task="{last}"] form')
    card_form.get_by_role("button", name="Move").click()
    expect(person.column("testing").locator(f'[data-task="{last}"]')).to_be_in_viewport(ratio=0.99)
    expect(person.focused()).to_have_attribute("data-task", str(last))
    person.page.locator(".toast", has_text="Moved").get_by_role("button", name="Undo").click()
    expect(
        person.column("todo")
        .locator(f'[data-task="{last}"]')
        .or_(person.column("active").locator(f'[data-task="{last}"]'))
    ).to_be_in_viewport(ratio=0.99)


def test_a_new_card_stands_out_and_is_animated_only_if_motion_is_wanted(someone, own_url, board):
    person = at_board(someone, own_url, board)
    person.page.clock.install()
    person.page.keyboard.press("n")
    for motion in ("reduce", "no-preference"):
        person.page.emulate_media(reduced_motion=motion)
        name = person.page.get_by_role("form", name="Add task").get_by_label("Name")
        expect(name).to_be_focused()
        expect(name).to_have_value("")
        person.page.keyboard.type(f"Stands out with {motion}")
        person.page.keyboard.press("Enter")
        card = person.card(f"Stands out with {motion}")
        expect(card).to_contain_class("fresh")
        animation = card.evaluate("(card) => getComputedStyle(card).animationName")
        assert (animation == "none") == (motion == "reduce")
        person.page.clock.run_for(3_000)
        expect(card).not_to_contain_class("fresh")
