from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from board import actions
from board.models import Event, Sprint, Status, Task
from board.notify import making

LOGINS = "demo / demo and guest / guest"
PEOPLE = [
    ("demo", "Dana Moreau"),
    ("guest", "Gus Lindqvist"),
    ("amara", "Amara Mbeki"),
    ("jonas", "Jonas Lang"),
    ("sofia", "Sofia Kovač"),
]
ABOUT_PASSES = """Paper passes cost us two queues in every harbour. What counts in the end:

- The pass opens **without a network**, on phones that are five years old.
- Staff at the ramp scan it in less than a second.
"""
# (name, goal, description, days from today to its start and end, days ago that it was planned)
SPRINTS = {
    "past": ("Sprint 12", "Passengers find their ferry without calling us", "", -22, -9, 23),
    "now": ("Sprint 13", "A boarding pass on every phone before the summer timetable", ABOUT_PASSES, -8, 5, 10),
    "next": ("Sprint 14", "Harbour staff see who is on board", "", 6, 19, 3),
}
NOTE = "The timetable works in every harbour. The reminder has to wait for the mail server."
# Of the stories, in turn. Nobody has estimated the rest of the backlog.
POINTS = (3, 5, 2, 3, 5, 1, 8, 2, 3, 5, 3)
type Step = tuple[datetime, Callable[[], None]]


class Story(NamedTuple):
    """A task of the demo. `due` is in days from today.

    `progress` has the number of days ago that work started, testing started, and the task was done.
    """

    sprint: str | None
    name: str
    description: str
    who: str | None
    due: int | None
    planned: int
    progress: tuple[int, ...]


