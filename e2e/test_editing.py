"""Editing and undoing: two people at one card, drafts that outlive a reload and a session, the way back from everything."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from .board_page import unused_end_date


def save(form):
    form.get_by_role("button", name="Save").click()


def toast(person, text):
    return person.page.locator(".toast", has_text=text)


# Two people at one card


def test_two_people_edit_one_card_and_nothing_typed_is_lost(someone, sprint, add_tasks, api):
    """Neither in a clash, nor when it was deleted meanwhile, nor in a draft from before someone else's change."""
    (task,) = add_tasks("Draw")
    one, other = someone("demo").open_board(sprint), someone("guest").open_board(sprint)
    mine, theirs = one.edit("Draw"), other.edit("Draw")
    theirs.get_by_label("Name").fill("Sketch")
    theirs.get_by_label("Description").fill("Theirs alone")
    save(theirs)
    other.see("todo", ["Sketch"])
    mine.get_by_label("Name").fill("Paint")
    save(mine)
    clash = one.page.get_by_role("group", name="Gus Lindqvist also changed this")
    expect(clash.locator(".theirs")).to_have_text("Sketch")
    expect(mine.get_by_label("Description")).to_have_value("Theirs alone")
    clash.get_by_label("Name").fill("Paint, then sketch")
    save(mine)
    for person in (one, other):
        person.see("todo", ["Paint, then sketch"])
        expect(person.card("Paint, then sketch")).to_contain_text("Theirs alone")

    one.edit("Paint, then sketch").get_by_label("Name").fill("Paint")
    one.page.keyboard.press("Escape")
    one.see("todo", ["Paint, then sketch"])
    api.patch(f"/tasks/{task}", json={"name": "Sketch"}).raise_for_status()
    one.see("todo", ["Sketch"])
    form = one.edit("Sketch")
    expect(form.get_by_label("Name")).to_have_value("Paint")
    save(form)
    expect(one.page.locator(".theirs")).to_have_text("Sketch")
    form.get_by_role("button", name="Cancel").click()

    form = one.edit("Sketch")
    form.get_by_label("Description").fill("Too good to lose")
    api.delete(f"/tasks/{task}").raise_for_status()
    other.see("todo", [])
    save(form)
    one.page.get_by_role("button", name="Restore and save").click()
    for person in (one, other):
        person.see("todo", ["Sketch"])
        expect(person.card("Sketch")).to_contain_text("Too good to lose")
    assert api.get(f"/tasks/{task}").json()["description"] == "Too good to lose"


# Keys and single fields


def test_a_key_opens_the_form_escape_keeps_the_text_as_a_draft_and_ctrl_enter_saves(someone, sprint, add_tasks):
    add_tasks("Draw", "Other")
    one = someone("demo").open_board(sprint)
    link = one.card("Draw").get_by_role("link", name="Draw", exact=True)
    form = one.edit("Draw")
    form.get_by_label("Description").fill("Half a thought")
    one.page.keyboard.press("Escape")
    one.see("todo", ["Draw", "Other"])
    expect(link).to_be_focused()
    mark = one.card("Draw").evaluate("(card) => getComputedStyle(card, '::before').content")
    expect(one.card("Draw")).to_have_attribute("data-draft", "Draft")
    assert "data-draft" in mark or "Draft" in mark
    form = one.edit("Draw")
    expect(form.get_by_label("Description")).to_have_value("Half a thought")
    expect(form.get_by_text("Draft restored")).to_be_visible()
    form.get_by_role("button", name="Discard").click()
    expect(form.get_by_label("Description")).to_have_value("")
    expect(form.get_by_text("Draft restored")).to_have_count(0)
    # Cancel drops it, too.
    form.get_by_label("Name").fill("Never mind")
    form.get_by_role("button", name="Cancel").click()
    one.see("todo", ["Draw", "Other"])
    expect(one.card("Draw")).not_to_have_attribute("data-draft", "Draft")
    form = one.edit("Draw")
    expect(form.get_by_label("Name")).to_have_value("Draw")

    form.get_by_label("Description").fill("With **a brush**\nand water")
    one.page.keyboard.press("Control+Enter")
    expect(one.card("Draw").locator("p")).to_have_text("With a brush and water")
    expect(link).to_be_focused()


