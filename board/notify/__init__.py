"""Notifications: who is concerned by an event, the rows about it, and the mails.

`worker` turns events into notifications once (`Counter.notified`), as `concerned` decides, and sends mails. `outbox` is
what its mails have in common with the webhooks of the API.
"""
