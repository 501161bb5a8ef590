"""What a browser keeps may be broken, full or switched off, and a part of a page may fail: the rest works."""

import pytest
from playwright.sync_api import expect

BROKEN = ["oops", "", "null", "7", "[1]", "{}", '{"at": 1, "fields": {"name": 5}}', '[["a", 1]]']


def works(person, sprint):
    """Expect the board to be live, and a drag, a key and a form to do what they do."""
    person.see_live()
    person.drag("Card", "active")
    person.see("active", ["Card"])
    expect(person.page.locator(".saving")).to_have_count(0)
    person.card("Card").locator("> .name").focus()
    person.page.keyboard.press("e")
    form = person.page.get_by_role("form", name="Edit task")
    form.get_by_label("Name").fill("Card again")
    form.get_by_role("button", name="Save").click()
    person.see("active", ["Card again"])


@pytest.mark.engines
def test_entries_that_no_page_wrote_are_dropped_and_stop_nothing(someone, sprint, add_tasks):
    add_tasks("Card")
    person = someone("demo").open_board(sprint)
    person.page.evaluate(
        """(texts) => {
            const user = document.body.dataset.user;
            const undos = Object.keys(sessionStorage).find((key) => key.startsWith("undos:")) ?? `undos:${user}:`;
            texts.forEach((text, number) => localStorage.setItem(`draft:${user}:${number}`, text));
            addEventListener("pagehide", () => {
                sessionStorage.setItem(`open:${user}:${location.pathname}`, texts.at(-1));
                sessionStorage.setItem(undos, "[1]");
            });
        }""",
        BROKEN,
    )
    person.page.reload()
    works(person, sprint)
    assert person.page.evaluate("() => Object.keys(localStorage)") == []


@pytest.mark.parametrize(
    "storage",
    [
        "Object.defineProperty(window, area, { get() { throw new DOMException('Not here', 'SecurityError') } })",
        "Storage.prototype.setItem = () => { throw new DOMException('Full', 'QuotaExceededError') }",
    ],
    ids=["switched off", "full"],
)
def test_without_storage_the_board_works(someone, sprint, add_tasks, storage):
    add_tasks("Card")
    person = someone("demo")
    person.page.add_init_script(f"for (const area of ['localStorage', 'sessionStorage']) {{ {storage} }}")
    person.go(f"/sprints/{sprint}/")
    works(person, sprint)


def test_a_part_that_fails_is_reported_and_stops_no_other(someone, sprint, add_tasks):
    add_tasks("Card")
    person = someone("demo")
    person.page.add_init_script(
        """const listen = document.addEventListener;
        document.addEventListener = function (type, ...rest) {
            if (type === "input") throw new Error("the drafts are broken");
            listen.call(this, type, ...rest);
        }"""
    )
    person.go(f"/sprints/{sprint}/")
    works(person, sprint)
    assert set(person.complaints) == {"the drafts are broken"}
    person.complaints.clear()
