"""What webhooks are sent."""

from ..models import KINDS
from .responses import TEXT, Node, ref

MESSAGE_SCHEMA = {
    "type": "object",
    "description": "A change, as sent to sockets and webhooks. Changes of users are sent to sockets only.",
    "required": ["model", "id", "action", "body"],
    "properties": {
        "model": {"enum": ["task", "comment", "sprint", "user"]},
        "id": {"type": "integer"},
        "action": {"enum": ["add", "update", "remove"]},
        "body": {
            "description": "The current resource, or null if it was deleted.",
            "oneOf": [
                *(ref("schemas", name) for name in ("Task", "Comment", "Sprint", "User")),
                {"type": "null"},
            ],
        },
        "seq": {
            "type": "integer",
            "description": "The sequence number of the change. Changes of users have none.",
        },
    },
}


def webhook() -> Node:
    """Return the operation that a receiver of webhooks implements."""
    headers = {
        "X-Lightboard-Event": ("The kind of change.", {"enum": list(KINDS)}),
        "X-Lightboard-Delivery": (
            "The id of the delivery. It is the same for each attempt, so you can recognize repeats.",
            {"type": "string", "format": "uuid"},
        ),
        "X-Lightboard-Signature": (
            "`t=…,v1=…`: the Unix time, and the hexadecimal HMAC-SHA256 of `t.body` with the secret.",
            TEXT,
        ),
    }
    return {
        "operationId": "change",
        "summary": "A task, comment or sprint changed",
        "description": "The request that Lightboard sends to a webhook. Respond with 2xx within five seconds. Otherwise "
        "Lightboard tries again after 10 seconds, and then less and less often for about ten hours. Respond with 410 to "
        "turn the webhook off.",
        "tags": ["events"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": description, "schema": schema}
            for name, (description, schema) in headers.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref("schemas", "Message")}}},
        "responses": {
            "2XX": {"description": "The delivery was accepted."},
            "410": {"description": "The webhook is turned off."},
        },
    }
