"""How long requests take, by route: for ``/metrics`` and for the diagnostic portal.

A route is named by its template, never by a path, so that there are as many as there are routes. Times are passed in.

Spec: ``rest.md`` §13 (``Average`` and ``Longest Request Process Time``); Prometheus' histograms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from finesse_tx.metrics.core.families import Histogram

__all__ = ["BOUNDS_S", "RequestTimes", "RouteTimes"]

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""The upper bounds of the histogram, in seconds; an answer is expected within a second."""


class RouteTimes:
    """Those of one route.

    Attributes:
        counts: How many took at most as long as each of `BOUNDS_S`, but longer than the one before; at the end, longer.
        total_s: All together, in seconds.
    """

    __slots__ = ("counts", "total_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.total_s = 0.0

    def add(self, taken_s: float) -> None:
        """One more request."""
        self.counts[bisect_left(BOUNDS_S, taken_s)] += 1
        self.total_s += taken_s


class RequestTimes:
    """Those of all routes.

    Attributes:
        longest_s: The longest time of all, in seconds.
    """

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], RouteTimes] = {}
        self.longest_s = 0.0

    def of(self, method: str, template: str) -> RouteTimes:
        """One route's; the same every time."""
        return self._routes.setdefault((method, template), RouteTimes())

    def add(self, route: RouteTimes, taken_s: float) -> None:
        """One more request.

        Args:
            route: As `of` returned it.
            taken_s: From the whole request to the whole answer, in seconds.
        """
        route.add(taken_s)
        self.longest_s = max(self.longest_s, taken_s)

    @property
    def average_s(self) -> float:
        """The mean of all, in seconds; 0 before the first."""
        number = sum(sum(route.counts) for route in self._routes.values())
        return sum(route.total_s for route in self._routes.values()) / number if number else 0.0

    def families(self) -> Iterator[Histogram]:
        """The histogram of those routes that somebody has asked for."""
        yield Histogram(
            "rest_request_seconds",
            "How long REST requests took, by route.",
            ("method", "route"),
            BOUNDS_S,
            tuple(
                (labels, tuple(route.counts), route.total_s)
                for labels, route in sorted(self._routes.items())
                if any(route.counts)
            ),
        )
