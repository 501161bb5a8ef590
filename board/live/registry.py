"""The open connections of the process, and their limits."""

from collections.abc import Iterator

from .connection import Connection, Credential

CONNECTIONS = 2000
CONNECTIONS_PER_LOGIN = 10


class Registry:
    """The open connections. A login has at most ten; if it opens another one, a hidden page is closed."""

    def __init__(self) -> None:
        self._connections: set[Connection] = set()

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._connections))

    def __len__(self) -> int:
        return len(self._connections)

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._connections

    def add(self, connection: Connection) -> None:
        self._connections.add(connection)

    def discard(self, connection: Connection) -> None:
        self._connections.discard(connection)

    def has_room_for(self, credential: Credential) -> bool:
        """Return whether a login may open another connection, after `find_displaced` has been closed."""
        if len(self) >= CONNECTIONS:
            return False
        return len(self._of_login(credential)) < CONNECTIONS_PER_LOGIN or bool(self._hidden(credential))

    def find_displaced(self, credential: Credential) -> Connection | None:
        """Return the connection to close for a new one of the same login: the page hidden longest, or None."""
        if len(self._of_login(credential)) < CONNECTIONS_PER_LOGIN:
            return None
        return min(self._hidden(credential), key=lambda one: one.hidden_since or 0, default=None)

    def _of_login(self, credential: Credential) -> list[Connection]:
        return [one for one in self._connections if one.client.credential == credential]

    def _hidden(self, credential: Credential) -> list[Connection]:
        return [one for one in self._of_login(credential) if one.hidden_since is not None]
