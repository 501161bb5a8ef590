"""References to people and tasks: what in a text is one, and the links that they become."""

import pytest

from board.text.references import task_ids_in, usernames_in


@pytest.mark.parametrize(
    ("text", "usernames"),
    [
        ("@anna", {"anna"}),
        ("Ask @Anna or (@ben), **@carl**: @dora!", {"Anna", "ben", "carl", "dora"}),
        ("@anna.lee @ben-d @c_3 @d+e @eve@example.org", {"anna.lee", "ben-d", "c_3", "d+e", "eve@example.org"}),
        ("Thanks @anna. And @ben... @carl- @dora's", {"anna", "ben", "carl", "dora"}),
        ("@مريم and @Łukasz and @straße", {"مريم", "Łukasz", "straße"}),
        ("- @anna\n\n> @ben\n\n# @carl\n\n| @dora |\n|---|\n| @eve |", {"anna", "ben", "carl", "dora", "eve"}),
        ("`@anna` ``` @ben ```\n\n```\n@carl\n```\n\n    @dora", set()),
        ("anna@example.org <ben@example.org> a@b x+@carl -@dora", set()),
        ("https://example.org/@anna example.org/@ben [@carl](https://a.org) ![@dora](d.png)", set()),
        (r"\@anna &#64;ben", set()),
        ("@ @. @@anna @", set()),
        ("", set()),
    ],
)
def test_a_username_after_an_at_sign_is_a_mention(text, usernames):
    assert usernames_in(text) == usernames


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("#12", {12}),
        ("Like #12, #7; (#3) **#4**, *#5*.", {12, 7, 3, 4, 5}),
        ("After #12-#15, before #16/#17", {12, 15, 16, 17}),
        ("# Head #12\n\n- #7\n\n| #3 |\n|---|\n| #4 |", {12, 7, 3, 4}),
        ("`#12`\n\n```\n#7\n```\n\n    #3", set()),
        ("https://a.org/x#12 a.org/#7 [#3](https://a.org) C#5 ##6", set()),
        (r"\#12 &#12; #a1 #1a #0 #012", set()),
        ("#99999999999999999999", set()),
        ("#999999999999999999", {999_999_999_999_999_999}),
        ("#١٢", set()),
    ],
)
def test_a_number_after_a_hash_sign_is_a_task(text, ids):
    assert task_ids_in(text) == ids
