"""Follow all changes without missing any, also across restarts: python follow.py"""

import json
import os
import time
from pathlib import Path

import httpx

url = os.environ.get("LIGHTBOARD_URL", "http://127.0.0.1:8000")
headers = {"Authorization": f"Bearer {os.environ['LIGHTBOARD_TOKEN']}"}
seen = Path(os.environ.get("LIGHTBOARD_SEEN", "lightboard.seen"))  # the last event that was handled
since = int(seen.read_text()) if seen.exists() else 0
with httpx.Client(base_url=f"{url}/api", headers=headers, timeout=40) as board:
    while True:
        try:
            response = board.get("/events", params={"since": since, "wait": 25})
        except httpx.TransportError:  # the server is unavailable; no event is lost
            time.sleep(2)
            continue
        if response.status_code == 410:  # `since` is outside the log: read all resources again here
            since = response.json()["newest"]
        elif response.status_code in (429, 503):
            time.sleep(int(response.headers.get("Retry-After", 2)))
        else:
            for event in response.raise_for_status().json()["events"]:
                print(json.dumps(event), flush=True)  # handle the event here; it may come twice
                since = event["seq"]
                seen.with_suffix(".new").write_text(str(since))
                seen.with_suffix(".new").replace(seen)  # atomic
