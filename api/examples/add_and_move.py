"""Add a task to a sprint and move it to In Progress, before another one: python add_and_move.py SPRINT NAME BEFORE"""

import os
import sys
import time
import uuid

import httpx

url = os.environ.get("LIGHTBOARD_URL", "http://127.0.0.1:8000")
headers = {"Authorization": f"Bearer {os.environ['LIGHTBOARD_TOKEN']}"}
sprint, name, before = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def post(path, body):
    """Repeat a request until there is a response. The key ensures that the change is made only once."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    while True:
        try:
            return board.post(path, json=body, headers=key).raise_for_status().json()
        except httpx.TransportError as error:
            print(f"{error}: trying again", file=sys.stderr)
            time.sleep(2)


with httpx.Client(base_url=f"{url}/api", headers=headers) as board:
    task = post("/tasks", {"name": name, "sprint": sprint})
    task = post(f"/tasks/{task['id']}/move", {"sprint": sprint, "status": 2, "before": before})
    print(f"#{task['id']} {task['name']} ({task['status_display']})")
