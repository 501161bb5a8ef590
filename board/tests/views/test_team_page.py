"""GET and POST /team/"""

import pytest

from board.models import Team
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(browser, user):
    user.is_staff = True
    user.save()
    return browser


def test_the_form_has_the_defaults(admin):
    page = Page(admin.get("/team/"))
    assert page.value("Length of a sprint in days") == "14"
    assert page.value("Points scale") == "0, 1, 2, 3, 5, 8, 13, 21"
    assert [box["value"] for box in page.all("input", checked=True)] == ["0", "1", "2", "3", "4"]


def test_an_admin_changes_the_settings(admin):
    data = {"name": "Ferries", "working_days": ["0", "6"], "sprint_length": "7", "points_scale": "4, 2,1"}
    response = admin.post("/team/", data, follow=True)
    assert Page(response).texts("div", class_="toast") == ["Saved the team's settings"]
    team = Team.load()
    assert (team.name, team.working_days, team.sprint_length, team.points_scale) == (
        "Ferries",
        [0, 6],
        7,
        [1, 2, 4],
    )


@pytest.mark.parametrize(
    ("wrong", "label", "reason"),
    [
        ({"sprint_length": "0"}, "Length of a sprint in days", "Ensure this value is greater than or equal to 1."),
        ({"points_scale": "a lot"}, "Points scale", "Enter whole numbers with commas between them."),
        (
            {"points_scale": "1, 1000"},
            "Points scale",
            "Enter different whole numbers from 0 to 999, the smallest first.",
        ),
    ],
)
def test_errors_are_shown_at_their_field_and_nothing_is_saved(admin, wrong, label, reason):
    data = {"name": "", "working_days": ["0"], "sprint_length": "7", "points_scale": "1, 2", **wrong}
    response = admin.post("/team/", data)
    assert response.status_code == 422
    assert Page(response).error(label) == reason
    assert Team.objects.count() == 0


def test_a_team_works_on_one_day_at_least(admin):
    response = admin.post("/team/", {"sprint_length": "7", "points_scale": "1, 2"})
    assert "Choose at least one day of the week." in Page(response).text


def test_only_admins_change_the_settings(browser):
    response = browser.get("/team/")
    assert response.status_code == 403
    assert "Only admins can change the team's settings." in Page(response).text


def test_the_people_page_leads_admins_there(admin):
    assert "Team" in [link.text for link in Page(admin.get("/people/")).one("main").all("a")]
