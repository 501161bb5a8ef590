"""The geometry of charts."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from board.history.burndown import Burndown, Day
from board.history.report import ReportTask, ScopeChange
from board.history.timeline import Totals
from board.models import Column
from board.views.charts import Axis, BurndownChart

MONDAY = date(2027, 9, 6)


def burndown(*done, initial=10, days=5):
    """A burndown of so many days, of which the first have ended with so many tasks done."""
    totals = [Totals(tasks=(initial - number, 0, 0, number)) for number in done]
    totals += [None] * (days - len(done))
    rows = [
        Day(MONDAY + timedelta(number), number != 2, initial * (1 - (number + 1) / days), total)
        for number, total in enumerate(totals)
    ]
    return Burndown("tasks", initial, rows, MONDAY + timedelta(len(done) - 1))


def chart(*done, **options):
    return BurndownChart.of(burndown(*done, **options))


def scope_change(day, by, tasks):
    """A change at nine in the morning of a day of the sprint."""
    at = datetime.combine(MONDAY + timedelta(day), time(9), tzinfo=timezone.get_default_timezone())
    return ScopeChange(
        at, by, "added" if tasks > 0 else "removed", ReportTask(1, "Fix log-in", 3), tasks, 3 * tasks
    )


@pytest.mark.parametrize(
    ("highest", "top", "step"),
    [(0, 1, 1), (1, 1, 1), (4, 4, 1), (5, 6, 2), (17, 20, 5), (41, 60, 20), (999, 1000, 500)],
)
def test_an_axis_has_a_few_round_steps(highest, top, step):
    axis = Axis.up_to(highest)
    assert (axis.top, axis.step) == (top, step)


@given(st.integers(min_value=0, max_value=100_000))
def test_an_axis_reaches_the_highest_number_in_at_most_five_ticks(highest):
    axis = Axis.up_to(highest)
    assert axis.top >= highest
    assert 2 <= len(axis.ticks) <= 5
    assert (axis.y(0), axis.y(axis.top)) == (100, 0)


def test_the_remaining_work_is_a_step_line_from_what_was_committed():
    assert chart(0, 4).remaining == "M0 0.0H20.00V0.0H40.00V40.0"


def test_the_scope_ends_where_the_remaining_work_ends():
    assert chart(0, 4).scope == "M0 0.0H20.00V0.0H40.00V0.0"


def test_a_sprint_that_has_not_begun_has_no_lines_but_the_ideal_one():
    assert (chart().remaining, chart().scope) == ("", "")
    assert chart().ideal.endswith("L100.00 100.0")


def test_today_is_marked_and_days_off_are_shaded():
    assert chart(0, 4).today == 40
    assert [slot.day.day for slot in chart(0, 4).days_off] == [MONDAY + timedelta(2)]


def test_the_flow_stacks_the_columns_with_the_done_tasks_at_the_bottom():
    layers = chart(0, 4).flow
    assert [layer.column for layer in layers] == [Column.DONE, Column.TESTING, Column.ACTIVE, Column.TODO]
    done, *_, todo = layers
    assert done.points == "0.0,100.0 20.00,100.0 20.0,60.0 40.00,60.0 40.00,100.0 20.0,100.0 20.00,100.0 0.0,100.0"
    assert todo.points.startswith("0.0,0.0 20.00,0.0 20.0,0.0 40.00,0.0 40.00,60.0")


def test_few_days_are_labelled():
    assert sum(slot.is_labelled for slot in chart(days=14).slots) == 5


def test_a_change_of_the_scope_says_who_and_how_much_each_day():
    changes = [
        scope_change(1, "Ben", 1),
        scope_change(1, "Ben", 1),
        scope_change(1, "Ana", -1),
        scope_change(2, "Ben", 1),
    ]
    slots = BurndownChart.of(burndown(0, 4, 6), changes).slots
    assert [slot.changes for slot in slots[:3]] == [[], [("Ben", 2), ("Ana", -1)], [("Ben", 1)]]
    assert [slot.change for slot in slots] == [0, 1, 1, 0, 0]


def test_what_was_added_and_removed_on_one_day_changed_nothing():
    changes = [scope_change(1, "Ben", 1), scope_change(1, "Ben", -1)]
    assert not any(slot.changes for slot in BurndownChart.of(burndown(0, 4), changes).slots)


def test_a_change_on_a_day_that_a_long_sprint_leaves_out_counts_for_the_next_one():
    every_other_day = replace(burndown(0, 4, 6), days=burndown(0, 4, 6).days[::2])
    slots = BurndownChart.of(every_other_day, [scope_change(1, "Ben", 1)]).slots
    assert [slot.change for slot in slots] == [0, 1, 0]


def test_a_change_after_the_end_is_not_in_the_chart():
    assert not any(slot.changes for slot in BurndownChart.of(burndown(0), [scope_change(9, "Ben", 1)]).slots)
