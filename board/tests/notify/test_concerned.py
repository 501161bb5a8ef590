"""Whom an event concerns, and why: rules over events, without a database."""

import pytest

from board.models import Event, Notification
from board.notify.concerned import Team, find_notices

ANA, BEN, CLEO, OLD = 1, 2, 3, 4
PEOPLE = {"ana": ANA, "Ben": BEN, "cleo.b": CLEO}
TASK = 12
MENTIONED, ASSIGNED, COMMENTED, CHANGED, SPRINT = Notification.Reason


def event(seq=50, kind="update", task=TASK, sprint=7, by=ANA, **changes):
    return Event(seq=seq, kind=kind, task=task, sprint=sprint, actor_id=by, changes=changes)


def comment(text, before=None, **fields):
    count = {"comment_count": [0, 1]} if before is None else {}
    return event(comment={"id": fields.get("seq", 50), "author": ANA, "text": [before, text]}, **count, **fields)


def notices(*events, assigned=None, authors=(), wishes=None):
    """Return {(person, reason, task)} of events. The task of all is assigned to nobody, with these authors of comments."""
    team = Team(PEOPLE, {TASK: assigned} if assigned else {}, {TASK: authors}, {TASK: wishes or {}})
    return {(person, reason, task) for person, _, reason, task in find_notices(events, team)}


def reasons(*events, **team):
    return {person: reason for person, reason, _ in notices(*events, **team)}


# Assigned


def test_whom_a_task_is_assigned_to_is_concerned():
    assert reasons(event(assigned=[None, BEN]), assigned=BEN) == {BEN: ASSIGNED}
    assert reasons(event(kind="add", assigned=[None, BEN], name=[None, "x"]), assigned=BEN) == {BEN: ASSIGNED}


def test_whoever_had_the_task_before_hears_that_it_changed():
    assert reasons(event(assigned=[CLEO, BEN]), assigned=BEN) == {BEN: ASSIGNED, CLEO: CHANGED}
    assert reasons(event(assigned=[BEN, None])) == {BEN: CHANGED}


def test_the_assignee_at_the_time_counts_not_the_one_of_now():
    moved, given = event(50, status=[1, 2]), event(51, assigned=[BEN, CLEO])
    assert notices(moved, given, assigned=CLEO) == {
        (BEN, CHANGED, TASK),
        (CLEO, ASSIGNED, TASK),
    }


def test_nobody_is_told_of_their_own_doing():
    assert reasons(event(by=BEN, assigned=[None, BEN]), assigned=BEN) == {}
    assert reasons(comment("@ben", by=BEN), assigned=BEN) == {}
    assert BEN not in reasons(event(task=None, by=BEN, closed_at=[None, "2026-11-28T09:00:00+00:00"]))


def test_a_change_by_a_command_is_told():
    assert reasons(event(by=None, status=[1, 2]), assigned=BEN) == {BEN: CHANGED}


def test_whoever_is_not_among_the_people_to_notify_is_left_out():
    assert reasons(event(assigned=[None, OLD]), assigned=OLD) == {}


# Mentions


@pytest.mark.parametrize("text", ["Ask @ben.", "@Ben?", "**@BEN**, please"])
def test_a_mention_in_a_new_comment_or_description_counts_whatever_its_case(text):
    assert reasons(comment(text)) == {BEN: MENTIONED}
    assert reasons(event(description=["", text])) == {BEN: MENTIONED}
    assert reasons(event(kind="add", name=[None, "x"], description=[None, text])) == {BEN: MENTIONED}


@pytest.mark.parametrize("text", ["ben", "`@ben`", "mail@ben", "@nobody", "@benjamin"])
def test_no_mention_no_notice(text):
    assert reasons(comment(text)) == {}


def test_only_new_mentions_count():
    assert reasons(comment("@ben and @cleo.b", before="@ben")) == {CLEO: MENTIONED}
    assert reasons(event(description=["@ben", "@ben, please"])) == {}


def test_of_people_with_names_that_differ_in_case_only_the_exact_one_is_meant():
    team = Team({"Ben": BEN, "ben": CLEO}, {}, {}, {})
    for text, expected in [("@Ben", [BEN]), ("@ben", [CLEO]), ("@BEN", [])]:
        assert [notice.person for notice in find_notices([comment(text)], team)] == expected


def test_what_is_restored_mentions_and_assigns_nobody_again():
    restored = event(kind="add", name=[None, "x"], description=[None, "@cleo.b"], assigned=[None, BEN], undoes=40)
    assert reasons(restored, assigned=BEN) == {BEN: CHANGED}
    assert reasons(comment("@ben", undoes=40), assigned=CLEO) == {}


# Comments


