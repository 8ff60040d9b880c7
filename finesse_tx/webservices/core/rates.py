"""How many requests a client may send: a bucket for each, which fills at a steady pace.

Time is passed in, as a number of seconds that only grows.

Spec: RFC 6585 §4 (429), RFC 9110 §10.2.3 (Retry-After).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

__all__ = ["BURST_S", "MAX_CLIENTS", "Rates"]

BURST_S: Final = 10.0
"""Whoever has been silent may send as many at once as come in this time: a desktop that loads asks for much."""

MAX_CLIENTS: Final = 50_000
"""How many clients are remembered; beyond it, whoever has been silent longest is forgotten, and may begin anew."""


class Rates:
    """So many a second, for each client.

    Args:
        per_s: How many; 0 for no limit.
        capacity: How many clients are remembered.
    """

    def __init__(self, per_s: float, capacity: int = MAX_CLIENTS) -> None:
        self._pause_s = 1 / per_s if per_s else 0.0
        self._capacity = capacity
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when the bucket is full again

    def __len__(self) -> int:
        return len(self._full_at)

    def wait_s(self, client: str, now: float) -> float:
        """Take one.

        Returns:
            0, or, where there is none, how long until there is; then none was taken.
        """
        if not self._pause_s:
            return 0.0
        was = self._full_at.get(client, now)
        full_at = (was if was > now else now) + self._pause_s
        if (wait_s := full_at - now - BURST_S) > 1e-9:
            return wait_s
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > self._capacity:
            self._full_at.popitem(last=False)
        return 0.0
