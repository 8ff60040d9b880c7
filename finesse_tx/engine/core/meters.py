"""Figures that are counted once and read for any period.

A `Meter` counts from its beginning on; what belongs to a period is the difference to what there was at the period's start,
so an event costs the same however many periods are told of. What lasts (a state, so many agents in it) is counted up to
the moment of each change, and up to each boundary between two periods. Only the longest of something cannot be
subtracted: each period has its own. Periods roll over when a meter is touched next; nothing has to go round at midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Generic, TypeVar

from finesse_tx.engine.core.calendar import Calendar, Period, Span

__all__ = ["Meter", "minus"]

F = TypeVar("F")
L = TypeVar("L")


def minus(left: F, right: F) -> F:
    """Subtract figures, field by field."""
    names = [field.name for field in fields(left)]  # type: ignore[arg-type]
    return type(left)(**{name: getattr(left, name) - getattr(right, name) for name in names})


class _Window(Generic[F, L]):
    """A period.

    Attributes:
        period: Which.
        span: The current one.
        base: What had been counted at its start.
        longest: What was longest in it.
        last: The figures and the longest of the one before.
    """

    __slots__ = ("base", "last", "longest", "period", "span")

    def __init__(
        self, period: Period, span: Span, figures: Callable[[], F], longest: Callable[[], L]
    ) -> None:
        self.period, self.span = period, span
        self.base, self.longest = figures(), longest()
        self.last = figures(), longest()


class Meter(Generic[F, L]):
    """What is counted of one object.

    Args:
        calendar: When periods begin and end.
        periods: Which there are.
        figures: Makes the figures, all 0.
        longest: Makes what is longest, all 0.
        at: The time.

    Attributes:
        total: The figures since the beginning; to be added to, after `advance`.
    """

    def __init__(
        self,
        calendar: Calendar,
        periods: Iterable[Period],
        figures: Callable[[], F],
        longest: Callable[[], L],
        at: float,
    ) -> None:
        self._calendar = calendar
        self.total = figures()
        self._zero, self._none = figures, longest
        self._at = at
        self._windows: dict[Period, _Window[F, L]] = {
            period: _Window(period, calendar.span(period, at), figures, longest)
            for period in periods
        }
        self._next_end = min(window.span.end for window in self._windows.values())

    def accrue(self, seconds: float) -> None:
        """Add what has lasted for so long, to `total`; for whoever counts such a thing to say."""

    def crossed(self, period: Period) -> None:
        """A period has ended, and the next one begins."""

    def advance(self, at: float) -> None:
        """Come to a moment: whatever is counted from here on belongs to it."""
        if at >= self._next_end:
            edges = sorted(
                {
                    (edge, window.period.name)
                    for window in self._windows.values()
                    for edge in self._edges(window, at)
                }
            )
            for edge, name in edges:
                if edge > self._at:
                    self.accrue(edge - self._at)
                    self._at = edge
                self._cross(self._windows[Period[name]], edge)
            self._next_end = min(window.span.end for window in self._windows.values())
        if at > self._at:
            self.accrue(at - self._at)
            self._at = at

    def _edges(self, window: _Window[F, L], at: float) -> Iterable[float]:
        """Where a period begins between then and now; of many, only the last two matter."""
        if at < window.span.end:
            return
        current = self._calendar.span(window.period, at)
        yield current.start
        if current.start > window.span.end:
            yield window.span.end
            yield self._calendar.span(window.period, current.start - 0.001).start

    def _cross(self, window: _Window[F, L], edge: float) -> None:
        window.last = minus(self.total, window.base), window.longest
        self._begin(window, edge)
        self.crossed(window.period)

    def _begin(self, window: _Window[F, L], at: float) -> None:
        window.span = self._calendar.span(window.period, at)
        window.base, window.longest = self._copy(), self._none()

    def _copy(self) -> F:
        return minus(self.total, self._zero())

    def restart(self, period: Period, at: float) -> None:
        """Begin a period now: a session, with its sign-in."""
        self.advance(at)
        self._begin(self._windows[period], at)

    def lasted(self, name: str, seconds: float) -> None:
        """Something has taken so long; in a period no longer than that has lasted itself."""
        for window in self._windows.values():
            within = min(seconds, self._at - window.span.start)
            if within > getattr(window.longest, name):
                setattr(window.longest, name, within)

    def took(self, name: str, seconds: float) -> None:
        """The same for what counts where it ends, with all its length."""
        if not seconds:  # as it mostly is, of hold and work
            return
        for window in self._windows.values():
            if seconds > getattr(window.longest, name):
                setattr(window.longest, name, seconds)

    def absorb(self, figures: F, longest: L, at: float) -> None:
        """Take in what somebody else has counted today, before this meter began to."""
        self.advance(at)
        for field in fields(figures):  # type: ignore[arg-type]
            more = getattr(figures, field.name)
            setattr(self.total, field.name, getattr(self.total, field.name) + more)
            for window in self._windows.values():
                if window.period is not Period.TODAY:
                    setattr(window.base, field.name, getattr(window.base, field.name) + more)
        mine = self._windows[Period.TODAY].longest
        for field in fields(longest):  # type: ignore[arg-type]
            lasted = max(getattr(mine, field.name), getattr(longest, field.name))
            setattr(mine, field.name, lasted)

    def figures(self, period: Period, at: float) -> F:
        """The figures of a period, up to now."""
        self.advance(at)
        return minus(self.total, self._windows[period].base)

    def longest(self, period: Period, at: float) -> L:
        """What has been longest in a period; what still lasts is not among it."""
        self.advance(at)
        return self._windows[period].longest

    def last(self, period: Period, at: float) -> tuple[F, L]:
        """The figures of the period before, and what was longest in it."""
        self.advance(at)
        return self._windows[period].last
