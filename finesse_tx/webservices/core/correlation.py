"""Which event answers which request: the ``requestId`` of a request goes out with the first event it causes.

GED-188 has nothing of the kind: a confirmation says that the engine will, the event says that it did, and the
two come in either order. So a request leaves its id with the object it is about, and the next event of that object
takes it. Requests of one object run one at a time, so there is rarely more than one id; an id whose event never
comes is dropped after a while, or it would travel with a later event that has nothing to do with it.

Spec: ``rest.md`` §1.5, ``notifications.md`` §6.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Final

__all__ = ["Correlation", "made", "told", "traced"]

_MADE: Final = "\0"
"""What an id of ours begins with, and none that came in a header."""


def made(text: str) -> str:
    """An id for a request that came without one."""
    return f"{_MADE}{text}"


def told(request_id: str) -> str:
    """What clients read of an id: their own, or nothing."""
    return "" if request_id.startswith(_MADE) else request_id


def traced(request_id: str) -> str:
    """What the log has of an id."""
    return request_id.removeprefix(_MADE)


MAX_WAITING: Final = 16
"""How many requests of one object may wait for their events; the oldest id is forgotten."""


class Correlation:
    """The ids of requests whose events have not come yet.

    Args:
        patience_s: How long an id waits. Clients wait up to 20 s for the event of a 202.
    """

    def __init__(self, patience_s: float = 20.0) -> None:
        self._patience_s = patience_s
        self._waiting: dict[Hashable, deque[tuple[float, str]]] = {}

    def expect(self, about: Hashable, request_id: str, now: float) -> None:
        """An event about this object will answer that request; an empty id is nothing to remember."""
        if request_id:
            self._waiting.setdefault(about, deque(maxlen=MAX_WAITING)).append((now, request_id))

    def take(self, about: Hashable, now: float) -> str:
        """An event about this object goes out: the id it carries, empty if nobody asked for it."""
        waiting = self._waiting.get(about)
        taken = ""
        while waiting and not taken:
            since, request_id = waiting.popleft()
            taken = request_id if now - since <= self._patience_s else ""
        if waiting is not None and not waiting:
            del self._waiting[about]
        return taken

    def withdraw(self, about: Hashable, request_id: str) -> None:
        """The request failed; no event will answer it."""
        if waiting := self._waiting.get(about):
            kept = [entry for entry in waiting if entry[1] != request_id]
            if kept:
                self._waiting[about] = deque(kept, maxlen=MAX_WAITING)
            else:
                del self._waiting[about]

    def forget(self) -> None:
        """The link to the engine is gone, and every answer with it."""
        self._waiting.clear()
