"""Where requests for events that have not happened yet wait, before they take one of the few places at work."""

from urllib.parse import parse_qs

from board.hub import hub

PATH = "/api/events"
LONGEST_WAIT = 25
WAITERS = 500


def waiting_for_events(application):
    """Return the ASGI `application`, to which `GET /api/events?since=n&wait=s` comes when there is an event after n,
    or after s seconds, whatever its answer will be."""
    waiting = 0

    async def application_after_waiting(scope, receive, send):
        nonlocal waiting
        since, seconds = _wish(scope)
        if seconds and waiting < WAITERS:
            waiting += 1
            try:
                hub.start()
                await hub.moved_beyond(since, seconds)
            finally:
                waiting -= 1
        await application(scope, receive, send)

    return application_after_waiting


def _wish(scope):
    """Return (sequence number, seconds) of a well-formed wish to wait, else (0, 0)."""
    if scope["path"].removesuffix("/") != PATH or scope["method"] != "GET":
        return 0, 0
    query = parse_qs(scope["query_string"].decode("latin1"))
    values = [query.get(name, ["0"])[-1] for name in ("since", "wait")]
    if not all(value.isdecimal() and value.isascii() and len(value) < 19 for value in values):
        return 0, 0
    since, seconds = map(int, values)
    return since, min(seconds, LONGEST_WAIT)
