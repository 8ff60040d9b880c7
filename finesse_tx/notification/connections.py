"""The open connections of a factory, and the wait for the last of them."""

from __future__ import annotations

from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred

__all__ = ["Connections"]


class Closing(Protocol):
    """A connection that can be told to end."""

    def shut_down(self) -> None:
        """The server stops."""


C = TypeVar("C", bound=Closing)


class Connections(set[C]):
    """Those that are open."""

    _emptied: Deferred[None] | None = None

    def drain(self) -> Deferred[None]:
        """Tell each that the server stops.

        Returns:
            Fires when the last one is gone.
        """
        emptied: Deferred[None] = Deferred()
        self._emptied = emptied
        for connection in list(self):
            connection.shut_down()
        self._look()
        return emptied

    def gone(self, connection: C) -> None:
        """A connection is lost."""
        self.discard(connection)
        self._look()

    def _look(self) -> None:
        if not self and self._emptied is not None:
            emptied, self._emptied = self._emptied, None
            emptied.callback(None)
