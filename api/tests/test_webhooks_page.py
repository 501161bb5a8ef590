"""/profile/webhooks/: who is told of what, how it went, and off and on."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from api.models import KINDS, Delivery, Webhook
from api.webhooks import new_deliveries
from board import actions
from board.models import Counter
from board.tests.html_page import Page

URL = "/profile/webhooks/"


@pytest.fixture
def people(django_user_model, ada):
    """Browsers of ada, of bob (another member) and of an admin."""
    bob = django_user_model.objects.create_user("bob", password="a long password")
    admin = django_user_model.objects.create_user("sam", password="a long password", is_staff=True)
    browsers = {"ada": Client(), "bob": Client(), "admin": Client()}
    for browser, user in zip(browsers.values(), (ada, bob, admin), strict=True):
        browser.force_login(user)
    return browsers


@pytest.fixture
def browser(people):
    return people["ada"]


@pytest.fixture
def webhook(ada):
    webhook = Webhook(owner=ada, url="https://hooks.example/", kinds=["task.add"], site="http://testserver")
    webhook.register()
    return webhook


@pytest.fixture
def delivery(webhook):
    return Delivery.objects.create(
        webhook=webhook,
        kind="task.add",
        body='{"model": "task"}',
        attempts=2,
        attempted_at=timezone.now(),
        status=503,
        milliseconds=41,
        response="<b>Closed for today</b>",
    )


def add(browser, url="https://hooks.example/lightboard", kinds=("task.add", "sprint.remove")):
    return browser.post(URL, {"url": url, "kinds": kinds})


def test_what_a_webhook_sends_links_to_the_site_whatever_host_was_asked_for(browser, settings, ada):
    add(browser)
    settings.SITE_URL = "https://board.example.org"
    settings.ALLOWED_HOSTS = ["evil.example"]
    browser.post(URL, {"url": "https://hooks.example/2", "kinds": ["task.add"]}, headers={"Host": "evil.example"})
    actions.add_task(ada, name="Tell")
    for webhook in Webhook.objects.all():
        (delivery,) = new_deliveries(webhook)[1]
        assert json.loads(delivery.body)["body"]["links"]["self"].startswith("https://board.example.org/")


def test_a_person_adds_a_webhook_and_sees_its_secret_once(browser, ada):
    answer = add(browser)
    secret = Page(answer).one(id="secret").text
    webhook = Webhook.objects.get()
    assert (webhook.owner, webhook.url, webhook.secret) == (ada, "https://hooks.example/lightboard", secret)
    assert webhook.kinds == ["task.add", "sprint.remove"]
    assert webhook.site == "http://testserver"
    assert webhook.cursor == Counter.objects.get().value
    again = browser.get(URL).content.decode()
    assert "https://hooks.example/lightboard" in again
    assert "Task created, Sprint deleted" in again
    assert secret not in again + browser.get(f"{URL}{webhook.pk}/").content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_at_first_everything_is_chosen(browser):
    boxes = Page(browser.get(URL)).all("input", type="checkbox", name="kinds", checked=True)
    assert [box["value"] for box in boxes] == list(KINDS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks",
        "ftp://hooks.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://127.0.0.1:8000/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "https://user:password@hooks.example/",
        "https://user@hooks.example/",
        "https://hooks.example:99999/",
        "https://hooks.example/" + "x" * 500,
    ],
)
def test_an_address_that_cannot_be_is_refused(browser, url):
    answer = add(browser, url)
    assert answer.status_code == 422
    assert Page(answer).error("URL")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("kinds", [[], ["task.explode"]])
def test_kinds_that_are_none_are_refused(browser, kinds):
    answer = add(browser, kinds=kinds)
    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_person_has_at_most_ten_webhooks(browser):
    statuses = [add(browser, f"https://hooks.example/{number}").status_code for number in range(11)]
    assert statuses == [200] * 10 + [422]


def test_the_log_shows_each_delivery_and_escapes_the_response(browser, delivery):
    page = Page(browser.get(f"{URL}{delivery.webhook_id}/"))
    row = page.one("li", data_delivery=str(delivery.key))
    facts = dict(zip(row.texts("dt"), row.texts("dd"), strict=True))
    assert facts["Attempts"] == "2"
    assert facts["Response"] == "503 in 41 ms"
    assert facts["Status"].startswith("Next try at")
    assert "<b>Closed for today</b>" in row.text
    assert '{"model": "task"}' in row.text


def test_redelivering_puts_the_delivery_back_in_line(browser, delivery):
    Delivery.objects.update(due_at=None)
    answer = browser.post(f"{URL}deliveries/{delivery.pk}/redeliver/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{URL}{delivery.webhook_id}/"
    delivery.refresh_from_db()
    assert delivery.attempts == 0
    assert delivery.due_at <= timezone.now()


def test_a_person_switches_a_webhook_off_and_on(browser, webhook):
    browser.post(f"{URL}{webhook.pk}/switch/")
    page = Page(browser.get(f"{URL}{webhook.pk}/"))
    assert "Turned off by Ada Lovelace." in page.text
    assert page.buttons.count("Turn on") == 1
    assert not Webhook.objects.on().exists()
    browser.post(f"{URL}{webhook.pk}/switch/", {"on": "1"})
    assert Webhook.objects.on().exists()


def test_a_person_deletes_a_webhook_after_a_question(browser, delivery):
    url = f"{URL}{delivery.webhook_id}/delete/"
    assert "Delete webhook" in Page(browser.get(url)).buttons
    assert Webhook.objects.exists()
    assert browser.post(url)["Location"] == URL
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


def routes(delivery):
    """Every address of one webhook, with the method that belongs to it."""
    one = f"{URL}{delivery.webhook_id}/"
    return [
        ("get", one),
        ("get", f"{one}delete/"),
        ("post", f"{URL}deliveries/{delivery.pk}/redeliver/"),
        ("post", f"{one}switch/"),
        ("post", f"{one}delete/"),
    ]


@pytest.mark.parametrize(("who", "statuses"), [("ada", {200, 302}), ("bob", {404}), ("admin", {200, 302})])
def test_a_webhook_belongs_to_its_owner_and_admins(people, delivery, who, statuses):
    listed = Page(people[who].get(URL)).all("li", data_webhook=True)
    answers = [getattr(people[who], method)(url).status_code for method, url in routes(delivery)]
    assert set(answers) == statuses
    assert len(listed) == (404 not in statuses)
    assert Webhook.objects.exists() == (404 in statuses)


def test_every_page_needs_a_log_in(delivery):
    for method, url in [("get", URL), ("post", URL), *routes(delivery)]:
        assert getattr(Client(), method)(url).status_code == 302
    assert Webhook.objects.on().exists()
