"""What is one line of an activity, and what is on a page of it. Nothing here needs a database."""

from datetime import UTC, datetime, timedelta

from board.history.entries import TOGETHER, Entry, cut, fold

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ANA, BEN = 1, 2


def entry(seq, actor=ANA, task=7, minutes=0, **fields):
    return Entry(seq, NOON + timedelta(minutes=minutes), actor, task, fields.pop("sprint", 1), **fields)


def lines(*entries):
    """Return the sequence numbers of each line."""
    newest_first = sorted(entries, reverse=True)
    return [[one.seq for one in line] for line in fold(newest_first)]


def test_changes_of_one_task_by_one_person_are_one_line():
    assert lines(entry(1), entry(2, minutes=2), entry(3, minutes=4)) == [[3, 2, 1]]


def test_others_changes_in_between_do_not_split_it():
    assert lines(entry(1), entry(2, actor=BEN), entry(3, task=8), entry(4)) == [[4, 1], [3], [2]]


def test_a_line_spans_a_few_minutes_at_most():
    few = TOGETHER.seconds // 60
    assert lines(entry(1), entry(2, minutes=few)) == [[2, 1]]
    assert lines(entry(1), entry(2, minutes=few), entry(3, minutes=few + 1)) == [[3, 2], [1]]


def test_a_change_of_several_tasks_is_one_line_however_long_it_takes():
    moved = [entry(seq, task=seq, batch=3, minutes=10 * seq) for seq in range(3, 7)]
    assert lines(entry(1, task=3), entry(2, task=3, batch=2), *moved) == [[6, 5, 4, 3], [2], [1]]


def test_a_comment_is_not_mixed_with_changes_and_has_its_edits():
    assert lines(entry(1), entry(2, comment=2), entry(3), entry(4, comment=2), entry(5, comment=5)) == [
        [5],
        [4, 2],
        [3, 1],
    ]


def test_a_task_that_moves_to_another_sprint_is_the_same_but_two_sprints_are_two():
    assert lines(entry(1, sprint=1), entry(2, sprint=2)) == [[2, 1]]
    assert lines(entry(1, task=None, sprint=1), entry(2, task=None, sprint=2)) == [[2], [1]]


def test_a_page_that_has_room_for_all_is_the_last():
    entries = [[entry(2)], [entry(1, actor=BEN)]]
    assert cut(entries, size=2) == (entries, None)


def test_each_entry_is_on_one_page():
    # 4 is older than 5, which is on the next page, but belongs to the line of 7.
    entries = [[entry(7), entry(4)], [entry(6, actor=BEN)], [entry(5, task=8)], [entry(3, task=9)]]
    page, before = cut(entries, size=2)
    assert [[one.seq for one in line] for line in page] == [[7], [6]]
    assert before == 6
    assert [seq for seq in (7, 6, 5, 4, 3) if seq < before] == [5, 4, 3]
