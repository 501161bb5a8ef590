"""Reading the answers to requests that failed."""

from http import HTTPStatus


def problem(answer, status):
    """Return the body of a problem, which has the shape of all problems and this status."""
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


def refusal(answer):
    """Return the names of the fields for which a request was refused."""
    return list(problem(answer, HTTPStatus.BAD_REQUEST)["fields"])