STORIES = [
    Story(
        "past",
        "Search timetable by harbour",
        "Type a few letters, see the next departures.",
        "amara",
        -12,
        23,
        (22, 19, 17),
    ),
    Story(
        "past",
        "Show delays on the departure list",
        "Orange from five minutes, red from twenty.",
        "jonas",
        -11,
        23,
        (21, 18, 16),
    ),
    Story(
        "past",
        "Times in the harbour's own time zone",
        "A night ferry crosses two of them.",
        "sofia",
        -12,
        23,
        (21, 17, 15),
    ),
    Story("past", "Remember the last three searches", "", "amara", None, 23, (18, 15, 13)),
    Story(
        "past",
        "Prices for bicycles and dogs",
        "The counter gets this question forty times a day.",
        "demo",
        -10,
        22,
        (17, 14, 12),
    ),
    Story("past", "Fix: search forgets the date on back", "", "jonas", None, 19, (16, 13, 11)),
    Story(
        "past",
        "Faster first page on slow phones",
        "From 4.1 s to under 1 s on the test device.",
        "sofia",
        -9,
        22,
        (15, 12, 10),
    ),
    Story("past", "Translate timetable to Swedish", "", "guest", -9, 20, (14, 12, 10)),
    Story(
        "now", "Boarding pass as PDF", "A6, readable by the scanners at both gates.", "amara", -3, 10, (9, 7, 4)
    ),
    Story("now", "Send the pass by mail after payment", "", "jonas", -2, 10, (8, 6, 3)),
    Story(
        "now",
        "QR code with signed ticket number",
        "Nobody can make one up; checks work without a network.",
        "sofia",
        -3,
        10,
        (9, 5, 2),
    ),
    Story("now", "Update payment provider's library", "The old one ends in March.", "demo", None, 10, (6, 5, 4)),
    Story(
        "now",
        "Fix: two tickets for one tap",
        "Double taps on slow connections charge twice.",
        "jonas",
        -1,
        7,
        (5, 3, 1),
    ),
    Story("now", "Pass in the phone's wallet", "Both kinds. Certificates are with Dana.", "sofia", 1, 10, (4, 1)),
    Story(
        "now",
        "Gate scanner accepts paper and phone",
        "Test at Nordhamn with the real device.",
        "amara",
        -2,
        10,
        (5, 2),
    ),
    Story("now", "Show the pass without a network", "Half the quay has no signal.", "jonas", 2, 10, (3, 1)),
    Story("now", "Refund a ticket by its number", "Staff only, with a reason.", "demo", 0, 10, (4,)),
    Story("now", "Large type on the pass", "Readable at arm's length, AA contrast.", "guest", 3, 10, (2,)),
    Story("now", "Change the name on a ticket", "Once, up to an hour before departure.", "amara", 3, 10, (2,)),
    Story("now", "Group tickets share one mail", "", "sofia", 4, 10, (1,)),
    Story("past", "Remind the day before departure", "Only who asked for it at booking.", "jonas", 4, 20, ()),
    Story("now", "Pass in four languages", "Swedish, Finnish, Estonian, English.", "guest", 4, 10, ()),
    Story("now", "Print station for the kiosk at Västra", "", None, 5, 10, ()),
    Story("now", "Log scans for the night report", "Count only, no names.", "demo", 5, 6, ()),
    Story(
        "now",
        "Fix: pass shows yesterday's gate",
        "After a gate change the old one stays in the wallet.",
        "sofia",
        1,
        2,
        (),
    ),
    Story("now", "Tell passengers about a changed gate", "", None, None, 5, ()),
    Story("next", "List of who is on board", "For the mate, on the tablet at the ramp.", "amara", 12, 3, (1,)),
    Story("next", "Count cars and bicycles per deck", "", "jonas", 14, 3, ()),
    Story("next", "Mark passengers who need help", "Wheelchair, pram, travelling alone.", "sofia", 13, 3, ()),
    Story(
        "next",
        "Passenger list to the coast guard",
        "Their format, within fifteen minutes of departure.",
        "demo",
        15,
        3,
        (),
    ),
    Story("next", "Tablet works with gloves", "Targets of 12 mm, no swipes.", "guest", None, 3, ()),
    Story("next", "Hand-over note between shifts", "", None, 17, 2, ()),
    Story(
        "next", "Late passengers are called by name", "Reads the list aloud over the speakers.", None, 18, 2, ()
    ),
    Story(
        None,
        "Season tickets for commuters",
        "Monthly and yearly. Ask finance about the tax.",
        "demo",
        None,
        21,
        (),
    ),
    Story(None, "Book a cabin on night ferries", "", None, None, 20, ()),
    Story(None, "Dark timetable for the ship's screens", "", "guest", None, 18, ()),
    Story(
        None, "Pay with Swish and MobilePay", "Contracts are signed, keys come in December.", "jonas", 25, 16, ()
    ),
    Story(None, "Lost property page", "Photo, place, date; staff answer by mail.", None, None, 15, ()),
    Story(None, "Accessibility statement", "Due by law at the end of the year.", "sofia", 30, 14, ()),
    Story(
        None, "Move old bookings to the archive", "Everything before 2021; keep the totals.", None, None, 12, ()
    ),
    Story(
        None, "Weather warning on the first page", "From the met office's feed, two levels.", "amara", None, 11, ()
    ),
    Story(None, "Feedback after the trip", "One question, one tap.", None, None, 8, ()),
    Story(None, "Fix: map jumps on small phones", "", "jonas", None, 6, ()),
    Story(None, "Discount codes for schools", "", None, None, 4, ()),
    Story(
        None,
        "Test the site with screen readers",
        "NVDA and VoiceOver, the three main journeys.",
        "sofia",
        21,
        3,
        (),
    ),
]


class Remark(NamedTuple):
    """A comment of the demo on the task called `story`, `ago` days ago. `{about}` is the number of another task."""

    story: str
    who: str
    ago: int
    hour: int
    text: str
    about: str | None = None


REMARKS = [
    Remark("Boarding pass as PDF", "guest", 5, 15, "Printed at 90 %, and the scanner still reads it."),
    Remark("Boarding pass as PDF", "amara", 5, 16, "Thanks! Then A6 stays."),
    Remark(
        "Gate scanner accepts paper and phone",
        "amara",
        2,
        15,
        "The one at Nordhamn reads phones only at **full brightness**. @jonas, could #{about} turn it up?",
        "Show the pass without a network",
    ),
    Remark(
        "Gate scanner accepts paper and phone",
        "jonas",
        1,
        9,
        "Yes, while the code is on the screen. I'll add it this week.",
    ),
    Remark(
        "Refund a ticket by its number",
        "sofia",
        3,
        11,
        "Finance wants the reason from a list:\n\n- illness\n- weather\n- a mistake of ours",
    ),
]
WORK = [Status.ACTIVE, Status.TESTING, Status.DONE]


