"""The REST API, its JSON socket and webhooks. Reading is a query, writing is one action of the board.

`/socket?channel=…` is another client of the hub, with `EventFormat`: it doesn't acknowledge, and gets each event as JSON
with the resource as it is now. The signed name of a channel is bound to the password and the token or session.

A webhook has a cursor in the log. `WebhookWorker` turns the events after it into delivery rows and moves the cursor in
one transaction, so one of several processes does it. Taking a delivery postpones its `due_at` by a minute, which also
covers a process that dies.
"""
