"""Helpers to read the responses to requests that failed."""

from http import HTTPStatus


def error(answer, status):
    """Return the body of an error with this status, which has the shape of REST framework's own errors."""
    body = answer.json()
    assert answer.status_code == status, body
    assert answer["Content-Type"] == "application/json"
    assert "Accept" in answer["Vary"]
    assert body
    if isinstance(body.get("detail"), str):
        assert body["detail"]
        assert body.keys() <= {"detail", "newest"}
    else:
        for messages in body.values():
            assert messages
            assert all(isinstance(message, str) for message in messages)
    return body


def refusal(answer):
    """Return the names of the fields for which a request was refused."""
    body = error(answer, HTTPStatus.BAD_REQUEST)
    assert "detail" not in body, body
    return list(body)


def problem(answer, status):
    """Return the body of an error after RFC 9457, which has the shape of all problems and this status."""
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert body["title"] == HTTPStatus(status).phrase
    assert isinstance(body["detail"], str)
    assert body["detail"]
    for messages in body["fields"].values():
        assert messages
        assert all(isinstance(message, str) for message in messages)
    return body
