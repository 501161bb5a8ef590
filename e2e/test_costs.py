"""What a visit takes over the wire, in counts: requests and bytes. Times are measured by `make bench`."""

import pytest

CARDS = 200
MOST_REQUESTS = 8
MOST_BYTES = 62 * 1024
MOST_PAGE_BYTES = 12 * 1024
# That nothing happened meanwhile.
MOST_AWAY_BYTES = 1024


@pytest.fixture
def wire(someone):
    """A person with an empty browser cache, and (address, bytes) of each response on the wire."""
    person = someone("demo", is_new=True)
    session = person.page.context.new_cdp_session(person.page)
    asked, taken = {}, []
    session.on(
        "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: (
            event["encodedDataLength"] and taken.append((asked[event["requestId"]], event["encodedDataLength"]))
        ),
    )
    session.send("Network.enable")
    return person, taken


def test_a_first_visit_takes_few_requests_and_bytes_and_the_next_one_the_page_and_a_question(
    wire, sprint, add_tasks
):
    text = "Some words about what is to be done here, and why it matters."
    add_tasks(*(f"Task number {number} of the board" for number in range(CARDS)), description=text)
    person, taken = wire
    person.open_board(sprint)
    person.page.wait_for_load_state("networkidle")
    assert person.page.locator("#todo .card").count() == CARDS
    assert len(taken) <= MOST_REQUESTS
    assert sum(size for _, size in taken) <= MOST_BYTES

    taken.clear()
    person.open_board(sprint)
    person.page.wait_for_load_state("networkidle")
    page, away = taken
    assert page[0] == f"{person.base_url}/sprints/{sprint}/"
    assert page[1] <= MOST_PAGE_BYTES
    assert away[0] == f"{page[0]}away/"
    assert away[1] <= MOST_AWAY_BYTES