def test_a_comment_concerns_the_assignee_earlier_authors_and_followers():
    assert reasons(comment("Done?"), assigned=BEN) == {BEN: COMMENTED}
    assert reasons(comment("Done?"), authors=[(40, CLEO)]) == {CLEO: COMMENTED}
    assert reasons(comment("Done?"), wishes={BEN: True}) == {BEN: COMMENTED}


def test_whoever_comments_later_is_not_concerned_by_earlier_comments():
    assert reasons(comment("Done?"), authors=[(50, ANA), (60, CLEO)]) == {}


@pytest.mark.parametrize("text", ["Done!", None])
def test_an_edited_or_deleted_comment_is_no_news(text):
    assert reasons(comment(text, before="Done?"), assigned=BEN, authors=[(40, CLEO)]) == {}


def test_of_several_reasons_the_most_important_counts():
    assert reasons(comment("@ben, done?"), assigned=BEN) == {BEN: MENTIONED}
    both = event(assigned=[None, BEN], description=["", "@ben"])
    assert reasons(both, assigned=BEN) == {BEN: MENTIONED}


# Changes


@pytest.mark.parametrize(
    "changes",
    [
        {"status": [1, 2], "order": [1, 2], "started": [None, "2026-11-28"]},
        {"description": ["- [ ] a", "- [x] a"]},
        {"name": ["a", "b"]},
    ],
)
def test_a_change_concerns_the_assignee_and_followers_but_not_authors_of_comments(changes):
    found = reasons(event(**changes), assigned=BEN, authors=[(1, ANA), (2, CLEO)])
    assert found == {BEN: CHANGED}
    assert reasons(event(**changes), wishes={CLEO: True}) == {CLEO: CHANGED}


def test_a_deletion_concerns_whoever_had_the_task():
    assert reasons(event(kind="remove", name=["x", None], assigned=[BEN, None])) == {BEN: CHANGED}


def test_another_order_in_the_same_column_is_no_news():
    assert reasons(event(order=[1, 2], spaced={"3": [1, 2]}), assigned=BEN) == {}


def test_whoever_unfollows_a_task_hears_only_of_mentions_and_assignments():
    off = {BEN: False}
    assert reasons(event(status=[1, 2]), assigned=BEN, wishes=off) == {}
    assert reasons(comment("Done?"), authors=[(40, BEN)], wishes=off) == {}
    assert reasons(comment("@ben"), wishes=off) == {BEN: MENTIONED}
    assert reasons(event(assigned=[None, BEN]), assigned=BEN, wishes=off) == {BEN: ASSIGNED}


# Sprints and changes of several tasks


@pytest.mark.parametrize("field", ["started_at", "closed_at"])
def test_the_start_and_the_end_of_a_sprint_concern_everyone(field):
    change = {field: [None, "2026-11-28T09:00:00+00:00"]}
    assert notices(event(task=None, **change)) == {(BEN, SPRINT, None), (CLEO, SPRINT, None)}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "add", "name": [None, "Sprint 9"], "started_at": [None, "2026-11-28T09:00:00+00:00"]},
        {"closed_at": ["2026-11-28T09:00:00+00:00", None]},
        {"goal": ["", "Ship it"]},
    ],
)
def test_other_changes_of_a_sprint_concern_nobody(changes):
    assert notices(event(task=None, **changes)) == set()


def test_closing_a_sprint_is_one_notice_however_many_of_my_tasks_it_moves():
    closed = event(10, task=None, closed_at=[None, "2026-11-28T09:00:00+00:00"], batch=10)
    moves = [event(seq, task=seq, sprint=8, by=ANA, batch=10, assigned=[BEN, BEN]) for seq in range(11, 31)]
    assert notices(closed, *moves) == {(BEN, SPRINT, None), (CLEO, SPRINT, None)}


def test_a_change_of_several_of_my_tasks_is_one_notice_without_a_task():
    given = [event(seq, task=seq, assigned=[None, BEN], batch=11) for seq in (11, 12, 13)]
    assert notices(*given) == {(BEN, ASSIGNED, None)}


def test_a_change_of_several_tasks_of_which_one_is_mine_is_about_that():
    moves = [event(11, task=11, sprint=8, batch=11), event(12, sprint=8, batch=11)]
    for one in moves:
        one.changes["sprint"] = [7, 8]
    assert notices(*moves, assigned=BEN) == {(BEN, CHANGED, TASK)}


def test_two_changes_are_two_notices():
    found = find_notices([event(50, status=[1, 2]), event(51, status=[2, 3])], Team(PEOPLE, {TASK: BEN}, {}, {}))
    assert [(notice.person, notice.event.seq) for notice in found] == [(BEN, 50), (BEN, 51)]
