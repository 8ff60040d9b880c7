"""Progressive: the customer is called first, and given to an agent when he answers.

Spec: ``engine.md`` §4; ``notifications.md`` §7.7.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import Connect, Drop
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Call, Queue
from finesse_tx.engine.core.outbound.assignment import (
    PROGRESSIVE_STATUS,
    Assignment,
    Stage,
    Work,
    variables,
)
from finesse_tx.engine.core.outbound.ledger import Ledger
from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.engine.core.router import Router

__all__ = ["RING_S", "Progressive"]

RING_S: Final = 30.0
"""So long a customer's phone rings."""


class Progressive:
    """The ports that call customers."""

    def __init__(self, floor: Floor, router: Router, ledger: Ledger) -> None:
        self._floor, self._router, self._ledger = floor, router, ledger
        self._lines: dict[str, Assignment] = {}  # by port, until the call begins

    def offer_one(self, work: Work, queue: Queue, now: float) -> bool:
        """Call one more customer, if there are fewer calls without an agent than the READY agents allow."""
        wanted = work.campaign.lines_per_agent * len(queue.ready)
        if len(work.dialling) >= wanted or not self._router.ports.free:
            return False
        record = self._ledger.next(work, "", now)
        if record is None:
            return False
        assignment = Assignment(work=work, record=record, queue=queue)
        self._ledger.assign(assignment)
        work.dialling.add(record.id)
        self._ledger.claim(assignment, now)
        return True

    def dial(self, assignment: Assignment, now: float) -> None:
        """Call a customer; that he is called has been written down."""
        port = self._router.ports.take()
        if port is None or assignment.work.campaign.state is not CampaignState.RUNNING:
            if port is not None:
                self._router.ports.is_free(port)
            self._ledger.undo(assignment, now)
            return
        assignment.stage = Stage.DIALLED
        assignment.deadline = self._floor.agenda.set(
            now + RING_S, lambda _later: self._rang_enough(assignment)
        )
        self._lines[port] = assignment
        terminal = next(iter(self._floor.model.addresses[port].terminals), "")
        self._floor.effects.append(Connect(terminal, port, assignment.record.number))

    def _rang_enough(self, assignment: Assignment) -> None:
        assignment.deadline = None
        if assignment.call is not None:
            self._floor.effects.append(Drop(assignment.call.id))

    def not_dialled(self, port: str, now: float) -> None:
        """The switch did not dial."""
        if (line := self._lines.pop(port, None)) is not None:
            self._ledger.stop_ringing(line)
            self._router.ports.is_free(port)
            self._ledger.undo(line, now)

    def begins(self, call: Call) -> DataChange | None:
        """A call has begun: perhaps one of ours; what is attached to it comes back."""
        line = self._lines.get(call.model.calling)
        if line is None or line.record.number != call.model.called:
            return None
        del self._lines[call.model.calling]
        call.outbound, line.call = line, call
        if line.deadline is None:  # it has taken the switch that long
            self._floor.effects.append(Drop(call.id))
        return DataChange(named=variables(line, PROGRESSIVE_STATUS))

    def answered(self, assignment: Assignment, call: Call, now: float) -> None:
        """The customer has answered: he is next for his queue's agents."""
        self._ledger.stop_ringing(assignment)
        assignment.work.dialling.discard(assignment.record.id)
        self._router.take_in(call, assignment.trigger, call.model.calling, assignment.queue, now)

    def lose_all(self) -> None:
        """The telephone system is lost."""
        self._lines.clear()