def test_a_single_field_is_set_and_changed_where_it_stands_on_the_card(someone, sprint, add_tasks):
    tomorrow = date.today() + timedelta(days=1)
    add_tasks("Bare")
    one, other = someone("demo").open_board(sprint), someone("guest").open_board(sprint)
    card, form = one.card("Bare"), one.page.get_by_role("form", name="Edit task")
    card.hover()
    card.locator("> .due").click()
    expect(form.get_by_label("Name")).to_have_count(0)
    form.get_by_label("Due").fill("2100-01-02")
    save(form)
    expect(other.card("Bare").locator("time")).to_have_attribute("datetime", "2100-01-02")
    card.locator("> .assignee").click()
    form.get_by_label("Assigned to").select_option("Dana Moreau")
    expect(other.card("Bare").get_by_title("Dana Moreau")).to_be_visible()
    card.locator("time").click()
    form.get_by_label("Due").fill(tomorrow.isoformat())
    form.get_by_label("Due").press("Control+Enter")
    expect(other.card("Bare")).to_contain_text("Tomorrow")
    card.locator(".assignee").click()
    # Typing letters picks a person, as in every list of the system.
    form.get_by_label("Assigned to").press_sequentially("gus")
    form.get_by_label("Assigned to").press("Control+Enter")
    for person in (one, other):
        expect(person.card("Bare").get_by_title("Gus Lindqvist")).to_be_visible()


# Undo


@pytest.mark.engines
def test_an_edit_a_move_and_a_deletion_are_undone_in_both_browsers(someone, sprint, add_tasks, api):
    _, task, _ = add_tasks("a", "Draw", "c")
    # In Firefox the newest window has the focus.
    other, one = someone("guest").open_board(sprint), someone("demo").open_board(sprint)
    form = one.edit("Draw")
    form.get_by_label("Name").fill("Paint")
    save(form)
    other.see("todo", ["a", "Paint", "c"])
    for button, said, name in (
        ("Undo", "Renamed “Draw” to “Paint”", "Draw"),
        ("Redo", "Renamed “Paint” to “Draw”", "Paint"),
    ):
        toast(one, said).get_by_role("button", name=button).click()
        for person in (one, other):
            person.see("todo", ["a", name, "c"])

    move(one, "Paint", f"{sprint}-done")
    other.see("done", ["Paint"])
    toast(one, "Moved “Paint” to Completed").get_by_role("button", name="Undo").click()
    for person in (one, other):
        person.see("todo", ["a", "Paint", "c"])

    delete(one, "Paint")
    other.see("todo", ["a", "c"])
    toast(one, "Deleted “Paint”").get_by_role("button", name="Undo").click()
    for person in (one, other):
        person.see("todo", ["a", "Paint", "c"])
    assert api.get(f"/tasks/{task}").json()["name"] == "Paint"


def move(person, name, column):
    person.card(name).get_by_role("link", name="Move").click()
    form = person.page.get_by_role("form", name="Move task")
    form.get_by_label("Move to").select_option(column)
    form.get_by_role("button", name="Move").click()
    expect(form).to_have_count(0)


def delete(person, name):
    person.edit(name).get_by_role("button", name="Delete…").click()
    person.page.get_by_role("button", name="Delete task").click()
    expect(person.card(name)).to_have_count(0)


# Nothing typed is lost


def test_a_draft_survives_a_reload_and_a_look_at_the_details(someone, sprint, add_tasks):
    add_tasks("Draw", description="With **a brush**")
    one = someone("demo").open_board(sprint)
    one.edit("Draw").get_by_label("Description").fill("With **a pen**")
    one.page.reload()
    form = one.page.get_by_role("form", name="Edit task")
    expect(form.get_by_label("Description")).to_have_value("With **a pen**")
    expect(form.get_by_text("Draft restored")).to_be_visible()
    form.get_by_role("link", name="Details").click()
    expect(one.page.locator(".description strong")).to_have_text("a brush")
    one.page.go_back()
    expect(form.get_by_label("Description")).to_have_value("With **a pen**")
    # One that was put away waits with a mark, one that was saved is gone.
    form.get_by_label("Description").press("Escape")
    add = one.page.get_by_role("button", name="Add task")
    add.click()
    one.page.get_by_role("form", name="Add task").get_by_label("Name").fill("Soon")
    one.page.keyboard.press("Escape")
    expect(add).to_be_focused()
    expect(one.column("backlog").locator("form.add")).to_have_attribute("data-drafted", "Draft")
    one.page.reload()
    one.see_live()
    expect(one.card("Draw")).to_have_attribute("data-draft", "Draft")
    save(one.edit("Draw"))
    expect(one.card("Draw").locator("p")).to_have_text("With a pen")
    add.press("Enter")
    expect(one.page.get_by_label("Name")).to_have_value("Soon")
    one.page.get_by_role("link", name="Cancel").click()
    expect(add).to_have_css("opacity", "1")
    assert one.page.evaluate("Object.keys(localStorage)") == []
    # It can be used again.
    add.click()
    expect(one.page.get_by_role("button", name="Create task")).to_be_visible()


