"""Presence: the people on each board, in all processes. It exists in memory only."""

from .connection import Clock, Connection
from .frames import Person, Room, RoomReport
from .locks import CardLocks

REMOTE_ROOM_LASTS = 9
PEOPLE_SHOWN = 12


class Presence:
    """The rooms of the boards, computed from this process's connections and the other processes' reports.

    An unchanged room stays the same object.
    """

    def __init__(self, clock: Clock, locks: CardLocks) -> None:
        self.rooms: dict[int, Room] = {}
        self._clock = clock
        self._locks = locks
        self._connections: dict[int, set[Connection]] = {}
        # {(process, board): (report, time when it expires)}
        self._remote: dict[tuple[str, int], tuple[RoomReport, float]] = {}
        self._reported: set[int] = set()

    def join(self, connection: Connection) -> None:
        self._connections.setdefault(connection.board, set()).add(connection)

    def leave(self, connection: Connection) -> None:
        on_board = self._connections.get(connection.board, set())
        on_board.discard(connection)
        if not on_board:
            self._connections.pop(connection.board, None)

    def refresh(self) -> bool:
        """Update `rooms` and return whether any of them changed."""
        now = self._clock()
        self._remote = {key: (report, end) for key, (report, end) in self._remote.items() if end > now}
        old, new = self.rooms, {board: self._room(board) for board in self._connections}
        self.rooms = {board: old[board] if old.get(board) == room else room for board, room in new.items()}
        return any(self.rooms.get(board) is not old.get(board) for board in old.keys() | new.keys())

    def receive(self, process: str, reports: list[RoomReport]) -> None:
        """Store the reports of another process until they expire or are replaced."""
        expires_at = self._clock() + REMOTE_ROOM_LASTS
        for report in reports:
            self._remote[process, report["board"]] = report, expires_at

    def report(self) -> list[RoomReport]:
        """Return this process's rooms for the other processes, including boards that became empty."""
        reports = [self._own_room(board) for board in self._connections.keys() | self._reported]
        self._reported = {report["board"] for report in reports if report["people"]}
        return reports

    def _room(self, board: int) -> Room:
        people: dict[int, Person] = {}
        holders: dict[str, Person] = {}
        remote = [report for (_, of_board), (report, _) in self._remote.items() if of_board == board]
        for report in [self._own_room(board), *remote]:
            people |= {person["id"]: person for person in report["people"]}
            holders |= report["holders"]
        shown = [people[pk] for pk in sorted(people)[:PEOPLE_SHOWN]]
        return {
            "people": shown,
            "more": len(people) - len(shown),
            "held": {task: person["name"] for task, person in holders.items()},
            "holders": {task: person["id"] for task, person in holders.items()},
        }

    def _own_room(self, board: int) -> RoomReport:
        people = {
            one.client.person["id"]: one.client.person
            for one in self._connections.get(board, ())
            if one.client.is_present
        }
        return {"board": board, "people": list(people.values()), "holders": self._locks.holders_on(board)}
