"""Requests of a page that fail, and the words by which it says so."""

PROBLEMS = {
    400: "couldn't read the request",
    401: "no longer logged in",
    403: "You don't have permission to do that",
    409: "changed this in the meantime",
    412: "changed this in the meantime",
    422: "wasn't accepted",
    429: "Try again in 7 seconds.",
    500: "Something went wrong",
    503: "busy or restarting",
    0: "No connection",
}


# An error page, and no response at all. test_dragging.py sees the words of every status.
SOME_PROBLEMS = {status: PROBLEMS[status] for status in (500, 0)}


def answer_with(status):
    """Return a route that answers with an error page, or not at all."""
    body = "<!doctype html><html><body><h1>A whole page</h1></body></html>"
    headers = {"Content-Type": "text/html", **({"Retry-After": "7"} if status == 429 else {})}
    return lambda route: route.fulfill(status=status, body=body, headers=headers) if status else route.abort()