class Command(BaseCommand):
    """Fill an empty database with a team, three sprints and their tasks."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if the database is not empty")

    def handle(self, *, if_empty: bool, **options: Any) -> None:
        if get_user_model().objects.exists() or Event.objects.exists():
            if if_empty:
                return
            raise CommandError("The demo needs an empty database, but this one has people or sprints.")
        with transaction.atomic():
            people = add_people()
            for _, step in sorted(steps(people), key=lambda step: step[0]):
                step()
            making.skip_events(before=days_ago(6))
        self.stdout.write(f"Demo created. Log in as {LOGINS}.")


def add_people() -> dict[str, User]:
    """Create the demo's accounts and return {username: user}. Only `demo` and `guest` have a password."""
    create_user = get_user_model().objects.create_user
    people: dict[str, User] = {}
    for username, name in PEOPLE:
        first, last = name.split()
        password = username if username in ("demo", "guest") else None
        is_admin = username == "demo"
        people[username] = create_user(
            username, password=password, first_name=first, last_name=last, is_staff=is_admin
        )
    return people


def steps(people: dict[str, User]) -> Iterator[Step]:
    """Yield the history of the demo as (time, action) pairs, in no order."""
    sprints: dict[str, Sprint] = {}
    tasks: dict[int, Task] = {}
    for key in SPRINTS:
        yield sprint_step(key, people["demo"], sprints)
    yield closing_step(people["demo"], sprints)
    for number, story in enumerate(STORIES):
        yield from story_steps(number, story, people, sprints, tasks)
    for number, remark in enumerate(REMARKS):
        yield remark_step(number, remark, people[remark.who], tasks)


def sprint_step(key: str, who: User, sprints: dict[str, Sprint]) -> Step:
    name, goal, description, start, end, planned = SPRINTS[key]
    dates = {"start": days_ago(-start).date(), "end": days_ago(-end).date()}
    moment = days_ago(planned, 9)

    def plan() -> None:
        sprints[key] = actions.add_sprint(who, name=name, goal=goal, description=description, at=moment, **dates)

    return moment, plan


def closing_step(who: User, sprints: dict[str, Sprint]) -> Step:
    """Return the closing of the past sprint, whose leftover goes to the running one."""
    moment = days_ago(9, 16)

    def close() -> None:
        past, now = sprints["past"].pk, sprints["now"].pk
        actions.close_sprint(who, past, outcome=actions.Outcome.PARTLY, note=NOTE, others=now, at=moment)

    return moment, close


def story_steps(
    number: int, story: Story, people: dict[str, User], sprints: dict[str, Sprint], tasks: dict[int, Task]
) -> Iterator[Step]:
    """Yield the history of a task."""
    who = people.get(story.who or "")
    noted = days_ago(story.planned + 1, 10, number)

    def note() -> None:
        due = story.due if story.due is None else days_ago(-story.due).date()
        points = POINTS[number % len(POINTS)] if story.sprint or number % 2 else None
        fields: dict[str, Any] = {"description": story.description, "assigned": who, "due": due, "points": points}
        tasks[number] = actions.add_task(people["demo"], name=story.name, at=noted, **fields)

    yield noted, note
    if story.sprint is None:
        return
    key = story.sprint
    planned = days_ago(story.planned, 11, number)
    for moment, status in [
        (planned, Status.TODO),
        *((days_ago(day, 14, number), status) for day, status in zip(story.progress, WORK, strict=False)),
    ]:

        def move(moment: datetime = moment, status: Status = status) -> None:
            place = actions.Place(sprints[key].pk, status)
            actions.place_task(who or people["demo"], tasks[number].pk, place, at=moment)

        yield moment, move


def remark_step(minute: int, remark: Remark, who: User, tasks: dict[int, Task]) -> Step:
    moment = days_ago(remark.ago, remark.hour, minute)

    def write() -> None:
        numbers = {task.name: task.pk for task in tasks.values()}
        text = remark.text.format(about=numbers.get(remark.about or ""))
        actions.add_comment(who, numbers[remark.story], text, at=moment)

    return moment, write


def days_ago(days: int, hour: int = 12, minute: int = 0) -> datetime:
    """Return the time so many days before today, in the team's time zone."""
    day = timezone.localdate() - timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.get_current_timezone())
