"""Between agents' desktops and the engine: a CTI link that can be cut, mended, and slow.

What goes through it are GED-188 messages, not their bytes.

Spec: ``cti.md`` §9.6, §9.7; issue 4, point 1 (faults).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import TypeVar

from twisted.internet.interfaces import IReactorTime

from finesse_tx.cti.core.message import Message, Request
from finesse_tx.interfaces import IPeripheral

__all__ = ["Link"]

R = TypeVar("R", bound=Request)


class Link:
    """One client of the engine, who speaks for all agents.

    What is on the way when the link is cut is lost; an answer that is lost never comes.

    Args:
        peripheral: The engine.
        clock: The time.
        heard: Is told every event that arrives.
    """

    def __init__(
        self, peripheral: IPeripheral, clock: IReactorTime, heard: Callable[[Message], None]
    ) -> None:
        self._peripheral, self._clock, self._heard = peripheral, clock, heard
        self._delay_s = 0.0
        self._session = 0  # each mended link is a new one
        self.is_up = True
        self._invoke_ids = count(1)
        peripheral.subscribe(self._told)

    def cut(self) -> None:
        """Let nothing through any more."""
        self.is_up = False
        self._session += 1

    def mend(self) -> None:
        """Let everything through again."""
        self.is_up = True

    def slow_down(self, seconds: float) -> None:
        """Let every message take so long."""
        self._delay_s = seconds

    def next_id(self) -> int:
        """An InvokeID that no request has."""
        return next(self._invoke_ids)

    def ask(self, request: Request, answered: Callable[[Message], None]) -> bool:
        """Send a request; it goes out in a turn of its own.

        Args:
            request: Its InvokeID is set here, unless it has one of `next_id`.
            answered: Is told the confirmation or the failure.

        Returns:
            Whether there was a link.
        """
        if not request.invoke_id:
            request = replace(request, invoke_id=self.next_id())
        self._carry(self._peripheral.request, request, lambda m: self._carry(answered, m))
        return self.is_up

    def _told(self, event: Message) -> None:
        """The engine has an event."""
        if self.is_up and not self._delay_s:
            self._heard(event)
        else:
            self._carry(self._heard, event)

    def _carry(self, goal: Callable[..., object], *what: object) -> None:
        """Bring something to the other end, in a turn of its own."""
        if self.is_up:
            self._clock.callLater(self._delay_s, self._arrive, self._session, goal, *what)

    def _arrive(self, session: int, goal: Callable[..., object], *what: object) -> None:
        if session == self._session:
            goal(*what)
