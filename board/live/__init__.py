"""Live updates: sockets of pages and API clients, each a cursor into the log with at most one frame in flight.

`Hub` wires the parts and takes a turn when something happens, and once a second: expire, poll, send. Each part gets its
clock and store as arguments.

Close codes: 1008 invalid message, 1012 restarting, 1013 try again later, 4401 log in, 4403 not allowed, 4408 give way.
A socket is accepted before it is refused, because browsers can't tell a refusal from a broken network.

Ten sockets per session: with an eleventh, the page that was hidden longest gives way and reconnects when it is shown. If
all ten are visible, the eleventh is refused and polls.

Polling: a page without a socket asks `GET /sprints/1/changes/?since=n&format=f&language=de` every few seconds
(`polling.js`), idle pages every 15 seconds, hidden ones not at all. It gets the same frame, or 204. `data-live` is "live"
meanwhile. Polling doesn't extend the session.

Several processes: with REDIS_URL, hubs notify each other through the channel layer, which carries no state. Without it,
other processes see a change within a second. Presence and card locks are only in the hubs.

Revocation: a connection depends on its `Credential`. A deleted session, a new password or role and a deactivated user
publish `REVOKE`, and the hub checks all credentials every five seconds anyway.
"""
