"""Reading a line as a task."""

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from board.text.quick_add import Entry, Person, Rules, lines_of

FRIDAY = date(2026, 11, 27)
PEOPLE = [
    Person(1, "ana", "Ana Lind"),
    Person(2, "b.adeyemi", "Ben Adeyemi"),
    Person(3, "ben2", "Bén Ito"),
    Person(4, "carla", "Ana María Cruz"),
    Person(5, "__", "__"),
]
SCALE = [0, 1, 2, 3, 5, 8]
RULES = Rules.of(PEOPLE, SCALE, FRIDAY)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Fix log-in", Entry("Fix log-in")),
        ("Fix log-in (3) @ana !mon", Entry("Fix log-in", 3, 1, date(2026, 11, 30))),
        ("  Fix   log-in  !mon (0)\t@Ana ", Entry("Fix   log-in", 0, 1, date(2026, 11, 30))),
        ("Fix log-in !2026-12-01", Entry("Fix log-in", due=date(2026, 12, 1))),
        ("Fix log-in !today", Entry("Fix log-in", due=FRIDAY)),
        ("Fix log-in !TOMORROW", Entry("Fix log-in", due=date(2026, 11, 28))),
        ("Fix log-in !fri", Entry("Fix log-in", due=date(2026, 12, 4))),
        ("Fix log-in !thursday", Entry("Fix log-in", due=date(2026, 12, 3))),
        ("Fix log-in @b.adeyemi", Entry("Fix log-in", assigned=2)),
        ("Fix log-in @BenAdeyemi", Entry("Fix log-in", assigned=2)),
        ("Fix log-in @María-Cruz", Entry("Fix log-in @María-Cruz")),
        ("Fix log-in @AnaMariaCruz", Entry("Fix log-in", assigned=4)),
    ],
)
def test_words_at_the_end_are_points_person_and_due_date(line, expected):
    assert RULES.parse(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Fix log-in (4)",
        "Fix log-in (34)",
        "Fix log-in (3",
        "Fix log-in(3)",
        "Fix log-in (٣)",
        "Fix log-in @nobody",
        "Fix log-in @",
        "Fix log-in @__",
        "Fix log-in !",
        "Fix log-in !now",
        "Fix log-in !2026-02-30",
        "Fix log-in !0026-12-01",
        "Fix log-in !26-12-01",
        "Fix (3) log-in",
        "@ana asks for a log-in",
        "(3)",
        "@ana",
        "",
    ],
)
def test_what_is_not_understood_is_part_of_the_name(line):
    assert RULES.parse(line) == Entry(line)


def test_a_first_name_of_two_people_is_no_one():
    assert RULES.parse("Fix log-in @ben").assigned is None


def test_a_username_takes_precedence_over_a_first_name():
    assert RULES.parse("Fix log-in @ana").assigned == 1


def test_nothing_before_a_word_that_is_not_understood_counts():
    assert RULES.parse("Fix log-in (3) @nobody !mon") == Entry("Fix log-in (3) @nobody", due=date(2026, 11, 30))


def test_of_two_words_of_a_kind_the_last_one_counts():
    assert RULES.parse("Fix log-in (3) (5)") == Entry("Fix log-in (3)", 5)


@pytest.mark.parametrize(
    ("word", "day"),
    [("!heute", 27), ("!morgen", 28), ("!mo", 30), ("!mo.", 30), ("!Montag", 30), ("!SA", 28)],
)
def test_days_are_words_of_the_active_language(word, day):
    with override("de"):
        rules = Rules.of(PEOPLE, SCALE, FRIDAY)
    assert rules.parse(f"Log-in reparieren {word}").due == date(2026, 11, day)


def test_each_line_with_something_in_it_is_a_task():
    assert lines_of(" One\r\n\n  \nTwo (3)\u2028Three") == ["One", "Two (3)", "Three"]


words = st.sampled_from(
    ["(3)", "(4)", "@ana", "@ben", "@nobody", "!mon", "!2026-02-30", "!2026-12-01", "Fix", "a!b", "@"]
)


@given(st.lists(words | st.text(max_size=5), max_size=8).map(" ".join))
@example("(3) (3)")
def test_every_line_keeps_a_name_and_loses_only_words_that_were_understood(line):
    entry = RULES.parse(line)
    assert line.strip().startswith(entry.name)
    assert bool(entry.name) == bool(line.strip())
    lost = line.strip()[len(entry.name) :].split()
    assert len(lost) == sum(value is not None for value in entry[1:])
    assert entry.is_plain == (not lost)
    assert entry.points is None or entry.points in SCALE
    assert RULES.parse(f"{entry.name} (4)") == Entry(f"{entry.name} (4)".strip())
