"""/api/users and /api/users/<username>"""

import pytest
from django.contrib.auth import get_user_model


def test_a_user_has_the_fields_of_the_contract(client, ada):
    assert client.get("/api/users/ada").json() == {
        "id": ada.pk,
        "username": "ada",
        "full_name": "Ada Lovelace",
        "is_active": True,
        "links": {
            "self": "http://testserver/api/users/ada",
            "tasks": "http://testserver/api/tasks?assigned=ada",
        },
    }


def test_without_names_the_full_name_is_empty(client):
    get_user_model().objects.create_user("guest")
    assert client.get("/api/users/guest").json()["full_name"] == ""


@pytest.mark.parametrize("username", ["grace.hopper", "grace@example.org", "g+h-x_y", "zoë", "x.json"])
def test_every_user_name_has_an_address_that_leads_back_to_it(client, username):
    get_user_model().objects.create_user(username)
    body = client.get("/api/users", {"search": username}).json()["results"][0]
    assert client.get(body["links"]["self"]).json() == body
    assert client.get(body["links"]["tasks"]).json()["count"] == 0


@pytest.mark.parametrize("username", ["nobody", "1", "%ED%A0%80"])
def test_an_unknown_user_is_not_found(client, username):
    assert client.get(f"/api/users/{username}").status_code == 404


def test_a_user_name_with_a_null_character_is_nobody(client):
    # SQLite looks for it in vain, PostgreSQL refuses to look.
    assert client.get("/api/users/a%00").status_code in (400, 404)


def test_the_list_is_in_order_of_user_names(client):
    for username in ("zoe", "bob"):
        get_user_model().objects.create_user(username)
    assert usernames(client.get("/api/users")) == ["ada", "bob", "zoe"]


def test_search_finds_parts_of_the_user_name(client):
    get_user_model().objects.create_user("grace", first_name="Ada")
    assert usernames(client.get("/api/users?search=AD")) == ["ada"]


def test_the_list_and_its_search_go_by_letters_without_case_or_accents(client):
    for username in ("zebra", "Ärger", "äpfel", "apfel", "straße"):
        get_user_model().objects.create_user(username)
    order = ["ada", "apfel", "äpfel", "Ärger", "straße", "zebra"]
    assert usernames(client.get("/api/users")) == order
    assert usernames(client.get("/api/users?ordering=-username")) == order[::-1]
    assert usernames(client.get("/api/users?search=ARGER")) == ["Ärger"]
    assert usernames(client.get("/api/users?search=strasse")) == ["straße"]
    assert usernames(client.get("/api/users?page_size=2&page=2")) == order[2:4]
    assert usernames(client.get("/api/users?paging=cursor")) == [
        "ada",
        "zebra",
        "Ärger",
        "äpfel",
        "apfel",
        "straße",
    ]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", ["/api/users", "/api/users/ada"])
def test_users_are_read_only(client, method, url):
    assert getattr(client, method)(url, {"username": "eve"}).status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_list(client, django_assert_num_queries):
    User = get_user_model()  # noqa: N806
    for total in (10, 1_000):
        User.objects.bulk_create(User(username=f"user{n}") for n in range(User.objects.count(), total))
        with django_assert_num_queries(2):
            assert len(client.get("/api/users?page_size=100").json()["results"]) == min(total, 100)


def usernames(answer):
    return [user["username"] for user in answer.json()["results"]]
