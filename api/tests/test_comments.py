"""/api/tasks/<task>/comments and /api/tasks/<task>/comments/<id>"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.test import APIClient

from board import actions
from board.models import Comment, Event, Profile, Status

from .responses import error, refusal


@pytest.fixture
def ben(db):
    return get_user_model().objects.create_user("ben")


@pytest.fixture
def url(task):
    return f"/api/tasks/{task.pk}/comments"


@pytest.fixture
def comment(ada, task):
    return actions.add_comment(ada, task.pk, "Looks *good*")


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def path_of(comment):
    return f"/api/tasks/{comment.task_id}/comments/{comment.pk}"


def texts(response):
    assert response.status_code == 200, response.content
    return [row["text"] for row in response.json()["results"]]


def saved(comment):
    return Comment.objects.values().get(pk=comment.pk)


# One comment


def test_a_comment_has_these_fields(client, ada, task):
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    comment = actions.add_comment(ada, task.pk, "Looks *good*", at=at)
    here = f"http://testserver/api/tasks/{task.pk}"
    assert client.get(path_of(comment)).json() == {
        "id": comment.pk,
        "task": task.pk,
        "author": "ada",
        "text": "Looks *good*",
        "created_at": "2026-11-02T09:30:00Z",
        "edited_at": None,
        "version": comment.version,
        "links": {
            "self": f"{here}/comments/{comment.pk}",
            "task": here,
            "author": "http://testserver/api/users/ada",
        },
    }


def test_a_comment_outlives_its_author(client, ben, task):
    comment = actions.add_comment(ben, task.pk, "Bye")
    ben.delete()
    body = client.get(path_of(comment)).json()
    assert (body["author"], body["links"]["author"]) == (None, None)


def test_a_comment_is_only_found_on_its_task(client, ada, comment):
    other = actions.add_task(ada, name="Another")
    path = f"/api/tasks/{other.pk}/comments/{comment.pk}"
    error(client.get(path), 404)
    error(client.patch(path, {"text": "Moved"}), 404)
    error(client.put(path, {"text": "Moved"}), 404)
    error(client.delete(path), 404)
    assert saved(comment)["text"] == "Looks *good*"


@pytest.mark.parametrize("pk", ["0", "99", "9" * 30])
def test_an_unknown_task_has_no_comments(client, comment, pk):
    for path in (f"/api/tasks/{pk}/comments", f"/api/tasks/{pk}/comments/{comment.pk}"):
        error(client.get(path), 404)
    error(client.post(f"/api/tasks/{pk}/comments", {"text": "Hello"}), 404)
    error(client.get(f"/api/tasks/{comment.task_id}/comments/{pk}"), 404)


def test_the_comments_on_a_deleted_task_come_back_with_it(client, ada, comment):
    removal = actions.remove_task(ada, comment.task_id)
    for method in ("get", "delete"):
        error(getattr(client, method)(path_of(comment)), 404)
    error(client.get(f"/api/tasks/{comment.task_id}/comments"), 404)
    actions.undo(ada, removal.seq)
    assert client.get(path_of(comment)).json()["text"] == "Looks *good*"


# Writing


def test_a_comment_is_written_and_counted(client, ada, task, url):
    response = client.post(url, {"text": "First **things** first"})
    body = response.json()
    assert (response.status_code, response["Location"]) == (201, body["links"]["self"])
    assert (body["author"], body["text"], body["task"]) == ("ada", "First **things** first", task.pk)
    assert client.get(response["Location"]).json() == body
    assert client.get(f"/api/tasks/{task.pk}").json()["comment_count"] == 1


def test_text_is_stored_as_it_came(client, url):
    text = "    indented code\n\nÀ 🎉 العربية  \n"
    assert client.post(url, {"text": text}, format="json").json()["text"] == text


def test_what_only_the_server_knows_is_accepted_and_ignored(client, ben, comment):
    body = client.get(path_of(comment)).json()
    changed = {**body, "author": "ben", "task": 99, "id": 99, "created_at": "2001-01-01T00:00:00Z", "text": "New"}
    after = client.put(path_of(comment), changed, format="json").json()
    assert {name: after[name] for name in ("id", "task", "author", "created_at")} == {
        name: body[name] for name in ("id", "task", "author", "created_at")
    }
    assert after["text"] == "New"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"text": " \n\t"}, "text"),
        ({"text": "\u200b\u2060"}, "text"),
        ({"text": "NUL \0"}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": 12}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": "a", "colour": "red"}, "colour"),
        ([], "non_field_errors"),
    ],
)
def test_an_invalid_comment_is_refused_and_nothing_is_saved(client, comment, url, body, field):
    assert refusal(client.post(url, body, format="json")) == [field]
    assert refusal(client.put(path_of(comment), body, format="json")) == [field]
    if body != {}:
        assert refusal(client.patch(path_of(comment), body, format="json")) == [field]
    assert list(Comment.objects.values_list("text", flat=True)) == ["Looks *good*"]


def test_ten_thousand_characters_are_accepted_and_one_more_is_not(client, url):
    text = "🎉" * 10_000
    assert client.post(url, {"text": text}).json()["text"] == text
    message = "Ensure this field has no more than 10000 characters."
    assert client.post(url, {"text": f"{text}!"}).json() == {"text": [message]}


def test_half_a_character_is_refused(client, url):
    response = client.post(url, r'{"text": "\ud800"}', content_type="application/json")
    assert "half of a character" in error(response, 400)["detail"]


def test_a_repeated_request_with_a_key_comments_once(client, url):
    first, again = (client.post(url, {"text": "Once"}, headers={"idempotency-key": "k1"}) for _ in range(2))
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert Comment.objects.count() == 1
    error(client.post(url, {"text": "Other"}, headers={"idempotency-key": "k1"}), 422)


def test_a_repeated_request_gets_its_response_even_after_the_task_was_deleted(client, ada, task, url):
    first = client.post(url, {"text": "Once"}, headers={"idempotency-key": "k1"})
    actions.remove_task(ada, task.pk)
    assert client.post(url, {"text": "Once"}, headers={"idempotency-key": "k1"}).content == first.content


@pytest.mark.parametrize("method", ["put", "patch"])
def test_an_edit_is_dated_and_keeps_the_rest(client, comment, method):
    before = client.get(path_of(comment)).json()
    response = getattr(client, method)(path_of(comment), {"text": "Looks *great*"})
    after = response.json()
    assert response.status_code == 200
    assert after["text"] == "Looks *great*"
    assert after["edited_at"] > after["created_at"] == before["created_at"]
    assert after["version"] > before["version"]
    assert client.get(path_of(comment)).json() == after


@pytest.mark.parametrize("body", [{}, {"text": "Looks *good*"}])
def test_an_edit_that_changes_nothing_is_no_edit(client, comment, body):
    before = client.get(path_of(comment)).json()
    newest = Event.objects.latest("seq").seq
    assert client.patch(path_of(comment), body).json() == before
    assert Event.objects.latest("seq").seq == newest


def test_a_deleted_comment_is_gone(client, comment, url):
    response = client.delete(path_of(comment))
    assert (response.status_code, response.content) == (204, b"")
    error(client.get(path_of(comment)), 404)
    error(client.delete(path_of(comment)), 404)
    assert texts(client.get(url)) == []
    assert client.get(f"/api/tasks/{comment.task_id}").json()["comment_count"] == 0


def test_a_task_in_a_closed_sprint_can_be_discussed(client, ada, sprint):
    actions.start_sprint(ada, sprint.pk)
    task = actions.add_task(ada, name="Draw", sprint_id=sprint.pk, status=Status.DONE)
    actions.close_sprint(ada, sprint.pk, outcome=actions.Outcome.MET)
    assert client.post(f"/api/tasks/{task.pk}/comments", {"text": "Well done"}).status_code == 201


def test_the_browsable_api_shows_comments_and_sends_its_forms(browsable, client, comment, url):
    headers = {"accept": "text/html"}
    for path in (f"{url}?since=", path_of(comment)):
        response = client.get(path, headers=headers)
        assert response.status_code == 200
        assert "Looks *good*" in response.content.decode()
    form = {"text": "By form", "csrfmiddlewaretoken": "x"}
    assert client.post(url, form, format="multipart", headers=headers).status_code == 201


# Who


def test_only_the_author_edits_a_comment(ben, comment):
    ben.is_staff = True
    for method in ("put", "patch"):
        response = getattr(signed_in(ben), method)(path_of(comment), {"text": "Mine"})
        assert error(response, 403) == {"detail": "You can only edit your own comments."}
    assert saved(comment)["text"] == "Looks *good*"


def test_only_the_author_and_admins_delete_a_comment(ben, comment):
    response = signed_in(ben).delete(path_of(comment))
    assert error(response, 403) == {"detail": "You can only delete your own comments."}
    ben.is_staff = True
    ben.save()
    assert signed_in(ben).delete(path_of(comment)).status_code == 204


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_viewers_and_read_only_tokens_only_read(ben, comment, url, issue, method):
    Profile.objects.create(user=ben, is_viewer=True)
    program = APIClient(headers={"authorization": f"Token {issue('read')}"})
    for client in (signed_in(ben), program):
        assert texts(client.get(url)) == ["Looks *good*"]
        assert client.get(path_of(comment)).status_code == 200
        error(getattr(client, method)(url if method == "post" else path_of(comment), {"text": "Mine"}), 403)
    assert saved(comment)["text"] == "Looks *good*"


# Conditional requests


def test_the_tag_that_writing_gives_is_the_one_that_reading_gives(client, url):
    added = client.post(url, {"text": "One"})
    path = added["Location"]
    assert added["ETag"] == client.get(path)["ETag"]
    assert client.patch(path, {"text": "Two"})["ETag"] == client.get(path)["ETag"]
    assert client.put(path, {"text": "Three"})["ETag"] == client.get(path)["ETag"]


def test_a_change_for_an_older_version_is_refused(client, ada, comment):
    path = path_of(comment)
    headers = {"if-match": client.get(path)["ETag"]}
    newest = actions.change_comment(ada, comment.pk, "Newer").version
    for response in (
        client.put(path, {"text": "Old"}, headers=headers),
        client.patch(path, {"text": "Old"}, headers=headers),
        client.delete(path, headers=headers),
    ):
        assert error(response, 412)["detail"] == f"The comment has changed. It is now at version {newest}."
    assert client.delete(path, headers={"if-match": f'"0", "{newest}"'}).status_code == 204


def test_what_the_client_has_is_not_sent_again(client, ada, ben, comment, url):
    for path in (url, path_of(comment)):
        headers = {"if-none-match": client.get(path)["ETag"]}
        assert client.get(path, headers=headers).status_code == 304
        ada.username += "2"
        ada.save()
        assert client.get(path, headers=headers).status_code == 200
        headers = {"if-none-match": client.get(path)["ETag"]}
        actions.change_comment(ada, comment.pk, f"New {path}")
        assert client.get(path, headers=headers).status_code == 200


# Lists


@pytest.fixture
def talk(ada, ben, task):
    """Four comments by two people, one an hour, the last one an hour ago."""
    now = timezone.now()
    for n, (by, text) in enumerate([(ada, "one"), (ben, "two"), (ada, "three"), (None, "four")]):
        actions.add_comment(by, task.pk, text, at=now - timedelta(hours=4 - n))
    return now


def test_comments_come_oldest_first_and_by_task(client, ada, talk, url):
    other = actions.add_task(ada, name="Another")
    actions.add_comment(ada, other.pk, "elsewhere")
    assert texts(client.get(url)) == ["one", "two", "three", "four"]
    assert texts(client.get(f"/api/tasks/{other.pk}/comments")) == ["elsewhere"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ordering=-created_at", "four three two one"),
        ("author=ada", "one three"),
        ("author=ADA&author=ben", "one two three"),
        ("author=ben&ordering=-created_at", "two"),
    ],
)
def test_comments_are_filtered_and_ordered(client, talk, url, query, expected):
    assert texts(client.get(f"{url}?{query}")) == expected.split()


def test_since_finds_the_comments_from_a_moment_on(client, talk, url):
    moment = quote((talk - timedelta(hours=2)).isoformat())
    assert texts(client.get(f"{url}?since={moment}")) == ["three", "four"]
    assert texts(client.get(f"{url}?since={talk.year + 1}-01-01")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("since=9999-12-31T23:59:59-14:00", "since"),
        ("since=2026-02-30", "since"),
        ("since=", "since"),
        ("since=2026-01-01&since=2026-01-02", "since"),
        ("author=nobody", "author"),
        ("author=%00", "author"),
        ("search=x", "search"),
        ("ordering=text", "ordering"),
        ("task=1", "task"),
        ("page_size=x", "page_size"),
    ],
)
def test_an_invalid_query_is_refused(client, url, query, field):
    assert refusal(client.get(f"{url}?{query}")) == [field]


def test_lists_come_in_pages(client, talk, url):
    first = client.get(f"{url}?page_size=3")
    assert (texts(first), first.json()["count"]) == (["one", "two", "three"], 4)
    assert 'rel="next"' in first["Link"]
    assert texts(client.get(first.json()["next"])) == ["four"]
    by_cursor = client.get(f"{url}?page_size=3&paging=cursor")
    assert texts(client.get(by_cursor.json()["next"])) == ["four"]


def test_the_number_of_queries_does_not_grow_with_the_list(client, task, url, django_assert_num_queries):
    for total in (3, 100):
        new = range(Comment.objects.count(), total)
        people = get_user_model().objects.bulk_create(get_user_model()(username=f"user{n}") for n in new)
        Comment.objects.bulk_create(
            Comment(id=100 + n, task=task, author=user, text=f"{n}", created_at=timezone.now(), version=100 + n)
            for n, user in zip(new, people, strict=True)
        )
        with django_assert_num_queries(4):
            assert len(client.get(f"{url}?page_size=100").json()["results"]) == total
