"""Many tabs of one person: what they hold open, and which of them gives way."""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect

from .board_page import set_hidden
from .socket_client import receive, send


@pytest.fixture
def eight_sockets(base_url, sprint, logged_in):
    """Eight sockets of the session of `demo`, as eight tabs that stay in view hold them."""
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in logged_in("demo")["cookies"])
    address = f"{base_url.replace('http', 'ws')}/sprints/{sprint}/live"
    with ExitStack() as stack:
        for _ in range(8):
            options = {"additional_headers": {"Cookie": cookie}, "origin": base_url}
            socket = stack.enter_context(connect(address, **options))
            send(socket, since=0)
            receive(socket)
        yield


def test_of_many_tabs_hidden_ones_give_way_and_all_that_are_seen_hear_of_changes(
    someone, sprint, eight_sockets, add_tasks
):
    person = someone("demo")
    pages = [person.page, *[person.page.context.new_page() for _ in range(2)]]
    signs = [page.locator("[data-live]") for page in pages]
    for page, sign in zip(pages, signs, strict=True):
        page.goto(f"{person.base_url}/sprints/{sprint}/")
        expect(sign).to_have_attribute("data-live", "live")
    assert [sign.text_content() for sign in signs] == ["Live", "Live", "Live, delayed"]
    expect(signs[-1]).to_have_attribute("title", re.compile("^You have too many tabs open"))
    add_tasks("For all")
    for page in pages:
        expect(page.get_by_role("link", name="For all", exact=True)).to_be_visible(timeout=15_000)
    # The first is hidden, and the last takes its place.
    set_hidden(pages[0], True)
    pages[2].evaluate("() => dispatchEvent(new Event('online'))")
    expect(signs[2]).to_have_text("Live")
    expect(signs[0]).to_have_attribute("data-live", "catching-up")
    # Who comes back to a hidden one finds it live, too.
    set_hidden(pages[1], True)
    set_hidden(pages[0], False)
    expect(signs[0]).to_have_text("Live")
    expect(signs[1]).to_have_attribute("data-live", "catching-up")
