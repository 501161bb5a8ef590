"""References to people and tasks: what in a text is one, and the links that they become."""

import pytest

from board.tests.html_page import Page
from board.text.markdown import to_html
from board.text.references import Link, task_ids_in, usernames_in
from board.text.usernames import match_usernames


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


LINKS = {
    "@anna": Link("/people/#person-1", "Anna <b>", '"@anna" <script>', "mention"),
    "#12": Link("/tasks/12/", "#12", 'Draw" onclick="alert(1) · Done', "reference done"),
}


def test_known_references_become_links():
    page = Page(to_html("- Ask **@anna** about #12, not @ben or #13", LINKS))
    assert page.text == "Ask Anna <b> about #12, not @ben or #13"
    assert [link.attrs for link in page.all("a")] == [
        {
            "href": "/people/#person-1",
            "class": "mention",
            "title": '"@anna" <script>',
            "dir": "auto",
            "rel": "nofollow noopener",
        },
        {
            "href": "/tasks/12/",
            "class": "reference done",
            "title": 'Draw" onclick="alert(1) · Done',
            "dir": "auto",
            "rel": "nofollow noopener",
        },
    ]


@pytest.mark.parametrize(
    "text", ["`@anna`", "[@anna #12](https://a.org)", r"\@anna \#12", "x@anna.org a@anna", "    #12"]
)
def test_what_is_no_reference_becomes_no_link(text):
    assert not Page(to_html(text, LINKS)).all("a", class_=True)


@pytest.mark.parametrize(
    ("spelling", "person"),
    [
        ("anna", 1),
        ("ANNA", 1),
        ("Ben", 2),
        ("ben", 3),
        ("BEN", None),
        ("\uff41nna", 1),
        ("STRASSE", 4),
        ("a", None),
    ],
)
def test_a_spelling_matches_one_username_at_most(spelling, person):
    people = {"anna": 1, "Ben": 2, "ben": 3, "straße": 4}
    assert match_usernames([spelling], people) == ({spelling: person} if person else {})
