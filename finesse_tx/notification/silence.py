"""Peers that say nothing any more: asked once whether they are there, given up a while later.

Spec: RFC 6120 §4.6 (dead streams); ``notifications.md`` §1.4.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

__all__ = ["Silence"]


class Silence:
    """Watches one connection; whatever it says puts both times off.

    Args:
        clock: Time.
        limit_s: How long it may say nothing.
        ping: Called at half of that.
        give_up: Called at the end of it.
    """

    __slots__ = ("_clock", "_give_up", "_heard", "_limit_s", "_ping", "_timer", "_was_pinged")

    def __init__(
        self,
        clock: IReactorTime,
        limit_s: float,
        ping: Callable[[], None],
        give_up: Callable[[], None],
    ) -> None:
        self._clock, self._limit_s, self._ping, self._give_up = clock, limit_s, ping, give_up
        self._was_pinged, self._heard = False, clock.seconds()
        self._timer: IDelayedCall | None = clock.callLater(limit_s / 2, self._look)

    def heard(self) -> None:
        """It has said something."""
        self._heard, self._was_pinged = self._clock.seconds(), False

    def stop(self) -> None:
        """It is not watched any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Nothing was heard for a while, perhaps."""
        self._timer = None
        silent_s = self._clock.seconds() - self._heard
        if silent_s >= self._limit_s:
            self._give_up()
            return
        if silent_s >= self._limit_s / 2 and not self._was_pinged:
            self._was_pinged = True
            self._ping()
        next_s = self._limit_s if self._was_pinged else self._limit_s / 2
        self._timer = self._clock.callLater(next_s - silent_s, self._look)
