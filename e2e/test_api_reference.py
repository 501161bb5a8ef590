"""The API's reference, in which people try calls."""

from playwright.sync_api import expect


def test_a_person_tries_a_call_in_the_reference_of_the_api(someone):
    page = someone("demo").go("/api/docs").page
    # Swagger UI renders a long page.
    page.set_default_timeout(30_000)
    create = page.locator("#operations-tasks-tasks_create")
    create.locator(".opblock-summary-control").click()
    create.get_by_role("button", name="Try it out").click()
    create.locator("textarea").fill('{"name": "From the reference"}')
    create.get_by_role("button", name="Execute").click()
    response = create.locator(".live-responses-table")
    expect(response).to_contain_text("201", timeout=30_000)
    expect(response).to_contain_text('"name": "From the reference"')
