"""What axe finds on a page, and which of its targets are too small."""

import json

from axe_playwright_python.sync_playwright import Axe

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
SMALLEST_TARGET = 24
AXE = Axe().axe_script
# Colours that are still changing to the other theme are no violation. Swagger UI is not ours: axe finds violations in it, and it
# has a <main> of its own.
RUN = """async ([within, options]) => {
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(changing.map(({ finished }) => finished));
    const rules = { "landmark-no-duplicate-main": { enabled: !document.querySelector("#swagger-ui") } };
    return (await axe.run({ include: within, exclude: "#swagger-ui" }, { resultTypes: ["violations"], rules, ...options })).violations;
}"""
# Of axe's rules this one depends on the theme.
COLOURS = {"runOnly": ["color-contrast"]}
# Links in a sentence may be small. A card is as large as its link.
TARGETS = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((element) => element.checkVisibility() && !element.closest("p, li:not(.card) li, .skip, article, code, #swagger-ui"))
    .filter((element) => element.getBoundingClientRect().left >= 0)
    .map((element) => [element.outerHTML.slice(0, 120), (element.matches(".card > .name") ? element.parentElement : element).getBoundingClientRect()])
    .map(([html, box]) => [html, Math.round(box.width), Math.round(box.height)])"""
PAGES = {
    "home": "/",
    "past": "/sprints/past/",
    "backlog": "/backlog/",
    "several tasks": "/backlog/tasks/add/several/",
    "new sprint": "/sprints/add/",
    "sprint's form": "/sprints/1/edit/",
    "starting": "/sprints/3/start/",
    "closing": "/sprints/2/close/",
    "report": "/sprints/2/report/",
    "closed report": "/sprints/1/report/",
    "notifications": "/notifications/",
    "activity": "/activity/",
    "sprint's activity": "/sprints/2/activity/",
    "team": "/team/",
    "sprint's end": "/sprints/1/delete/",
    "task": "/tasks/25/",
    "task's form": "/tasks/25/edit/",
    "moving": "/tasks/25/move/",
    "deleting": "/tasks/25/delete/",
    "renaming": "/tasks/25/edit/name/",
    "one field's form": "/tasks/25/edit/assigned/",
    "recently deleted": "/tasks/deleted/",
    "tokens": "/profile/tokens/",
    "webhooks": "/profile/webhooks/",
    "profile": "/profile/",
    "password": "/profile/password/",
    "people": "/people/",
    "invitation": "/people/invite/",
    "person": "/people/1/",
    "the API's manual": "/api/docs",
    "missing": "/nowhere/",
    "pictures": "/placeholder/",
    "manual": "/site/",
}


def violations(person, name, within="html"):
    """Return a line for each element of a part that axe finds, in both themes, and for each target that is too small."""
    person.page.evaluate(AXE)
    found = _found_by_axe(person, name, within, {})
    person.page.emulate_media(color_scheme="dark")
    found += _found_by_axe(person, f"{name}, dark", within, COLOURS)
    person.page.emulate_media(color_scheme="light")
    return found + too_small(person, name)


def too_small(person, name):
    return [f"{name}: {target}" for target in small_targets(person)]


def _found_by_axe(person, where, within, options):
    rules = person.page.evaluate(RUN, [within, options])
    return [f"{where}: {rule['id']} {json.dumps(node['target'])}" for rule in rules for node in rule["nodes"]]


def small_targets(person):
    """Return [(HTML, width, height)] of what can be pressed but is too small."""
    return [target for target in person.page.evaluate(TARGETS) if min(target[1:]) < SMALLEST_TARGET]
