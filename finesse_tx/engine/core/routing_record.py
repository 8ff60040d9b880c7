"""Why a contact was given to an agent: one record for each time, for whoever asks afterwards.

Spec: issue 4, item 3; ``engine.md`` §3.2.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

__all__ = ["MAX_RECORDS", "RoutingRecord"]

MAX_RECORDS: Final = 1_000
"""So many are kept in memory, the latest; all of them are in the log, and their reasons in the history."""


class RoutingRecord(Struct, frozen=True, gc=False):
    """A contact was given to an agent; whether he answered is another matter.

    Attributes:
        at: When, in the engine's time.
        call_id: The call.
        route_point: The number that the caller dialled.
        csq_id: The queue that selected the agent; None: the caller wanted him and no other.
        csq_name: Its name; empty for none.
        agent_id: The agent's login id.
        reason: Why this one, such as ``longest available: 312 s, skill Sales 8``.
        priority: The contact's, 1 to 10.
        waited_s: How long the contact had waited since it was queued first.
        position: Where it stood in that queue; more than 1 only when those before it wait for somebody else.
        candidates: How many agents the queue could select, this one among them.
    """

    at: float
    call_id: int
    route_point: str
    csq_id: int | None
    csq_name: str
    agent_id: str
    reason: str
    priority: int
    waited_s: float
    position: int
    candidates: int
