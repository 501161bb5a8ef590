"""What the checks, the sitemap and the search need to know of a finished page."""

from typing import TypedDict


class Facts(TypedDict):
    """Facts about one page. The state of a build keeps them as JSON, so they have no tuples."""

    title: str
    description: str
    words: str
    # Address, fragment, and the reference as it was written.
    links: list[list[str]]
    ids: list[str]
    # The text to look for in the source, and the reason.
    warnings: list[list[str]]
    hidden: bool


def empty_facts() -> Facts:
    return {
        "title": "",
        "description": "",
        "words": "",
        "links": [],
        "ids": [],
        "warnings": [],
        "hidden": False,
    }
