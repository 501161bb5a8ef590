"""GET /api/sprints/<id>/report"""

import pytest

from board import actions
from board.models import Status

from .responses import error


@pytest.fixture
def running(ada, sprint):
    actions.add_task(ada, name="Committed", sprint_id=sprint.pk, points=3)
    actions.start_sprint(ada, sprint.pk)
    actions.add_task(ada, name="Added", sprint_id=sprint.pk, points=5, status=Status.DONE)
    return sprint


def report(client, sprint, **headers):
    return client.get(f"/api/sprints/{sprint.pk}/report", headers=headers)


def test_while_the_sprint_runs_it_says_where_the_sprint_stands(client, running, today):
    body = report(client, running).json()
    assert (body["sprint"], body["state"], body["outcome"], body["unit"]) == (
        running.pk,
        "running",
        None,
        "points",
    )
    parts = {
        name: (body[name]["count"], body[name]["points"]) for name in ("committed", "added", "removed", "done")
    }
    assert parts == {"committed": (1, 3), "added": (1, 5), "removed": (0, 0), "done": (1, 5)}
    (left,) = body["unfinished"]["tasks"]
    assert (left["name"], left["went"]) == ("Committed", "nowhere")
    (change,) = body["changes"]
    assert (change["by"], change["kind"], change["points"], change["task"]["name"]) == (
        "Ada Lovelace",
        "added",
        5,
        "Added",
    )
    first, *later = body["days"]
    assert first["day"] == body["start"] == today.isoformat()
    assert first["points"] | {"ideal": 0} == {"ideal": 0, "remaining": 3, "scope": 8, "flow": [3, 0, 0, 5]}
    assert later[-1]["tasks"] == {"ideal": 0, "remaining": None, "scope": None, "flow": None}
    assert later[-1]["day"] == running.end.isoformat()


def test_after_the_closing_it_stays_the_same(client, ada, running):
    actions.close_sprint(ada, running.pk, outcome="partly", note="Rain", others="backlog")
    before = report(client, running).json()
    assert (before["outcome"], before["note"], before["state"]) == ("partly", "Rain", "closed")
    (left,) = before["unfinished"]["tasks"]
    assert left["went"] == "backlog"
    actions.change_task(ada, left["id"], name="New", points=13)
    assert report(client, running).json() == before


def test_an_unchanged_report_is_not_sent_again(client, running):
    answer = report(client, running)
    assert report(client, running, **{"If-None-Match": answer["ETag"]}).status_code == 304


def test_unknown_parameters_are_refused(client, running):
    answer = client.get(f"/api/sprints/{running.pk}/report?state=closed")
    assert error(answer, 400) == {"state": ["Unknown parameter."]}


def test_an_unknown_sprint_is_not_found(client, db):
    assert client.get("/api/sprints/99/report").status_code == 404