def test_the_log_in_leads_back_to_the_text_and_shows_it_to_its_author_only(someone, sprint, add_tasks):
    add_tasks("Draw")
    person = someone(None).go(f"/sprints/{sprint}/")
    person.log_in("guest", "guest")
    person.see_live()
    form = person.edit("Draw")
    form.get_by_label("Description").fill("Typed before the end")
    end_session(person)
    save(form)
    person.log_in("guest", "guest")
    expect(person.page).to_have_url(f"{person.base_url}/sprints/{sprint}/")
    expect(form.get_by_label("Description")).to_have_value("Typed before the end")
    save(form)
    expect(person.card("Draw")).to_contain_text("Typed before the end")

    # A board notices that another tab logged out.
    person.see_live()
    person.edit("Draw").get_by_label("Name").fill("Only mine")
    other_tab = person.page.context.new_page()
    other_tab.goto(f"{person.base_url}/profile/")
    other_tab.get_by_role("button", name="Log out").click()
    person.log_in("demo", "demo")
    expect(person.page).to_have_url(f"{person.base_url}/sprints/{sprint}/")
    person.see_live()
    expect(person.edit("Draw").get_by_label("Name")).to_have_value("Draw")
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page.get_by_role("button", name="Log in")).to_be_visible()
    person.go(f"/sprints/{sprint}/").log_in("guest", "guest")
    expect(form.get_by_label("Name")).to_have_value("Only mine")


def end_session(person):
    """Log out as if elsewhere: the page does not notice, its socket neither."""
    person.page.context.clear_cookies(name=re.compile("lightboard_session_[0-9a-f]{8}$"))


# Two tabs


def test_a_tab_from_before_another_log_in_saves_for_its_own_user_only(someone):
    person = someone(None).go("/")
    person.log_in("guest", "guest")
    newer = type(person)(person.page.context.new_page(), person.base_url).go("/")
    for again_as in ("guest", "demo"):
        page = person.go("/").page
        page.get_by_role("button", name="Add sprint").click()
        page.get_by_label("Name").fill(f"Old tab, new {again_as}")
        newer.page.get_by_role("button", name="Log out").click()
        newer.log_in(again_as, again_as)
        page.get_by_label("End date").fill(unused_end_date().isoformat())
        page.get_by_role("button", name="Create").click()
        if again_as == "guest":
            expect(page.get_by_role("heading", name="Old tab, new guest", level=1)).to_be_visible()
    expect(page.locator(".toast")).to_have_text(
        "You are now logged in as Dana Moreau in all tabs. Nothing was saved."
    )
    expect(page.get_by_role("link", name="Old tab, new demo")).to_have_count(0)


# Without JavaScript


def test_without_javascript_a_clash_is_settled_and_a_deletion_undone(someone, sprint, add_tasks, api):
    (task,) = add_tasks("Draw")
    person = someone("demo", java_script_enabled=False).go(f"/tasks/{task}/edit/")
    page = person.page
    api.patch(f"/tasks/{task}", json={"name": "Sketch"}).raise_for_status()
    page.get_by_label("Name").fill("Paint")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".theirs")).to_have_text("Sketch")
    page.get_by_label("Use the version by").check()
    page.get_by_label("Description").fill("- [ ] Buy *paper*")
    page.get_by_role("button", name="Save").click()
    person.see("todo", ["Sketch"])
    expect(person.card("Sketch").locator("p")).to_have_text("Buy paper")
    page.get_by_role("link", name="Sketch").click()
    expect(page.locator(".description em")).to_have_text("paper")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete task").click()
    person.see("todo", [])
    toast(person, "Deleted “Sketch”").get_by_role("button", name="Undo").click()
    person.see("todo", ["Sketch"])


def test_nothing_typed_or_pasted_is_cut_and_the_form_says_what_is_too_long(someone, sprint):
    board = someone("demo").open_board(sprint)
    board.page.get_by_role("button", name="Add task").click()
    form = board.page.get_by_role("form", name="Add task")
    name, description = form.get_by_label("Name"), form.get_by_label("Description")
    hint = form.locator(".field", has=board.page.get_by_label("Description")).locator(".limit")
    description.fill("d" * 9_499)
    expect(hint).to_be_hidden()
    description.press("End")
    description.press_sequentially("d")
    expect(hint).to_have_text("9,500 of 10,000 characters")
    description.fill("d" * 10_200)
    expect(hint).to_have_text("10,200 of 10,000 characters: 200 too many")
    name.evaluate(
        """(field) => {
            field.focus();
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "Two\\nlines " + "n".repeat(292));
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    expect(name).to_have_value("Two lines " + "n" * 292)
    form.get_by_role("button", name="Create").click()
    expect(form.locator(".error").first).to_have_text(re.compile("at most 255 characters"))
    expect(name).to_have_value("Two lines " + "n" * 292)
    expect(description).to_have_value("d" * 10_200)
    longest = "Two lines " + "n" * 245
    name.fill(longest)
    description.fill("")
    form.get_by_role("button", name="Create").click()
    expect(board.card(longest)).to_be_visible()
    assert board.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    card = board.card(longest)
    assert card.evaluate("(card) => card.scrollWidth <= card.clientWidth")
    board.edit(longest).get_by_label("Name").press("Escape")
    board.card(longest).get_by_role("link", name="Move").click()
    assert board.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
