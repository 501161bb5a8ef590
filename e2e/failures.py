"""Requests of a page that fail, and the words by which it says so."""

# An error page, and no response at all. test_errors.py has the words of every status.
SOME_PROBLEMS = {500: "Something went wrong", 0: "No connection"}


def answer_with(status):
    """Return a route that answers with an error page, or not at all."""
    body = "<!doctype html><html><body><h1>A whole page</h1></body></html>"
    headers = {"Content-Type": "text/html", **({"Retry-After": "7"} if status == 429 else {})}
    return lambda route: route.fulfill(status=status, body=body, headers=headers) if status else route.abort()
