"""The shapes of what travels between the hub, its connections and the other processes."""

from typing import Any, Literal, TypedDict

type LockAction = Literal["dragstart", "dragend", "drop"]
type PersonAction = Literal["add", "update", "remove"]


class Person(TypedDict):
    """A user as the others on a board see them."""

    id: int
    name: str
    initials: str
    colour: int


class Room(TypedDict):
    """Who is on a board, in all processes, and who holds which card of it.

    `more` counts the people who are not listed; `held` is {task id: name}, `holders` {task id: user id}.
    """

    people: list[Person]
    more: int
    held: dict[str, str]
    holders: dict[str, int]


class RoomReport(TypedDict):
    """What one process knows of the room of a board."""

    board: int
    people: list[Person]
    holders: dict[str, Person]


class News(TypedDict):
    """An event as a sentence: of which task, by whom (id and name), and whether it moved."""

    task: int | None
    by: int | None
    name: str
    text: str
    moved: bool


class Frame(TypedDict, total=False):
    """What a connection lacks. Pages get `cards`, `left`, `head` and `news`, clients of the API get `messages`."""

    seq: int
    reset: bool
    cards: str
    left: list[int]
    head: str
    news: list[News]
    messages: list[dict[str, Any]]
    room: Room


class ProcessMessage(TypedDict):
    """What a process tells the others through the channel layer; `locks` is [(board, task id, action)]."""

    process: str
    topics: list[str]
    rooms: list[RoomReport]
    locks: list[tuple[int, int, LockAction]]
