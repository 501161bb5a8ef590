"""Changes arrive at another server, signed, once, and also after a restart."""

import json
import queue
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from api.delivery import signature

from .api_client import api_of
from .server import ROOT, Server


class Receiver(ThreadingHTTPServer):
    """A server that keeps what it is posted in `posts`, and answers with `status`."""

    def __init__(self):
        self.posts = queue.Queue()
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    def next(self):
        """Wait for the next post; returns its headers and body."""
        return self.posts.get(timeout=30)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.put((self.headers, body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"Thank you" if self.server.status == 200 else b"Closed for today")

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def sender(tmp_path_factory, redis):
    """A server that may reach this machine, and have others beside it."""
    folder = tmp_path_factory.mktemp("sender")
    server = Server(folder, REDIS_URL=redis.url, WEBHOOKS_TO_PRIVATE_ADDRESSES="1").start()
    yield server
    server.stop()


def add_webhook(person, url):
    """Add a webhook for added tasks on the page; returns its secret."""
    page = person.go("/profile/webhooks/").page
    page.get_by_label("URL").fill(url)
    for box in page.get_by_role("group", name="Events").get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_label("Task created").check()
    page.get_by_role("button", name="Add webhook").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("link", name=url).click()
    return secret


def test_a_change_arrives_signed_and_is_sent_again_when_asked_for(someone, sender, receiver):
    receiver.status = 503
    person = someone("demo", sender.url)
    secret = add_webhook(person, receiver.url)
    with api_of(sender.url) as api:
        task = api.post("/tasks", json={"name": "Tell the others"}).raise_for_status().json()
    headers, body = receiver.next()
    parts = dict(part.split("=") for part in headers["X-Lightboard-Signature"].split(","))
    assert parts["v1"] == signature(secret, int(parts["t"]), body)
    message = json.loads(body)
    assert (message["model"], message["action"], message["id"]) == ("task", "add", task["id"])
    assert message["body"] == task
    delivery = person.page.get_by_role("listitem").filter(has_text="Task created")
    reload_until(person.page, lambda: delivery.filter(has_text="Closed for today").count())
    expect(delivery).to_contain_text("503 in")
    receiver.status = 200
    delivery.get_by_role("button", name="Redeliver").click()
    again, same = receiver.next()
    assert (again["X-Lightboard-Delivery"], same) == (headers["X-Lightboard-Delivery"], body)
    reload_until(person.page, lambda: delivery.filter(has_text="Delivered").count())


def reload_until(page, shows, seconds=20):
    """Reload as a person who waits for news does, until the page shows them."""
    deadline = time.monotonic() + seconds
    while not shows():
        assert time.monotonic() < deadline, page.inner_text("main")
        page.reload()


def test_a_change_that_no_server_saw_is_told_once_by_those_that_come(someone, sender, receiver):
    add_webhook(someone("demo", sender.url), receiver.url)
    sender.stop()
    add = "from board import actions; [actions.add_task(None, name=f'Task {n}') for n in range(20)]"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", add],
        cwd=ROOT,
        env=sender.env,
        check=True,
        capture_output=True,
    )
    other = Server(sender.log.parent, REDIS_URL=sender.env["REDIS_URL"], WEBHOOKS_TO_PRIVATE_ADDRESSES="1")
    sender.start()
    other.start()
    try:
        posts = [receiver.next() for _ in range(20)]
        assert {json.loads(body)["body"]["name"] for _, body in posts} == {f"Task {n}" for n in range(20)}
        assert len({headers["X-Lightboard-Delivery"] for headers, _ in posts}) == 20
        assert receiver.posts.empty()
    finally:
        other.stop()
