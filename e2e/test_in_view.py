"""What just happened is in view: the new card, the saved one, the moved one, the form's buttons, the error."""

import pytest
from playwright.sync_api import expect

SIZES = {
    "desk": {"viewport": {"width": 1280, "height": 600}},
    # As much of a phone's window as the keyboard on the screen leaves.
    "phone": {"viewport": {"width": 390, "height": 420}, "has_touch": True},
}
LAST = "The last of many"
LONG = "A long description.\n" * 40


@pytest.fixture
def last(add_tasks):
    """The id of a task whose card is the last of a long column."""
    add_tasks(*(f"One of many {number}" for number in range(9)), status=2)
    return add_tasks(LAST, status=2, description=LONG)[0]


def see_whole(locator):
    expect(locator).to_be_in_viewport(ratio=0.99)


def open_last(person, last):
    card = person.page.locator(f'[data-task="{last}"]')
    card.locator("> .name").press("e")
    expect(card.locator("form")).to_be_visible()
    return card


@pytest.mark.parametrize("options", SIZES.values(), ids=SIZES)
def test_cards_that_are_saved_moved_brought_back_or_added_are_in_view(someone, sprint, last, options):
    """And the form that is open, with its buttons, its clash and its error."""
    person = someone("demo", **options).open_board(sprint)
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

    card.get_by_role("link", name="Move").click()
    person.page.get_by_label("Move to").select_option(f"{sprint}-testing")
    card.locator("form").get_by_role("button", name="Move").click()
    see_whole(person.column("testing").locator(f'[data-task="{last}"]'))
    expect(person.focused()).to_have_attribute("data-task", str(last))
    person.page.locator(".toast", has_text="Moved").get_by_role("button", name="Undo").click()
    see_whole(person.column("active").locator(f'[data-task="{last}"]'))

    person.page.keyboard.press("n")
    form = person.column("active").locator("form.adding")
    for text in ("First of a row", "Second of a row"):
        expect(form.get_by_label("Name")).to_be_focused()
        expect(form.get_by_label("Name")).to_have_value("")
        person.page.keyboard.type(text)
        person.page.keyboard.press("Enter")
        see_whole(person.card(text))
        see_whole(form.get_by_label("Name"))
    see_whole(form.get_by_role("button", name="Create"))
    person.hear("Second of a row")


@pytest.mark.parametrize("options", SIZES.values(), ids=SIZES)
def test_an_error_and_a_clash_are_in_view_and_have_the_focus(someone, api, sprint, last, options):
    person = someone("demo", **options).open_board(sprint)
    card = open_last(person, last)
    save = card.get_by_role("button", name="Save")
    card.get_by_label("Name").fill("")
    card.get_by_label("Due").focus()
    save.click()
    expect(card.get_by_label("Name")).to_be_focused()
    see_whole(card.get_by_label("Name"))
    expect(card.locator(".error")).to_be_in_viewport()

    card.get_by_label("Name").fill("Mine")
    api.patch(f"/tasks/{last}", json={"name": "Theirs"}).raise_for_status()
    card.get_by_label("Due").focus()
    save.click()
    expect(card.get_by_role("radio", name="Keep your version")).to_be_focused()
    expect(card.locator(".clash legend")).to_be_in_viewport(ratio=0.9)
    see_whole(save)


def test_a_new_card_stands_out_and_with_a_saved_one_stays_until_the_filter_changes(someone, sprint, last):
    person = someone("demo", **SIZES["desk"])
    person.page.clock.install()
    person.open_board(sprint)
    filter_ = person.page.get_by_role("searchbox", name="Filter cards")
    filter_.fill(LAST)
    person.page.get_by_role("button", name="Add task").click()
    name = person.page.get_by_role("form", name="Add task").get_by_label("Name")
    for motion in ("reduce", "no-preference"):
        person.page.emulate_media(reduced_motion=motion)
        expect(name).to_be_focused()
        expect(name).to_have_value("")
        person.page.keyboard.type(f"Stands out with {motion}")
        person.page.keyboard.press("Enter")
        card = person.card(f"Stands out with {motion}")
        see_whole(card)
        expect(card).to_have_attribute("data-unmatched", "doesn't match the filter")
        # Animated only if motion is wanted.
        expect(card).to_contain_class("fresh")
        animation = card.evaluate("(card) => getComputedStyle(card).animationName")
        assert (animation == "none") == (motion == "reduce")
        person.page.clock.run_for(3_000)
        expect(card).not_to_contain_class("fresh")
    form = open_last(person, last)
    form.get_by_label("Name").fill("Renamed away")
    form.get_by_role("button", name="Save").click()
    see_whole(person.card("Renamed away"))
    filter_.fill("Stands")
    expect(person.card("Renamed away")).to_be_hidden()
    expect(card).not_to_have_attribute("data-unmatched", "doesn't match the filter")
