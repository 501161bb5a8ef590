"""/people/, links, roles, and `manage.py invite`."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from zxcvbn.matching import RANKED_DICTIONARIES

from board import actions
from board.accounts import actions as account_actions
from board.accounts import users
from board.accounts.users import Role
from board.accounts.validators import GuessedPasswordValidator
from board.models import Profile
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db
PASSWORD = "four ferries leave today"


@pytest.fixture
def staff(user):
    """`user`, as an admin."""
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def bob(django_user_model):
    return django_user_model.objects.create_user("bob", password=PASSWORD, first_name="Bob", last_name="Berg")


@pytest.fixture
def office(browser, staff):
    """The browser of an admin."""
    return browser


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "board.accounts")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "board.accounts.audit_log"]


def link_on(page):
    return page.one("output").text.removeprefix("http://testserver")


def role(user):
    return users.role_of(type(user).objects.get(pk=user.pk))


# Access


def test_everyone_gets_the_names_of_active_people_for_mentions(client, bob, user, django_user_model):
    django_user_model.objects.create_user("carl", is_active=False)
    django_user_model.objects.create_user("zoe")
    client.force_login(bob)
    assert client.get("/people/names/").json() == [["ana", "Ana Lind"], ["bob", "Bob Berg"], ["zoe", "zoe"]]


@pytest.mark.parametrize("path", ["/people/invite/", "/people/{pk}/", "/people/{pk}/delete/"])
def test_the_pages_that_change_people_are_for_admins(browser, user, path):
    response = browser.get(path.format(pk=user.pk))
    assert response.status_code == 403
    assert "Only admins can open this page." in Page(response).text


@pytest.mark.parametrize("path", ["", "link/", "deactivate/", "reactivate/", "delete/"])
def test_only_admins_change_people(browser, bob, path):
    assert browser.post(f"/people/{bob.pk}/{path}", {"role": "admin"}).status_code == 403
    bob.refresh_from_db()
    assert (bob.is_active, bob.is_staff) == (True, False)


@pytest.mark.parametrize("of", [Role.MEMBER, Role.VIEWER])
def test_everyone_sees_the_team_and_only_admins_the_controls(client, user, bob, of):
    account_actions.set_role(None, user, of)
    client.force_login(user)
    assert "People" in Page(client.get("/")).texts("a")
    page = Page(client.get("/people/"))
    assert [row["data-person"] for row in page.all("li", data_person=True)] == ["ana", "bob"]
    assert "Invite someone" not in page.text
    assert not [
        link["href"]
        for link in page.all("a")
        if link["href"].startswith("/people/") and link["href"] != "/people/"
    ]


# The list of people


def test_the_list_shows_names_roles_and_last_activity(office, staff, bob):
    office.force_login(staff)
    account_actions.invite(staff, "rita", Role.VIEWER)
    account_actions.deactivate(staff, bob)
    rows = Page(office.get("/people/")).all("li", data_person=True)
    texts = {row["data-person"]: row.text for row in rows}
    assert list(texts) == ["ana", "rita", "bob"]
    assert texts["ana"].startswith("Ana Lind ana Admin Last seen ")
    assert texts["rita"] == "rita rita Viewer, invited Never logged in"
    assert texts["bob"] == "Bob Berg bob Deactivated Never logged in"


def test_the_list_costs_the_same_for_many(office, django_user_model, django_assert_num_queries):
    for total in (2, 20):
        for number in range(django_user_model.objects.count(), total):
            django_user_model.objects.create_user(f"user{number}")
        with django_assert_num_queries(4):
            office.get("/people/")


# Invitations


def test_an_invitation_is_a_link_on_which_one_sets_name_and_password(office, client, django_user_model):
    page = Page(office.post("/people/invite/", {"username": "cleo", "email": "", "role": "member"}))
    guest = Client()
    form = Page(guest.get(link_on(page)))
    assert (form.heading, form.labels) == ("Welcome", ["Your name", "New password", "Confirm new password"])
    autocomplete = [form.field(label)["autocomplete"] for label in form.labels]
    assert autocomplete == ["name", "new-password", "new-password"]
    data = {"name": "  Cleo  de la Cruz ", "new_password1": PASSWORD, "new_password2": PASSWORD}
    response = guest.post(link_on(page), data)
    assert (response.status_code, response["Location"]) == (302, "/")
    cleo = django_user_model.objects.get(username="cleo")
    assert guest.session[SESSION_KEY] == str(cleo.pk)
    assert (cleo.get_full_name(), cleo.first_name, cleo.last_name) == ("Cleo de la Cruz", "Cleo de la", "Cruz")
    assert cleo.check_password(PASSWORD)
    assert role(cleo) is Role.MEMBER


@pytest.mark.parametrize("of", Role)
def test_a_person_is_invited_with_the_chosen_role(office, of, django_user_model):
    office.post("/people/invite/", {"username": "cleo", "role": of.value})
    assert role(django_user_model.objects.get(username="cleo")) is of


@pytest.mark.parametrize(
    "username",
    [
        *("", "ana", "a b", "x" * 151, "a\0"),
        # Other case, full width, and Cyrillic or Greek look-alikes.
        *("ANA", "Ana", "\uff41\uff4e\uff41", "\u0430n\u0430", "AN\u0391", "\u0430\u043f\u0430x"),
    ],
)
def test_an_invalid_or_taken_name_is_refused(office, username, django_user_model):
    response = office.post("/people/invite/", {"username": username, "role": "member"})
    assert response.status_code == 422
    assert Page(response).error("Username")
    assert django_user_model.objects.count() == 1


@pytest.fixture
def link(staff):
    """An invitation for cleo, and the data of its form."""
    user = account_actions.invite(staff, "cleo")
    token, _ = account_actions.new_link(staff, user)
    return f"/welcome/{token}/"


FORM = {"name": "Cleo", "new_password1": PASSWORD, "new_password2": PASSWORD}


def test_a_link_works_once(link):
    assert Client().post(link, FORM).status_code == 302
    again = Client()
    assert again.get(link).status_code == 410
    response = again.post(link, FORM)
    assert (response.status_code, Page(response).heading) == (410, "This link has expired")
    assert SESSION_KEY not in again.session


def test_looking_at_a_link_does_not_use_it(client, link):
    for _ in range(3):
        assert client.get(link).status_code == client.head(link).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 410)])
def test_an_invitation_lasts_seven_days(client, link, monkeypatch, days, status):
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(link).status_code == status


@pytest.mark.parametrize("made_up", ["x", "{}x", "x{}", "WyJhIl0:abc"])
def test_a_forged_link_is_invalid(client, link, made_up):
    token = link.removeprefix("/welcome/").removesuffix("/")
    assert client.get(f"/welcome/{made_up.format(token)}/").status_code == 410


def test_a_new_invitation_replaces_the_one_before(office, client, link, django_user_model):
    cleo = django_user_model.objects.get(username="cleo")
    page = Page(office.post(f"/people/{cleo.pk}/link/"))
    assert Client().get(link).status_code == 410
    assert Client().get(link_on(page)).status_code == 200


def test_an_invitation_ends_when_the_account_is_deactivated(client, link, staff, django_user_model):
    account_actions.deactivate(staff, django_user_model.objects.get(username="cleo"))
    assert client.get(link).status_code == 410
    assert client.post(link, FORM).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "reason"),
    [
        ("eleven char", None, "at least 12 characters"),
        ("password1234", None, "too common"),
        ("footballfootball", None, "too common"),
        ("MichaelJordan", None, "too common"),
        ("Undercover12", None, "too common"),
        ("1" * 64 + "a" * 64, None, "too common"),
        ("lightboard123456", None, "too common"),
        ("Lightboard2026!", None, "too common"),
        ("!!Lightboard!!", None, "too common"),
        ("Password2026!!", None, "too common"),
        ("P@ssw0rd2026!!", None, "too common"),
        ("Willkommen2026!", None, "too common"),
        ("correct horse battery staple", None, "too common"),
        ("CorrectHorseBatteryStaple1", None, "too common"),
        ("Cleopatra Selene", None, "too similar to the first name"),
        ("", None, "required"),
        (PASSWORD, "another password", "The two password fields didn"),
    ],
)
def test_a_guessable_password_is_refused(client, link, password, again, reason):
    data = {"name": "Cleopatra Selene Ptolemy", "new_password1": password, "new_password2": again or password}
    response = client.post(link, data)
    assert response.status_code == 422
    assert reason in Page(response).text
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    "password",
    [
        "aaaa bbbb cc dd",
        "Żółć gęślą jaźń",
        "x9384729384723",
        "horse 8473625119",
        " leading and trailing ",
        "five ferries leave " * 200,
    ],
)
def test_every_other_password_is_accepted_unchanged(client, link, password, django_user_model):
    assert client.post(link, {**FORM, "new_password1": password, "new_password2": password}).status_code == 302
    assert django_user_model.objects.get(username="cleo").check_password(password)


def test_more_than_3000_common_words_that_are_long_enough_are_refused():
    words = {word for words in RANKED_DICTIONARIES.values() for word in words if len(word) >= 12}
    assert len(words) > 3000
    validator = GuessedPasswordValidator()
    for word in sorted(words)[::50]:
        with pytest.raises(ValidationError, match="too common"):
            validator.validate(word)


def test_the_own_username_is_no_password(client, staff):
    token, _ = account_actions.new_link(staff, account_actions.invite(staff, "captain.haddock"))
    password = "captain.haddock"
    data = {"name": "Archibald", "new_password1": password, "new_password2": password}
    response = client.post(f"/welcome/{token}/", data)
    assert "too similar to the username" in Page(response).error("Confirm new password")


def test_a_forgotten_password_is_replaced_by_an_admins_link(office, bob):
    own = Client()
    own.force_login(bob)
    page = Page(office.post(f"/people/{bob.pk}/link/"))
    link = link_on(page)
    form = Page(Client().get(link))
    assert (form.heading, form.labels) == ("New password", ["New password", "Confirm new password"])
    new = "five ferries leave today"
    assert Client().post(link, {"new_password1": new, "new_password2": new}).status_code == 302
    bob.refresh_from_db()
    assert bob.check_password(new)
    assert bob.get_full_name() == "Bob Berg"
    assert own.get("/").status_code == 302  # Sessions with the old password have ended.


def test_an_admins_link_is_not_stored_by_browsers(office, bob):
    assert "no-store" in office.post(f"/people/{bob.pk}/link/")["Cache-Control"]


def test_a_link_uses_the_site_url_for_any_host_header(office, bob, settings):
    settings.SITE_URL = "https://board.example.org"
    settings.ALLOWED_HOSTS = ["evil.example"]
    response = office.post(f"/people/{bob.pk}/link/", headers={"Host": "evil.example"}).content.decode()
    assert "https://board.example.org/welcome/" in response
    assert "evil.example" not in response


def test_a_link_ends_when_the_password_is_remembered_after_all(office, client, bob):
    link = link_on(Page(office.post(f"/people/{bob.pk}/link/")))
    Client().post("/login/", {"username": "bob", "password": PASSWORD})
    assert Client().get(link).status_code == 410


# Mistyped invitations


def test_an_unused_invitation_is_deleted_after_confirmation(office, staff, client, django_user_model):
    adda = account_actions.invite(staff, "adda")
    assert "Delete invitation" in Page(office.get(f"/people/{adda.pk}/")).text
    assert Page(office.get(f"/people/{adda.pk}/delete/")).heading == "Delete invitation"
    assert django_user_model.objects.filter(pk=adda.pk).exists()
    assert office.post(f"/people/{adda.pk}/delete/")["Location"] == "/people/"
    assert not django_user_model.objects.filter(pk=adda.pk).exists()
    account_actions.invite(staff, "adda")


def test_an_account_that_was_used_is_not_deleted(office, staff, bob, add, sprint):
    assert "Delete invitation" not in Page(office.get(f"/people/{bob.pk}/")).text
    assert office.post(f"/people/{bob.pk}/delete/").status_code == 422
    rita = account_actions.invite(staff, "rita")
    add(sprint=sprint, assigned=rita)
    assert office.post(f"/people/{rita.pk}/delete/").status_code == 422
    assert {bob, rita} <= set(type(bob).objects.all())


# Case-insensitive usernames


def test_old_accounts_that_differ_only_in_case_can_still_log_in(client, bob, django_user_model):
    other = django_user_model.objects.create_user("BOB", password="another password")
    for name, password, user in [("bob", PASSWORD, bob), ("BOB", "another password", other)]:
        client.post("/login/", {"username": name, "password": password})
        assert client.session[SESSION_KEY] == str(user.pk)
        client.post("/logout/")
    assert client.post("/login/", {"username": "Bob", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("name", ["BOB", "Bob", "\uff22ob"])
def test_every_door_takes_a_username_whatever_its_case(client, bob, name, sprint, add):
    add("Hers", sprint, assigned=bob)
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    assert client.post("/api/token/", {"username": name, "password": PASSWORD}).status_code == 200
    assert client.get(f"/api/users/{name}").json()["username"] == "bob"
    assert client.get("/api/tasks", {"assigned": name}).json()["count"] == 1
    link, _ = command(name)
    assert Page(Client().get(link)).heading == "New password"


# Roles


@pytest.mark.parametrize("before", Role)
@pytest.mark.parametrize("after", Role)
def test_an_admin_changes_a_role(office, staff, django_user_model, before, after):
    cleo = account_actions.invite(staff, "cleo", before)
    response = office.post(f"/people/{cleo.pk}/", {"role": after.value})
    assert response["Location"] == f"/people/{cleo.pk}/"
    assert role(cleo) is after
    assert Page(office.get(response["Location"])).value("Role") == after.label


def test_admins_cannot_remove_their_own_role(office, staff, bob):
    account_actions.set_role(staff, bob, Role.ADMIN)
    response = office.post(f"/people/{staff.pk}/", {"role": "member"})
    assert response.status_code == 422
    assert Page(response).error("Role") == "You can't remove your own admin role. Ask another admin."
    assert role(staff) is Role.ADMIN


@pytest.mark.parametrize("of", [Role.MEMBER, Role.VIEWER])
def test_the_last_admin_stays(office, staff, bob, of):
    response = office.post(f"/people/{staff.pk}/", {"role": of.value})
    assert Page(response).error("Role") == "There must be at least one admin. Make someone else an admin first."
    account_actions.set_role(staff, bob, Role.ADMIN)
    account_actions.set_role(bob, staff, Role.MEMBER)
    with pytest.raises(account_actions.ValidationError, match="Make someone else an admin first"):
        account_actions.deactivate(None, bob)


def test_a_former_admin_cannot_demote_the_last_one(staff, bob):
    account_actions.set_role(staff, bob, Role.ADMIN)
    account_actions.set_role(bob, staff, Role.MEMBER)
    with pytest.raises(account_actions.ValidationError, match="no longer an admin"):
        account_actions.set_role(staff, bob, Role.MEMBER)


def test_an_unknown_role_is_refused(office, bob):
    assert office.post(f"/people/{bob.pk}/", {"role": "king"}).status_code == 422


# Deactivation


def test_deactivating_a_user_ends_sessions_but_not_assignments(office, user, bob, sprint, add):
    task = add(sprint=sprint, assigned=bob)
    own = Client()
    own.force_login(bob)
    assert own.get("/").status_code == 200
    office.post(f"/people/{bob.pk}/deactivate/")
    assert own.get("/").status_code == 302
    assert Client().post("/login/", {"username": "bob", "password": PASSWORD}).status_code == 200
    task.refresh_from_db()
    assert task.assigned == bob
    assert office.get(f"/sprints/{sprint.pk}/").status_code == 200


def test_reactivating_an_account_does_not_restore_its_sessions(office, bob):
    own = Client()
    own.force_login(bob)
    office.post(f"/people/{bob.pk}/deactivate/")
    office.post(f"/people/{bob.pk}/reactivate/")
    assert own.get("/").status_code == 302
    assert Client().post("/login/", {"username": "bob", "password": PASSWORD}).status_code == 302


def test_an_admin_cannot_deactivate_themselves(office, staff, bob):
    account_actions.set_role(staff, bob, Role.ADMIN)
    response = office.post(f"/people/{staff.pk}/deactivate/")
    assert response.status_code == 422
    assert "You can't deactivate your own account" in Page(response).one("p", role="alert").text
    assert office.get("/").status_code == 200


def test_a_deactivated_user_gets_no_link(office, staff, bob):
    account_actions.deactivate(staff, bob)
    page = Page(office.post(f"/people/{bob.pk}/link/"))
    assert not page.all("output")
    assert "Reactivate the account before" in page.text


def test_an_unknown_person_is_not_found(office):
    assert office.get("/people/999/").status_code == 404


# The command


def command(*arguments):
    """Return (path of the link, message)."""
    out, err = StringIO(), StringIO()
    call_command("invite", *arguments, stdout=out, stderr=err)
    return out.getvalue().strip().removeprefix("http://127.0.0.1:8000"), err.getvalue()


@pytest.mark.parametrize(
    ("flags", "of"),
    [
        ([], Role.MEMBER),
        (["--admin"], Role.ADMIN),
        (["--staff"], Role.ADMIN),
        (["--viewer"], Role.VIEWER),
        (["--reader"], Role.VIEWER),
    ],
)
def test_the_command_prints_a_link_to_join(client, staff, flags, of, django_user_model):
    link, said = command("cleo", *flags)
    assert "once, within 7 days" in said
    assert client.post(link, FORM).status_code == 302
    assert role(django_user_model.objects.get(username="cleo")) is of
    assert client.get("/people/invite/").status_code == (200 if of is Role.ADMIN else 403)


def test_the_first_person_that_the_command_invites_is_an_admin(db, django_user_model):
    command("cleo")
    command("ben")
    roles = [role(django_user_model.objects.get(username=name)) for name in ("cleo", "ben")]
    assert roles == [Role.ADMIN, Role.MEMBER]


def test_the_command_gives_an_existing_user_a_link_for_a_new_password(client, bob):
    link, said = command("bob")
    assert "once, within day" in said
    assert Page(client.get(link)).heading == "New password"


@pytest.mark.parametrize("arguments", [["a b"], ["b\u043eb"], ["bob", "--admin"], ["gone"], ["x" * 151]])
def test_the_command_reports_errors(bob, django_user_model, arguments):
    django_user_model.objects.create_user("gone", is_active=False)
    with pytest.raises(CommandError):
        command(*arguments)
    bob.refresh_from_db()
    assert not bob.is_staff


# The audit log


def test_each_act_is_one_line_without_secrets(office, staff, bob, lines):
    office.post("/people/invite/", {"username": "cleo", "role": "viewer"})
    office.post(f"/people/{bob.pk}/", {"role": "viewer"})
    link = link_on(Page(office.post(f"/people/{bob.pk}/link/")))
    Client().post(link, {"new_password1": PASSWORD + "!", "new_password2": PASSWORD + "!"})
    office.post(f"/people/{bob.pk}/deactivate/")
    office.post(f"/people/{bob.pk}/reactivate/")
    assert lines() == [
        "'cleo' was invited as viewer by 'ana'",
        "a password link for 'cleo' was made by 'ana'",
        "'bob' was made viewer by 'ana'",
        "a password link for 'bob' was made by 'ana'",
        "'bob' set a password with a link",
        "'bob' logged in from '127.0.0.1'",
        "'bob' was deactivated by 'ana'",
        "'bob' was reactivated by 'ana'",
    ]


# Names


def test_the_name_people_chose_is_the_one_that_others_see(bob, user, sprint, add):
    account_actions.change_profile(bob, name="Robert de Niro", email="", time_zone="", language="")
    add("Fix log-in", sprint, assigned=bob)
    actions.add_task(bob, name="By bob", sprint_id=sprint.pk)
    page = Page((own := Client()).get("/login/"))
    own.force_login(bob)
    page = Page(own.get(f"/sprints/{sprint.pk}/"))
    assert page.one("span", title="Robert de Niro").text == "RN"
    assert "Robert de Niro" in page.one("form", class_="who-am-i").text


def test_a_profile_is_optional(user):
    assert not Profile.objects.exists()
    assert role(user) is Role.MEMBER
    assert not Session.objects.exists()
