"""The types of the messages between the hub, its connections and other processes."""

from typing import Any, Literal, TypedDict

type LockAction = Literal["dragstart", "dragend", "drop"]
type PersonAction = Literal["add", "update", "remove"]


class Person(TypedDict):
    """The public data of a user on a board."""

    id: int
    name: str
    initials: str
    colour: int


class Room(TypedDict):
    """The people on a board and the locks of its cards, in all processes.

    `more` is the number of people who are not listed. `held` is {task id: name}, `holders` {task id: user id}.
    """

    people: list[Person]
    more: int
    held: dict[str, str]
    holders: dict[str, int]


class RoomReport(TypedDict):
    """The part of a board's room that a process contributes."""

    board: int
    people: list[Person]
    holders: dict[str, Person]


class News(TypedDict):
    """An event as a sentence (`text`), with its task, its actor's id and name, and whether the task moved."""

    task: int | None
    by: int | None
    name: str
    text: str
    moved: bool


class Frame(TypedDict, total=False):
    """The changes that a connection lacks. Pages get `cards`, `left`, `head` and `news`, API clients `messages`.

    `unread` is the number of the person's unread notifications, if it changed.
    """

    seq: int
    reset: bool
    cards: str
    left: list[int]
    head: str
    news: list[News]
    messages: list[dict[str, Any]]
    room: Room
    unread: int


class ProcessMessage(TypedDict):
    """A message to the other processes through the channel layer. `locks` is [(board, task id, action)]."""

    process: str
    topics: list[str]
    rooms: list[RoomReport]
    locks: list[tuple[int, int, LockAction]]
