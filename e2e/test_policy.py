"""What a browser refuses by our headers, and that the journeys hear of it when it refuses anything."""

from playwright.sync_api import expect

ATTEMPTS = {
    "eval": "() => eval('window.ran = 1')",
    "function": "() => new Function('window.ran = 1')()",
    "timer": "() => setTimeout('window.ran = 1')",
    "script text": "() => document.head.append(Object.assign(document.createElement('script'), { text: 'ran = 1' }))",
    "script address": "() => { document.createElement('script').src = '/static/x.js' }",
    "attribute": "() => document.body.setAttribute('onclick', 'ran = 1')",
    "second policy": "() => trustedTypes.createPolicy('mine', {})",
    "policy anew": "() => trustedTypes.createPolicy('default', { createScript: (text) => text })",
}
ELSEWHERE = "http://127.0.0.1:1"
LOADS = {
    "picture": f"() => {{ new Image().src = '{ELSEWHERE}/x.png' }}",
    "request": f"() => {{ fetch('{ELSEWHERE}/x').catch(() => {{}}) }}",
    "socket": "() => { try { new WebSocket('ws://127.0.0.1:1/x') } catch {} }",
    "style": "() => { document.body.innerHTML += '<p style=\"color: red\">x</p>' }",
    "handler": "() => { document.body.innerHTML += '<img src=data:, onerror=\"window.ran = 1\">' }",
    "frame": f"() => document.body.append(Object.assign(document.createElement('iframe'), {{ src: '{ELSEWHERE}' }}))",
    "form": f"() => {{ const form = document.querySelector('form'); form.action = '{ELSEWHERE}'; form.submit() }}",
}


def test_no_string_becomes_a_script(someone):
    person = someone(is_new=True).go("/")
    for name, attempt in ATTEMPTS.items():
        # From a timer, since what Playwright evaluates itself may call eval.
        refused = person.page.evaluate(
            f"""() => new Promise((resolve) => setTimeout(() => {{
                try {{ ({attempt})(); resolve(""); }} catch (error) {{ resolve(String(error)); }}
            }}))"""
        )
        assert refused, name
        assert person.page.evaluate("window.ran") is None, name
    # The console may tell the same once more.
    person.complaints.clear()


def test_what_the_policy_stops_fails_a_journey(someone, sprint):
    person = someone()
    for name, load in LOADS.items():
        person.open_board(sprint)
        with person.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
            person.page.evaluate(load)
        assert any("Content Security Policy" in complaint for complaint in person.complaints), name
        assert person.page.evaluate("window.ran") is None, name
        person.complaints.clear()


def test_an_error_in_a_script_fails_a_journey(someone):
    person = someone().go("/")
    with person.page.expect_event("pageerror"):
        person.page.evaluate("() => void queueMicrotask(() => nothing.there)")
    assert person.complaints == ["nothing is not defined"]
    person.complaints.clear()


def test_back_after_a_log_out_shows_nothing(someone, sprint):
    person = someone(None).go(f"/sprints/{sprint}/")
    person.log_in("guest", "guest")
    person.go("/profile/").page.get_by_role("button", name="Log out").click()
    expect(person.page.get_by_role("button", name="Log in")).to_be_visible()
    for _ in range(2):
        person.page.go_back()
        expect(person.page.get_by_role("button", name="Log in")).to_be_visible()
        expect(person.page.get_by_text("Gus Lindqvist")).to_be_hidden()
