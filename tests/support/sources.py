"""Another directory, scripted."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from finesse_tx.directory.core.synchronising import FoundPerson
from finesse_tx.interfaces import IDirectorySource

__all__ = ["ScriptedSource"]


@implementer(IDirectorySource)
class ScriptedSource:
    """Answers when it is told to.

    Attributes:
        asked: Whose passwords it was asked about, in order.
        answers: The questions about passwords that are open.
        found: Whom it tells of.
        failing: What it fails with instead; None while it works.
        is_closed: Whether `close` was called.
    """

    authenticates = True
    synchronises = True

    def __init__(self, *found: FoundPerson) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers: list[Deferred[bool]] = []
        self.found: Sequence[FoundPerson] = found
        self.failing: Exception | None = None
        self.is_closed = False

    def authenticate(self, login_id: str, password: str) -> Deferred[bool]:
        """Write it down; the answer comes by ``answers``."""
        self.asked.append((login_id, password))
        self.answers.append(Deferred())
        return self.answers[-1]

    def people(self) -> Deferred[Sequence[FoundPerson]]:
        """Tell of them."""
        told: Deferred[Sequence[FoundPerson]] = Deferred()
        if self.failing is not None:
            told.errback(self.failing)
        else:
            told.callback(self.found)
        return told

    def close(self) -> Deferred[None]:
        """It is."""
        self.is_closed = True
        return succeed(None)
