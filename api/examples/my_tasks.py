"""List a person's open tasks: python my_tasks.py USERNAME"""

import os
import sys

import httpx

url = os.environ.get("LIGHTBOARD_URL", "http://127.0.0.1:8000")
headers = {"Authorization": f"Bearer {os.environ['LIGHTBOARD_TOKEN']}"}
with httpx.Client(base_url=f"{url}/api", headers=headers) as board:
    for status in (1, 2, 3):
        params = {"assigned": sys.argv[1], "status": status, "page_size": 100}
        page = board.get("/tasks", params=params).raise_for_status().json()
        while True:
            for task in page["results"]:
                print(f"#{task['id']} {task['name']} ({task['status_display']})")
            if not page["next"]:
                break
            page = board.get(page["next"]).raise_for_status().json()
