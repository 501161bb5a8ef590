"""Follow all changes without missing any, also across restarts: python follow.py"""

import json
import os
import time
from pathlib import Path

import httpx

url = os.environ.get("LIGHTBOARD_URL", "http://127.0.0.1:8000")
headers = {"Authorization": f"Bearer {os.environ['LIGHTBOARD_TOKEN']}"}
seen = Path(os.environ.get("LIGHTBOARD_SEEN", "lightboard.seen"))  # how far it came
since = int(seen.read_text()) if seen.exists() else 0
with httpx.Client(base_url=f"{url}/api", headers=headers, timeout=40) as board:
    while True:
        try:
            answer = board.get("/events", params={"since": since, "wait": 25})
        except httpx.TransportError:  # the server is away: ask again, nothing is lost
            time.sleep(2)
            continue
        if answer.status_code == 410:  # the log does not reach back so far: read everything anew
            since = answer.json()["newest"]
        elif answer.status_code in (429, 503):
            time.sleep(int(answer.headers.get("Retry-After", 2)))
        else:
            for event in answer.raise_for_status().json()["events"]:
                print(json.dumps(event), flush=True)  # do here what is to be done, twice is once
                since = event["seq"]
                seen.with_suffix(".new").write_text(str(since))
                seen.with_suffix(".new").replace(seen)  # whole or not at all
