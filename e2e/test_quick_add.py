"""Adding tasks at the foot of a column: one line each, with points, person and date at its end, or many lines at once."""

from playwright.sync_api import expect

PASTE = """(field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_pasted_lines_become_cards_in_a_long_column_under_a_filter_for_everybody(someone, sprint, add_tasks):
    old = [f"Old {number}" for number in range(20)]
    add_tasks(*old, status=3)
    one, other = (someone(name).open_board(sprint) for name in ("demo", "guest"))
    one.page.get_by_role("searchbox").fill("Old 1")
    testing = one.column("testing")
    testing.get_by_role("button", name="Add to In Testing").click()
    testing.get_by_label("Name").evaluate(PASTE, "Scan pass (3) @guest !2027-12-01\nPay fare (2)\n")
    expect(testing.locator(".preview li")).to_have_text(
        ["Scan pass 3 points Gus Lindqvist due Wed 1 Dec 2027", "Pay fare 2 points"]
    )
    other.see("testing", old)
    testing.get_by_role("button", name="Create tasks").click()
    other.see("testing", [*old, "Scan pass", "Pay fare"])
    expect(other.card("Scan pass").locator(".points")).to_have_text("3")
    for name in ("Scan pass", "Pay fare"):
        expect(one.card(name)).to_be_in_viewport()
    # Both are taken back at once.
    one.page.locator(".toast").get_by_role("button", name="Undo").click()
    other.see("testing", old)


def test_the_end_of_a_line_is_shown_as_understood_before_enter(someone, sprint):
    one, other = (someone(name).open_board(sprint) for name in ("demo", "guest"))
    todo = one.column("todo")
    todo.get_by_role("button", name="Add to Not Started").click()
    todo.get_by_label("Name").press_sequentially("Fix log-in (5) @guest")
    expect(todo.locator(".understood")).to_have_text("Fix log-in 5 points Gus Lindqvist")
    todo.get_by_label("Name").press("Enter")
    other.see("todo", ["Fix log-in"])
    expect(other.column("todo").locator("h2")).to_contain_text("5 pts")
    one.page.keyboard.press("Escape")
    one.page.keyboard.press("Control+z")
    other.see("todo", [])
