"""What every room of the plan starts from."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from finesse_tx.composition.preparing import Prepared
from finesse_tx.config import Address, Config
from finesse_tx.home import Home
from finesse_tx.lifecycle import Server

__all__ = ["Given", "Ports", "now"]


class Ports:
    """Where the services listen: for parts that are made before the server is, and ask when everything runs."""

    _server: Server

    def use(self, server: Server) -> None:
        """Ask this one; called once, as the last of the plan."""
        self._server = server

    def address(self, name: str) -> Address:
        """The first address that a service really listens on.

        Raises:
            KeyError: It does not listen.
        """
        return self._server.port(name)

    def numbers(self, *names: str) -> frozenset[int]:
        """The ports of those services that listen."""
        found = set()
        for name in names:
            with suppress(KeyError):
                found.add(self.address(name).port)
        return frozenset(found)


class Given(NamedTuple):
    """What is there before any part is.

    Attributes:
        config: The configuration; a room takes from it what its parts get, each its own struct.
        home: The home folder, locked.
        ready: What was prepared.
        reactor: The reactor.
        ports: Where the services listen.
    """

    config: Config
    home: Home
    ready: Prepared
    reactor: Any
    ports: Ports


def now() -> datetime:
    """The time, for all parts that ask for it."""
    return datetime.now(UTC)
